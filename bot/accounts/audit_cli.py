"""`firstline audit list` and `firstline audit verify`: the audit trail from the command line. Both only read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.accounts import trail
from bot.sla.check import desk_if_good
from bot.storage import audit_trail, sealing
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

SHORT = 16  # characters of a link that people note


def list_rows(
    most: Annotated[
        int, typer.Option("--last", help="How many of the newest rows.", min=1, max=100_000)
    ] = 50,
) -> None:
    """List the audit trail: who did what to accounts, rights, chats and files.

    Times are UTC. Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    desk = desk_if_good(settings.desk_file)

    def lines(tx: Connection) -> list[str]:
        voice = speak.voice(settings.language)
        return [
            f"{row.id}\t{dt.datetime.fromtimestamp(row.at, dt.UTC).isoformat()}\t{row.link[:SHORT]}\t"
            f"{trail.sentence(tx, voice, row, desk).unescape()}"
            for row in reversed(audit_trail.newest(tx, most))
        ]

    for line in read_beside(settings.database_url.get_secret_value(), lines):
        typer.echo(line)


def verify(
    witness: Annotated[
        str, typer.Option("--witness", help="The newest link as it was noted after an earlier check.")
    ] = "",
) -> None:
    """Check that no row of the audit trail or of the tickets' history was altered, deleted or inserted.

    History counts once it is sealed, a day after it was written at the latest. Prints the newest link: noted elsewhere,
    it lets a later check find a chain that was written again as a whole. Exit code 1 when something is wrong. Only reads;
    the bot may be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    url = settings.database_url.get_secret_value()
    found, stretches = read_beside(url, audit_trail.verify, witness), read_beside(url, sealing.broken)
    for after, last in stretches:
        typer.echo(voice.say("audit.history", first=after + 1, last=last), err=True)
    if found.broken:
        typer.echo(voice.say("audit.broken", ids=", ".join(map(str, found.broken))), err=True)
    if found.cut:
        typer.echo(voice.say("audit.cut"), err=True)
    if not found.witnessed:
        typer.echo(voice.say("audit.unwitnessed", witness=witness), err=True)
    if stretches or not found.holds:
        raise typer.Exit(1)
    typer.echo(voice.say("audit.holds", rows=found.rows, head=found.head[:SHORT] or "-"))
