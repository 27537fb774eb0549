"""`firstline plan`: how many engineers keep a target, and what each speed costs. Only reads; the bot may be running."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import typer

from bot import clock
from bot.reports.insight.days import period_of
from bot.reports.options import day, poster_or_exit
from bot.reports.planning.staffing import load_of
from bot.reports.planning.staffing import plan as planned
from bot.reports.planning.telling import as_json, as_text, curve
from bot.sla.check import desk_or_exit
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

DAYS = 84


def plan(
    begin: Annotated[
        str | None, typer.Option("--from", help="First day of the history; by default 84 days in all.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, included; by default today.")] = None,
    team: Annotated[str, typer.Option(help="Team whose work is planned; by default all together.")] = "",
    target: Annotated[
        float, typer.Option(help="Working hours in which a ticket is to be solved.", min=0.1)
    ] = 4.0,
    attainment: Annotated[
        float, typer.Option(help="Per cent of tickets that must keep it.", min=1, max=99)
    ] = 90.0,
    format: Annotated[Literal["text", "json", "png"], typer.Option(help="Output format.")] = "text",
) -> None:
    """Plan how many engineers keep a target, and what each speed costs.

    From the history of the desk, by simulation; with Erlang C as a check. Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    desk = desk_or_exit(settings.desk_file, settings.language)
    if team and team not in desk.teams:
        raise typer.BadParameter(f"{team!r} is not one of {', '.join(desk.teams)}", param_hint="--team")
    last = day(end, "--to") or desk.usual.local(clock.moment(settings.clock_url)).date()
    first = day(begin, "--from") or last - timedelta(days=DAYS - 1)
    if last < first:
        raise typer.BadParameter(f"{begin!r} is after the last day, {last}", param_hint="--from")
    period = period_of(desk, first, last)
    load = read_beside(settings.database_url.get_secret_value(), load_of, desk, period, team)
    found, voice = planned(load, target, attainment), speak.voice(settings.language)
    if format == "png":
        made = poster_or_exit([curve(found, voice)], desk.file.reports.theme, voice)
        typer.get_binary_stream("stdout").write(made)
    else:
        typer.echo(as_json(found) if format == "json" else as_text(found, desk, voice))
