"""A verb run on the database from the command line, beside the bot where the verb allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import typer

from bot.clock import moment
from bot.errors import FirstlineError
from bot.settings import Settings
from bot.storage.db import Database, open_database
from bot.storage.migrate import DatabaseInUse, lock_file, migrate, sqlite_path
from bot.storage.readonly import NotReady, opened_beside, reaching
from bot.storage.unit import Unit, Units
from bot.texts import speak

P = ParamSpec("P")
T = TypeVar("T")


class Replaced(FirstlineError):
    """The database was replaced meanwhile, by a restore: nothing of this is in the new one. Try again."""


def in_database(
    settings: Settings, verb: Callable[Concatenate[Unit[None], P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run one verb as a unit on the upgraded database. Exits with 1 when the bot has the SQLite file."""
    path = sqlite_path(settings.database_url.get_secret_value())
    try:
        lock = nullcontext() if path is None else lock_file(path)
    except DatabaseInUse as error:
        typer.echo(speak.voice(settings.language).say("people.database_in_use", file=path), err=True)
        raise typer.Exit(1) from error
    with lock:
        return asyncio.run(_done(settings, _upgraded, lambda unit: verb(unit, *args, **kwargs)))


def beside_the_bot(
    settings: Settings, verb: Callable[Concatenate[Unit[None], P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same for a verb that disturbs no running bot: it reads what was written at its next look, within a second.

    Raises NotReady when the database of a running bot is not this version's, Replaced.
    """
    path = sqlite_path(settings.database_url.get_secret_value())
    try:
        lock = nullcontext() if path is None else lock_file(path)
    except DatabaseInUse:
        if path is None or not path.exists():
            raise NotReady from None
        before = _number(path)
        result = asyncio.run(_done(settings, opened_beside, lambda unit: verb(unit, *args, **kwargs)))
        if _number(path) != before:
            raise Replaced from None
        return result
    with lock:
        return asyncio.run(_done(settings, _upgraded, lambda unit: verb(unit, *args, **kwargs)))


async def _done(
    settings: Settings, opening: Callable[[str], Awaitable[Database]], verb: Callable[[Unit[None]], T]
) -> T:
    database = await opening(settings.database_url.get_secret_value())
    now = moment(settings.clock_url)
    try:
        return await Units(database, lambda: now, lambda: None).run(verb)
    finally:
        await database.close()


async def _upgraded(url: str) -> Database:
    with reaching():
        await migrate(url)
    return open_database(url)


def _number(path: Path) -> int:
    """The file system's number of the file; a restored database is another file."""
    return path.stat().st_ino
