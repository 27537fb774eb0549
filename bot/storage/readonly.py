"""Query a database while the bot uses it: for commands that only read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import FirstlineError
from bot.storage.db import Database, open_database
from bot.storage.migrate import pending, sqlite_path

P = ParamSpec("P")
T = TypeVar("T")


class NotReady(FirstlineError):
    """The database is empty, or an older Firstline's: start the bot once (firstline run), it makes what is missing."""

    said_as = "fault.not_ready"


class DatabaseUnreachable(FirstlineError):
    """The database cannot be reached; is it up, and is DATABASE_URL right?"""

    said_as = "fault.database_unreachable"


def read_beside(
    url: str, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Query the database at `url`, which the bot may be using; a missing file is not created.

    Raises NotReady or SchemaIsNewer when its tables are not those of this code, DatabaseUnreachable when it does not
    answer.
    """
    file = sqlite_path(url)
    if file is not None and not file.exists():
        raise NotReady

    async def asked() -> T:
        db = await opened_beside(url)
        try:
            return await db.read(query, *args, **kwargs)
        finally:
            await db.close()

    return asyncio.run(asked())


@contextmanager
def reaching() -> Iterator[None]:
    """Turn the error of a driver that cannot connect into DatabaseUnreachable."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseUnreachable(f"{DatabaseUnreachable.__doc__} {error.orig}") from error
    except OSError as error:
        raise DatabaseUnreachable(f"{DatabaseUnreachable.__doc__} {error}") from error


async def opened_beside(url: str) -> Database:
    """The database as it is; raises NotReady, SchemaIsNewer or DatabaseUnreachable."""
    with reaching():
        db = open_database(url)
        missing = await db.read(pending)
    if missing:
        await db.close()
        raise NotReady
    return db
