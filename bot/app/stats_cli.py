"""`firstline stats`: what people met in scenarios and read in articles, and how much of it helped without anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from bot.app.main import scenarios_cli
from bot.app.main.scenarios_cli import Days, File, Language, OneScenario, read_beside, table
from bot.clock import MachineClock
from bot.knowledge import readings
from bot.knowledge.readings import ArticleFigures
from bot.texts import speak


def stats(
    scenario: OneScenario = None,
    days: Days = 30,
    language: Language = "ru",
    file: File = Path("scenarios.yaml"),
) -> None:
    """What people met, answered, read and gave up, and how much helped without anybody."""
    scenarios_cli.stats(scenario, days, language, file)
    if scenario is not None:
        return
    since = MachineClock().now() - days * 86400
    if read := read_beside(readings.figures, since):
        typer.echo("\n" + "\n".join(article_lines(read, language)))
    if words := read_beside(readings.fruitless, since):
        listed = ", ".join(f"{text} ({n})" for text, n in words)
        typer.echo("\n" + speak.voice(language).say("stats.fruitless", words=listed))


def article_lines(figures: Sequence[ArticleFigures], language: str) -> list[str]:
    """A table of articles: how often each was read, and what its readers said."""
    voice = speak.voice(language)
    head = ["article", "read", "helped", "failed", "silent", "share"]
    rows = [[voice.say(f"stats.{name}") for name in head]]
    for item in figures:
        share = "-" if item.share is None else f"{100 * item.share:.0f} %"
        counts = [item.read, item.helped, item.failed, item.silent]
        rows.append([item.article, *map(str, counts), share])
    return table(rows)
