"""The router's cost of one message: with the shipped scenarios, and with two hundred and a thousand generated ones."""

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from bot.knowledge.articles import load_library
from bot.knowledge.entries import entries_of
from bot.knowledge.index import Entry
from bot.knowledge.route import Router, build
from bot.yamlfiles import read
from bot.yamlfiles.bundle import gathered_or_exit
from bot.yamlfiles.parts import read_scenarios

REPOSITORY = Path(__file__).resolve().parent.parent
SYLLABLES = "бавегидожузыкалеминопурысатефихоцучишаще"


def plain(path: Path) -> Any:
    document = read(path.name, path.read_text(encoding="utf-8")).document
    assert document is not None
    return document.data


def shipped() -> list[Entry]:
    scenarios = read_scenarios(
        "scenarios.yaml", gathered_or_exit(REPOSITORY / "scenarios.yaml", "en")
    ).document
    assert scenarios is not None
    library, _ = load_library(REPOSITORY / "knowledge_base")
    return entries_of(scenarios.data["scenarios"], library, {})


def messages() -> list[str]:
    scenarios = plain(REPOSITORY / "tests" / "knowledge" / "messages.yaml")["scenarios"]
    return [str(text) for texts in scenarios.values() for text in texts]


def made_up(entries: Sequence[Entry], count: int) -> list[Entry]:
    """`count` entries: the given ones and others of the same size, half of their words borrowed, half invented."""
    chance = random.Random(count)
    borrowed = sorted({word for entry in entries for phrase in entry.phrases for word in phrase.split()})
    size = statistics.mean(len(entry.phrases) for entry in entries)
    out = list(entries)
    while len(out) < count:
        own = ["".join(chance.choices(SYLLABLES, k=7)) for _ in range(12)]
        phrases = [
            " ".join([*chance.choices(own, k=2), *chance.choices(borrowed, k=2)]) for _ in range(round(size))
        ]
        out.append(Entry(f"made_up_{len(out)}", titles=phrases[:2], phrases=phrases, texts=phrases[:10]))
    return out


def milliseconds(router: Router, texts: Sequence[str]) -> list[float]:
    """CPU time of every message, sorted. Each is new to the router, so nothing is cached."""
    router.warm()
    taken = []
    for text in texts:
        began = time.process_time()
        router.route(text)
        taken.append((time.process_time() - began) * 1000)
    return sorted(taken)


def run() -> list[Figure]:
    """Processor milliseconds per message, each new to the router; and their growth with the scenarios."""
    entries, texts = shipped(), messages()
    figures = []
    for count in (len(entries), 200, 1000):
        router = build(made_up(entries, count))
        taken = milliseconds(router, texts)
        goal = "<= 2 (stretch 0.5)" if count == len(entries) else ""
        figures.append(Figure(f"p50 with {count} scenarios", taken[len(taken) // 2], "ms", goal))
        figures.append(Figure(f"p99 with {count} scenarios", taken[int(len(taken) * 0.99)], "ms"))
    growth = figures[-2].value / figures[0].value
    figures.append(Figure(f"growth of p50 over {1000 / len(entries):.0f} times the scenarios", growth, "x"))
    return figures
