"""Figures of scenarios and articles as text tables, for the terminal and for /figures."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge.readings import ArticleFigures
from bot.reports.scenario_stats import ScenarioFigures, StepFigures
from bot.texts import speak


def scenario_lines(figures: Sequence[ScenarioFigures], language: str) -> list[str]:
    voice = speak.voice(language)
    head = [
        "scenario",
        "begun",
        "helped",
        "came_back",
        "tickets",
        "human",
        "abandoned",
        "cancelled",
        "other",
        "self_help",
    ]
    rows = [[voice.say(f"stats.{name}") for name in head]]
    for item in figures:
        share = "-" if item.self_help is None else f"{100 * item.self_help:.0f} %"
        counts = [getattr(item, name) for name in head[1:-1]]
        rows.append([item.scenario, *map(str, counts), share])
    return table(rows)


def step_lines(figures: Sequence[StepFigures], language: str) -> list[str]:
    voice = speak.voice(language)
    head = ["version", "step", "shown", "answered", "back", "human", "abandoned", "median"]
    rows = [[voice.say(f"stats.{name}") for name in head]]
    for item in figures:
        counts = [item.shown, item.answered, item.back, item.human, item.abandoned]
        took = "-" if item.median_s is None else voice.say("stats.seconds", n=item.median_s)
        rows.append([item.version[:8], item.step, *map(str, counts), took])
    return table(rows)


def article_lines(figures: Sequence[ArticleFigures], language: str) -> list[str]:
    """A table of articles: how often each was read, and its readers' answers."""
    voice = speak.voice(language)
    head = ["article", "read", "helped", "failed", "silent", "share"]
    rows = [[voice.say(f"stats.{name}") for name in head]]
    for item in figures:
        share = "-" if item.share is None else f"{100 * item.share:.0f} %"
        counts = [item.read, item.helped, item.failed, item.silent]
        rows.append([item.article, *map(str, counts), share])
    return table(rows)


def table(rows: list[list[str]]) -> list[str]:
    """Rows as lines of even columns: the first two left-aligned, numbers right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
