"""`firstline why` and `firstline sla replay`: deadlines explained, and another policy tried on the desk's history."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot import clock
from bot.escalation.replay import GROUPS, ReplayLine, replay
from bot.escalation.why import why
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.texts.speak import Voice
from bot.yamlfiles.environment import settings_or_exit


def explain(number: Annotated[int, typer.Argument(help="Number of the ticket.")]) -> None:
    """Explain the deadlines of a ticket: spans, pauses, levels.

    Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    desk = desk_or_exit(settings.desk_file, settings.language)
    voice, now = speak.voice(settings.language), clock.moment(settings.clock_url)
    said = read_beside(settings.database_url.get_secret_value(), why, desk, number, voice, now)
    typer.echo(unescape(said.replace("<b>", "").replace("</b>", "")))


def rehearse(
    desk: Annotated[Path, typer.Option("--desk", help="The other desk file.")],
) -> None:
    """Measure past tickets by the rules of another desk.yaml.

    Prints how many deadlines were met, and how many the other file would have met. Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    voice, other = speak.voice(settings.language), desk_or_exit(desk, settings.language)
    found = read_beside(settings.database_url.get_secret_value(), _replayed, other)
    for by, lines in found.items():
        if lines:
            typer.echo(voice.say(f"replay.by.{by}"))
        for line in lines:
            typer.echo(_said(voice, line))
    if not any(found.values()):
        typer.echo(voice.say("replay.nothing"))


def _said(voice: Voice, line: ReplayLine) -> str:
    was, would = (round(100 * part / line.count) for part in (line.kept, line.would_keep))
    facts = {"group": line.group, "kind": voice.say(f"why.kind.{line.kind}"), "count": line.count}
    return voice.say("replay.line", **facts, was=was, would=would, without=line.without)


def _replayed(tx: Connection, other: Desk) -> dict[str, list[ReplayLine]]:
    return {by: replay(tx, other, by) for by in GROUPS}
