"""`python -m benchmarks.blind [FILE]`: the sets that are never read, as counts; FILE as in benchmarks/labelled.py.

Count before a change of understanding and once after. Printed are counts alone, never a text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import yaml

from benchmarks.labelled import labelled, share, table
from bot.config.config import Config
from bot.conversation.decision import AskWhere, BesideTicket, Destination, Standing, TicketBeside, decide
from bot.selfservice import hearing
from tests import shipped

SETS = Path(__file__).parents[1] / "tests" / "conversations" / "sets"
NOW, AN_HOUR, TEN_MINUTES = 1_000_000_000, 3600, 600
PER_MESSAGE = 3  # tickets of other scenarios beside which each message is a second problem
Row = Mapping[str, Any]


def read(name: str) -> Sequence[Row]:
    loaded: list[Row] = yaml.safe_load((SETS / f"{name}.yaml").read_text("utf-8"))
    return loaded


def beside(house: Config, text: str, title: str, category: str | None, wrote: int = 0) -> Destination:
    """Where words go beside one open ticket; `wrote`: when the desk wrote last, 0 for not yet."""
    work: Any = SimpleNamespace(config=house)
    ticket = TicketBeside(1, category, desk_wrote_at=wrote, last_at=NOW - TEN_MINUTES)
    about = hearing.about(text, ticket, title, [])
    message: Any = SimpleNamespace(kind="text")
    return decide(Standing(NOW, (about,)), hearing.hear(work, message, text, house.router.route(text)))


def kinds(found: Sequence[Destination]) -> tuple[int, int, int]:
    """How many are asked about, how many reach the ticket with a receipt that can move them, how many with none."""
    reached = [one for one in found if isinstance(one, BesideTicket)]
    quiet = sum(one.is_sure for one in reached)
    return sum(isinstance(one, AskWhere) for one in found), len(reached) - quiet, quiet


def opened(house: Config, words: str) -> str | None:
    """The category of the ticket that a person opens with these words."""
    decision = house.router.route(words)
    if decision.decision == "none" or not decision.candidates:
        return None
    return house.program.scenarios[decision.candidates[0][0]].spec.category


def follow_ups(house: Config, kind: str) -> Sequence[Destination]:
    rows = [row for row in read("blind_follow_ups") if row["kind"] == kind]
    return [beside(house, row["then"], row["open"], opened(house, row["open"])) for row in rows]


def earlier(house: Config, name: str) -> Sequence[Destination]:
    """The same of the earlier sets, whose tickets are described."""
    found = []
    for row in read(name):
        of = row["ticket"]
        wrote = NOW - 60 * of["minutes_ago"] if of["last_writer"] == "engineer" else 0
        category = None if of["category"] in ("none", "other") else of["category"]
        found.append(beside(house, row["text"], of["title"], category, wrote))
    return found


def pairs(house: Config, file: Path) -> Sequence[Destination]:
    """Each message of a file that belongs to a scenario, beside tickets of other categories, drawn with a fixed seed."""
    scenarios, dice, found = house.program.scenarios, Random(7), []
    for row in yaml.safe_load(file.read_text("utf-8")):
        own = {scenarios[name].spec.category for name in row["label"] if name in scenarios}
        if not own:
            continue
        others = sorted(
            name
            for name, one in scenarios.items()
            if one.spec.category not in own and not name.startswith("_") and name != "other"
        )
        for name in dice.sample(others, PER_MESSAGE):
            title = house.program.title(name, row["language"])
            wrote = dice.choice((0, NOW - AN_HOUR))
            found.append(beside(house, str(row["text"]), title, scenarios[name].spec.category, wrote))
    return found


def danger(house: Config, name: str) -> tuple[list[bool], list[bool]]:
    """For the real ones and for the harmless, whether danger is seen."""
    real: list[bool] = []
    harmless: list[bool] = []
    for row in read(name):
        is_real = row["label"] == "danger" if "label" in row else row["danger"]
        (real if is_real else harmless).append("safety" in house.router.route(str(row["text"])).flags)
    return real, harmless


def lines(file: Path | None) -> Iterator[str]:
    house = shipped.house()
    for path in (SETS / "blind_messages.yaml", *([file] if file else [])):
        yield path.name
        yield from table(labelled(path, house.router))
    for name, found in (
        ("blind follow-ups", follow_ups(house, "followup")),
        ("follow_ups", earlier(house, "follow_ups")),
        ("follow_ups_second", earlier(house, "follow_ups_second")),
        ("blind second problems", follow_ups(house, "second")),
        ("second_problems", earlier(house, "second_problems")),
        *([(f"pairs of {file.name}", pairs(house, file))] if file else []),
    ):
        asked, receipts, quiet = kinds(found)
        n = len(found)
        yield f"{name}: {n}, asked {asked} {share(asked, n)}, receipts {receipts}, silent {quiet} {share(quiet, n)}"
    for name in ("blind_danger", "blind_ordinary", "danger", "danger_clauses"):
        real, harmless = danger(house, name)
        alone = harmless.count(False)
        seen = f"real {real.count(True)} of {len(real)} {share(real.count(True), len(real))}"
        yield f"{name}: {seen}, harmless {alone} of {len(harmless)} {share(alone, len(harmless))}"


def main() -> None:
    """Print the counts."""
    for line in lines(Path(sys.argv[1]) if sys.argv[1:] else None):
        print(line, flush=True)


if __name__ == "__main__":
    main()
