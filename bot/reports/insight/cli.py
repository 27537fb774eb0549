"""`firstline report`: the figures of a period. Only reads; the bot may be running."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot import clock
from bot.reports.insight.days import period_of
from bot.reports.insight.measuring import measured
from bot.reports.insight.sheets import comma_separated, workbook
from bot.reports.insight.tables import tables
from bot.reports.insight.telling import as_json, as_text
from bot.reports.options import day, poster_or_exit, refuse
from bot.reports.pictures.album import everything
from bot.reports.pictures.charts import Easel
from bot.reports.pictures.seen import look
from bot.sla.check import desk_or_exit
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

DAYS = 30


def report(
    begin: Annotated[
        str | None, typer.Option("--from", help="First day: 2026-11-01; by default 30 days in all.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, included; by default today.")] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="Only tickets this team is accountable for; may be repeated.")
    ] = None,
    format: Annotated[
        Literal["text", "json", "csv", "xlsx", "png"],
        typer.Option(help="Output format; csv has the tickets."),
    ] = "text",
    output: Annotated[Path | None, typer.Option(help="File to write; by default standard output.")] = None,
    calendar: Annotated[
        str, typer.Option(help="Calendar of desk.yaml for the resolve time; by default the usual one.")
    ] = "",
) -> None:
    """Report speed, quality, hand-overs, backlog and money of a period.

    Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    desk = desk_or_exit(settings.desk_file, settings.language)
    if calendar and calendar not in desk.specs:
        refuse(calendar, "--calendar", f"is not one of {', '.join(desk.specs)}")
    for one in team or ():
        if one not in desk.teams:
            refuse(one, "--team", f"is not one of {', '.join(desk.teams)}")
    last = day(end, "--to") or desk.usual.local(clock.moment(settings.clock_url)).date()
    first = day(begin, "--from") or last - timedelta(days=DAYS - 1)
    if last < first:
        refuse(str(begin), "--from", f"is after the last day, {last}")
    period = period_of(desk, first, last, tuple(team or ()), calendar)
    url, voice = settings.database_url.get_secret_value(), speak.voice(settings.language)
    if format in ("csv", "xlsx"):
        found = read_beside(url, tables, desk, period)
        made = workbook(found, _show) if format == "xlsx" else comma_separated(found[0], settings.language)
        _write(made, output)
        return
    if format == "png":
        seen = read_beside(url, look, desk, None, period)
        plots = everything(Easel(seen, desk, voice))
        _write(poster_or_exit(plots, desk.file.reports.theme, voice), output)
        return
    figures = read_beside(url, measured, desk, period)
    _write(f"{as_json(figures) if format == 'json' else as_text(figures, desk, voice)}\n".encode(), output)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        typer.get_binary_stream("stdout").write(content)
    else:
        output.write_bytes(content)


def _show(done: int, of: int) -> None:
    """How far it is, on a terminal."""
    if sys.stderr.isatty():
        typer.echo(f"\r{100 * done // max(1, of)} %{'' if done < of else chr(10)}", nl=False, err=True)
