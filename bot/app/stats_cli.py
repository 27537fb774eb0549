"""`firstline stats`: how scenarios and articles were used, and how often no engineer was needed."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.app import scenarios_cli
from bot.app.scenarios_cli import Days, File, Language, OneScenario, read_beside
from bot.clock import MachineClock
from bot.knowledge import readings
from bot.reports.scenario_tables import article_lines
from bot.texts import speak


def stats(
    scenario: OneScenario = None,
    days: Days = 30,
    language: Language = "ru",
    file: File = Path("scenarios.yaml"),
) -> None:
    """Show how scenarios and articles were used and whether they helped.

    Also the words that were searched for without a result. Only reads; the bot may be running.
    """
    scenarios_cli.stats(scenario, days, language, file)
    if scenario is not None:
        return
    since = MachineClock().now() - days * 86400
    if read := read_beside(readings.figures, since):
        typer.echo("\n" + "\n".join(article_lines(read, language)))
    if words := read_beside(readings.fruitless, since):
        listed = ", ".join(f"{text} ({n})" for text, n in words)
        typer.echo("\n" + speak.voice(language).say("stats.fruitless", words=listed))
