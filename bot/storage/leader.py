"""Leader election: one replica reads and sends, the others wait. PostgreSQL: an advisory lock; SQLite: the lock file.

A replica that lost its connection and does not know it yet does no harm: updates are finished and messages settled by
compare-and-set (R4, R10).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.errors import FirstlineError
from bot.storage.trouble import Trouble, is_away, named

_THE_DESK = 0x46_4C  # any fixed number, the same for all replicas of a database
BEAT = 2.0  # real seconds between two checks of the lock
log = structlog.get_logger()


class ReplicaAtWork(FirstlineError):
    """A Firstline works with this database: stop it first."""


class Role:
    """The right to read updates, fire timers and send. `url` is PostgreSQL's; without one the right is never lost."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._trouble = Trouble("role", longest=BEAT)

    async def won_at_once(self) -> bool:
        """Whether this process may work now; it does not wait."""
        return self._url is None or await self._locked(self._url)

    async def won(self, stop: asyncio.Event) -> None:
        """Return when this replica may work, or at `stop`. An unreachable database is retried."""
        standing_by = False
        while self._url is not None and not stop.is_set():
            try:
                if await self._locked(self._url):
                    return
                if not standing_by:
                    log.info("role.standing_by")
                standing_by = True
                self._trouble.over()
                pause = BEAT
            except OperationalError as error:
                if not is_away(error):
                    raise
                await self.release()
                pause = self._trouble.met(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()

    async def lost(self) -> None:
        """Return only when another replica has the lock. A lost connection is reopened, and the lock taken again."""
        while True:
            await asyncio.sleep(BEAT)
            if self._url is None:
                continue
            try:
                if not await self._held(self._url):
                    log.warning("role.lost")
                    return
                self._trouble.over()
            except OperationalError as error:
                if not is_away(error):
                    raise
                await self.release()
                self._trouble.met(error)

    async def release(self) -> None:
        """Release the lock by closing its connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OperationalError), named():
                await connection.close(timeout=BEAT)

    async def _held(self, url: str) -> bool:
        if self._connection is None:
            return await self._locked(url)
        with named():
            async with asyncio.timeout(BEAT * 2):
                await self._connection.fetchval("SELECT 1")
        return True

    async def _locked(self, url: str) -> bool:
        with named():
            if self._connection is None:
                self._connection = await asyncpg.connect(url, timeout=BEAT * 5)
            async with asyncio.timeout(BEAT * 2):
                return bool(await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", _THE_DESK))


@asynccontextmanager
async def roles(url: str, stop: asyncio.Event) -> AsyncIterator[Role]:
    """Wait until this replica may work, or until `stop`. The lock has its own connection (R10)."""
    role = Role(_address(url))
    try:
        await role.won(stop)
        yield role
    finally:
        await role.release()


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Keep every replica from beginning to work. Raises ReplicaAtWork when one works already."""
    role = Role(_address(url))
    try:
        if not await role.won_at_once():
            raise ReplicaAtWork
        yield
    finally:
        await role.release()


def _address(url: str) -> str | None:
    """PostgreSQL's address as asyncpg reads it; None for SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return None
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)
