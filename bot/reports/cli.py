"""`firstline sla report`: attainment, quality and cost of a period. Only reads; the bot may be running."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from bot.clock import MachineClock
from bot.reports.options import day, refuse
from bot.reports.period import GROUPS, report
from bot.reports.showing import as_json, as_sheet, as_words
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

DAYS = 30


def show(
    begin: Annotated[
        str | None, typer.Option("--from", help="First day: 2026-11-01; by default 30 days in all.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, included; by default today.")] = None,
    by: Annotated[str, typer.Option(help="Group by class, rule, priority, category or team.")] = "class",
    format: Annotated[Literal["text", "json", "csv"], typer.Option(help="Output format.")] = "text",
) -> None:
    """Report attainment, ratings, reopened tickets, hours and cost.

    Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    desk = desk_or_exit(settings.desk_file, settings.language)
    if by not in GROUPS:
        refuse(by, "--by", f"is not one of {', '.join(sorted(GROUPS))}")
    now = MachineClock().now()
    first, last = _period(desk, begin, end, now)
    found = read_beside(settings.database_url.get_secret_value(), report, desk, first, last, by)
    if format == "text":
        words = as_words(found, desk, voice, now)
        for tag in ("<b>", "</b>", "<i>", "</i>"):
            words = words.replace(tag, "")
        typer.echo(unescape(words))
    else:
        typer.echo(as_json(found) if format == "json" else as_sheet(found), nl=format == "json")


def _period(desk: Desk, begin: str | None, end: str | None, now: int) -> tuple[int, int]:
    """The period in UTC seconds, whole days in the desk's zone."""
    zone = ZoneInfo(desk.zone)
    last = day(end, "--to") or desk.usual.local(now).date()
    first = day(begin, "--from") or last - timedelta(days=DAYS - 1)
    if last < first:
        refuse(str(begin), "--from", f"is after the last day, {last}")
    midnights = (
        datetime.combine(day, datetime.min.time(), zone) for day in (first, last + timedelta(days=1))
    )
    start, stop = (int(midnight.timestamp()) for midnight in midnights)
    return start, stop
