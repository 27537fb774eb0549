"""The PostgreSQL database that is moved into. Until the move is complete a table MARK says so, and no bot starts on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.leader import alone
from bot.storage.migrate import MARK, upgrade
from bot.storage.moving.layout import CHUNK, Layout, Row, layouts
from bot.storage.moving.refused import MoveRefused, refusal_of
from bot.storage.trouble import named

_SOURCE = ""  # the row of MARK with the checksum of the source; the others are named like tables
# What is in the schema and belongs to no extension.
_SOMETHING = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relname <> :mark AND NOT EXISTS"
    " (SELECT FROM pg_depend WHERE objid = pg_class.oid AND classid = 'pg_class'::regclass AND deptype = 'e')"
    " ORDER BY relname LIMIT 1"
)
_MARKED = text("SELECT to_regclass(:mark) IS NOT NULL")
_MADE = text(f"CREATE TABLE {MARK} (name text PRIMARY KEY, value text NOT NULL)")
_NOTED = text(f"SELECT name, value FROM {MARK}")
_NOTE = text(
    f"INSERT INTO {MARK} VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class MoveTarget:
    """An empty database that is being filled."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def prepare(self, mark: str) -> dict[str, int]:
        """Make the tables, or find what a move that was broken off has copied: the last row by table.

        A source that has changed since (another `mark`) is copied from the beginning. Raises MoveRefused when the database
        has anything else in it.
        """
        async with self._engine.begin() as tx:
            begun = bool(await tx.scalar(_MARKED, {"mark": MARK}))
            if not begun and (found := await tx.scalar(_SOMETHING, {"mark": MARK})):
                raise MoveRefused("move.not_empty", what=found)
            await tx.run_sync(upgrade)
            if not begun:
                await tx.execute(_MADE)
            noted = {str(name): str(value) for name, value in await tx.execute(_NOTED)}
            if noted.pop(_SOURCE, mark) != mark:
                every = ", ".join(f'"{layout.name}"' for layout in layouts())
                await tx.execute(text(f"TRUNCATE {every}"))
                await tx.execute(text(f"DELETE FROM {MARK}"))
                noted = {}
            await tx.execute(_NOTE, {"name": _SOURCE, "value": mark})
        return {name: int(value) for name, value in noted.items()}

    async def add(self, layout: Layout, rows: Sequence[Row], last: int) -> None:
        """Write rows and, in the same transaction, that those up to `last` are there. Raises MoveRefused."""
        try:
            async with self._engine.begin() as tx:
                await tx.execute(_NOTE, {"name": layout.name, "value": str(last)})
                driver = await _driver(tx)
                await driver.copy_records_to_table(layout.name, records=rows, columns=layout.columns)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OverflowError, TypeError, ValueError) as error:
            place = layout.place_of_fault(rows)
            if place is None:
                raise
            raise MoveRefused(
                "move.cannot_hold", table=layout.name, row=place.row, column=place.column
            ) from error

    @asynccontextmanager
    async def chunks(self, layout: Layout) -> AsyncIterator[Callable[[], Any]]:
        """`await next()`: the next rows in the order of their keys, none at the end."""
        async with self._engine.begin() as tx:
            await tx.execute(text("SELECT 1"))  # the driver's cursor needs the transaction to have begun
            cursor = await (await _driver(tx)).cursor(layout.select("postgresql"))

            async def following() -> list[Row]:
                return [tuple(row) for row in await cursor.fetch(CHUNK)]

            yield following

    async def finish(self, settle: Callable[[Connection], None]) -> None:
        """Set the sequences behind the highest numbers, let `settle` do its part, and end the state of being moved."""
        async with self._engine.begin() as tx:
            for layout in layouts():
                await tx.execute(_sequence(layout))
            await tx.run_sync(settle)
            await tx.execute(text(f"DROP TABLE {MARK}"))
            await tx.execute(text("ANALYZE"))  # or the first queries go without statistics


def _sequence(layout: Layout) -> Any:
    """Give the next row of a table that numbers its rows the number behind the highest one."""
    column = layout.table.autoincrement_column
    if column is None:
        return text("SELECT 1")
    name, key = layout.name, column.name
    return text(
        f"SELECT setval(pg_get_serial_sequence('\"{name}\"', '{key}'), coalesce(max(\"{key}\"), 1),"
        f' max("{key}") IS NOT NULL) FROM "{name}"'
    )


async def _driver(tx: AsyncConnection) -> asyncpg.Connection:
    return (await tx.get_raw_connection()).driver_connection


@asynccontextmanager
async def target_of(url: str) -> AsyncIterator[MoveTarget]:
    """Open the database at `url` with every bot kept off it. Raises MoveRefused, ReplicaAtWork while one works."""
    address = postgres_url(url)
    engine = create_async_engine(address, hide_parameters=True)
    try:
        with named():
            async with alone(address.render_as_string(hide_password=False)):
                yield MoveTarget(engine)
    except (DBAPIError, OSError) as error:
        raise refusal_of(error) from error
    finally:
        await engine.dispose()


def postgres_url(url: str) -> URL:
    """As the settings want it, from any of the usual spellings. Raises MoveRefused for another database's."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise MoveRefused("move.not_postgres") from None
    if parsed.drivername not in ("postgres", "postgresql", "postgresql+asyncpg") or not parsed.database:
        raise MoveRefused("move.not_postgres")
    return parsed.set(drivername="postgresql+asyncpg")
