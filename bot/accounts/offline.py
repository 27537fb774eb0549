"""A verb run on the database from the command line. SQLite has one writer, so there the bot must not be running."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import typer

from bot.clock import moment
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.migrate import DatabaseInUse, lock_file, migrate, sqlite_path
from bot.storage.readonly import reaching
from bot.storage.unit import Unit, Units
from bot.texts import speak

P = ParamSpec("P")
T = TypeVar("T")


def in_database(
    settings: Settings, verb: Callable[Concatenate[Unit[None], P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run one verb as a unit on the upgraded database. Exits with 1 when the bot has the SQLite file."""
    url = settings.database_url.get_secret_value()
    path = sqlite_path(url)
    try:
        lock = contextlib.nullcontext() if path is None else lock_file(path)
    except DatabaseInUse as error:
        typer.echo(speak.voice(settings.language).say("people.database_in_use", file=path), err=True)
        raise typer.Exit(1) from error

    async def done() -> T:
        with reaching():
            await migrate(url)
        database = open_database(url)
        now = moment(settings.clock_url)
        try:
            return await Units(database, lambda: now, lambda: None).run(verb, *args, **kwargs)
        finally:
            await database.close()

    with lock:
        return asyncio.run(done())
