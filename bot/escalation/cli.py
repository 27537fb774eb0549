"""`firstline why`: the arithmetic behind a ticket's deadlines, from the command line."""

from __future__ import annotations

import asyncio
from html import unescape
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.authored.environment import settings_or_exit
from bot.clock import MachineClock
from bot.escalation.why import why
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.texts import speak


def explain(number: Annotated[int, typer.Argument(help="The number of the ticket.")]) -> None:
    """Print why a ticket is due when it is: spans, pauses, levels, who acted. Only reads; the bot may be running."""
    settings = settings_or_exit()
    desk, _ = load_desk(settings.desk_file.name, settings.desk_file.read_text("utf-8"))
    if desk is None:
        typer.echo(speak.voice(settings.language).say("why.no_desk", file=settings.desk_file), err=True)
        raise typer.Exit(2)
    said = asyncio.run(_read(settings.database_url.get_secret_value(), desk, number, settings.language))
    typer.echo(unescape(said.replace("<b>", "").replace("</b>", "")))


async def _read(url: str, desk: Desk, number: int, language: str) -> str:
    db = open_database(url)

    def told(tx: Connection) -> str:
        return why(tx, desk, number, speak.voice(language), MachineClock().now())

    try:
        return await db.read(told)
    finally:
        await db.close()
