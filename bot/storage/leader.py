"""One replica reads and speaks, the others stand by: on PostgreSQL by an advisory lock, on SQLite by the lock file.

A replica that was cut off and does not know it yet cannot do harm: an update is finished, and a message settled, by
compare-and-set (rules R4, R10).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import structlog
from sqlalchemy.engine import make_url

_THE_DESK = 0x46_4C  # any fixed number that two Firstlines on one database agree upon
BEAT = 2.0  # real seconds between two looks at whether the lock is (still) ours
log = structlog.get_logger()


class Role:
    """The right to read updates, ring and speak."""

    def __init__(self, connection: asyncpg.Connection | None) -> None:
        self._connection = connection

    async def lost(self) -> None:
        """Return only when the connection that holds the lock is gone."""
        while True:
            await asyncio.sleep(BEAT)
            if self._connection is None:
                continue
            try:
                await asyncio.wait_for(self._connection.fetchval("SELECT 1"), timeout=BEAT * 2)
            except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return


@asynccontextmanager
async def roles(url: str, stop: asyncio.Event) -> AsyncIterator[Role]:
    """Wait until this replica may work, or until `stop`. The lock is held on a connection of its own (R10)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        yield Role(None)
        return
    connection = await asyncpg.connect(
        parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        while not stop.is_set() and not await connection.fetchval(
            "SELECT pg_try_advisory_lock($1)", _THE_DESK
        ):
            log.info("role.standing_by")
            try:
                await asyncio.wait_for(stop.wait(), timeout=BEAT)
            except TimeoutError:
                continue
        yield Role(connection)
    finally:
        await connection.close(timeout=BEAT)
