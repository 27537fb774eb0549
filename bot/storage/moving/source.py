"""The SQLite file that is moved: held against every writer, read, and left as it is."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from bot.storage.backup import address, fault_of
from bot.storage.backups import digest
from bot.storage.migrate import lock_file, sqlite_path
from bot.storage.moving.layout import CHUNK, Layout, Row
from bot.storage.moving.refused import MoveRefused
from bot.storage.readonly import opened_beside


class Source:
    """The rows of the file. `mark` is the checksum of its content: another one is another state."""

    def __init__(self, connection: aiosqlite.Connection, mark: str) -> None:
        self._connection, self.mark = connection, mark

    async def count(self, layout: Layout, last: int) -> tuple[int, int]:
        """How many rows there are, and how many of them up to the internal number `last`."""
        sql = f'SELECT count(*), count(*) FILTER (WHERE rowid <= ?) FROM "{layout.name}"'
        (found,) = await self._connection.execute_fetchall(sql, (last,))
        return int(found[0]), int(found[1])

    async def after(self, layout: Layout, last: int) -> AsyncIterator[tuple[int, list[Row]]]:
        """Rows behind the internal number `last`, in chunks, each with the number of its last row."""
        sql = f'SELECT rowid, {layout.written()} FROM "{layout.name}" WHERE rowid > ? ORDER BY rowid'
        async with self._connection.execute(sql, (last,)) as cursor:
            while rows := list(await cursor.fetchmany(CHUNK)):
                yield rows[-1][0], [tuple(row[1:]) for row in rows]

    async def chunks(self, layout: Layout) -> AsyncIterator[list[Row]]:
        """All rows in the order of their keys; an empty chunk ends them."""
        async with self._connection.execute(layout.select("sqlite")) as cursor:
            while rows := list(await cursor.fetchmany(CHUNK)):
                yield [tuple(row) for row in rows]
        yield []


@asynccontextmanager
async def source_of(url: str) -> AsyncIterator[Source]:
    """Hold the file of `url` and look through it.

    Raises MoveRefused, DatabaseInUse while a bot works on it, NotReady or SchemaIsNewer for another version's.
    """
    file = sqlite_path(url)
    if file is None:
        raise MoveRefused("move.not_sqlite")
    if not file.exists():
        raise MoveRefused("move.no_source", file=file)
    with lock_file(file):
        try:
            async with aiosqlite.connect(address(file, "mode=rw"), uri=True) as connection:
                if fault := await fault_of(connection):
                    raise sqlite3.DatabaseError(fault)
                await (await opened_beside(url)).close()
                yield await _held(connection, file)
        except sqlite3.Error as error:
            raise MoveRefused("move.unreadable", file=file, reason=error) from error


async def _held(connection: aiosqlite.Connection, file: Path) -> Source:
    await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    await connection.execute("BEGIN IMMEDIATE")  # commands of an operator could write beside a stopped bot
    for orphan in await connection.execute_fetchall("PRAGMA foreign_key_check"):
        raise MoveRefused("move.orphan", table=orphan[0], row=orphan[1], other=orphan[2])
    return Source(connection, await asyncio.to_thread(_mark, file))


def _mark(file: Path) -> str:
    log = file.with_name(file.name + "-wal")  # not empty where a reader kept it from being folded
    parts = [digest(one) for one in (file, log) if one.exists() and one.stat().st_size]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
