"""Leader election: one replica reads and sends, the others wait. PostgreSQL: an advisory lock; SQLite: the lock file.

A killed replica's lock is free at once, that of one which is paused or cut off after SILENCE; another takes it within BEAT.

A replica that lost its connection and does not know it yet does no harm: updates are finished and messages settled by
compare-and-set (R4, R10).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.errors import FirstlineError
from bot.storage.trouble import Trouble, is_away, named

_THE_DESK = 0x46_4C  # any fixed number, the same for all replicas of a database
BEAT = 2.0  # real seconds between two checks of the lock
# Seconds without a word after which the server ends the lock's connection: a replica that is cut off or stopped still has its
# connection, as far as TCP knows, for hours.
SILENCE = 6.0
_HAS_LIMIT = 14  # the first PostgreSQL that has idle_session_timeout
log = structlog.get_logger()


class ReplicaAtWork(FirstlineError):
    """A Firstline works with this database: stop it first."""

    said_as = "fault.replica_at_work"


class Role:
    """The right to read updates, fire timers and send. `url` is PostgreSQL's; without one the right is never lost."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._trouble = Trouble("role", longest=BEAT)
        self._keeping: asyncio.Task[None] | None = None

    async def won_at_once(self) -> bool:
        """Whether this process may work now; it does not wait."""
        return self._url is None or await self._locked(self._url)

    async def won(self, stop: asyncio.Event, standing_by: Callable[[], None]) -> None:
        """Return when this replica may work, or at `stop`. An unreachable database is retried.

        `standing_by` is called once when another one works.
        """
        is_standing_by = False
        while self._url is not None and not stop.is_set():
            try:
                if await self._locked(self._url):
                    return
                if not is_standing_by:
                    log.info("role.standing_by")
                    standing_by()
                is_standing_by = True
                self._trouble.over()
                pause = BEAT / 2
            except OperationalError as error:
                if not is_away(error):
                    raise
                await self._drop()
                pause = self._trouble.met(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()

    def keep(self) -> None:
        """Check the lock from now on, which also tells the server that this replica lives."""
        self._keeping = asyncio.create_task(self._keep(), name="role.keep")

    async def lost(self) -> None:
        """Return only when another replica has the lock. A lost connection is reopened, and the lock taken again."""
        if self._keeping is not None:
            await asyncio.shield(self._keeping)

    async def _keep(self) -> None:
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
                await self._drop()
                self._trouble.met(error)

    async def release(self) -> None:
        """Release the lock by closing its connection."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._drop()

    async def _drop(self) -> None:
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
                if self._connection.get_server_version().major >= _HAS_LIMIT:
                    await self._connection.execute(f"SET idle_session_timeout = {round(SILENCE * 1000)}")
            async with asyncio.timeout(BEAT * 2):
                return bool(await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", _THE_DESK))


@asynccontextmanager
async def roles(
    url: str, stop: asyncio.Event, standing_by: Callable[[], None] = lambda: None
) -> AsyncIterator[Role]:
    """Wait until this replica may work, or until `stop`. The lock has its own connection (R10)."""
    role = Role(_address(url))
    try:
        await role.won(stop, standing_by)
        role.keep()
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
        role.keep()
        yield
    finally:
        await role.release()


def _address(url: str) -> str | None:
    """PostgreSQL's address as asyncpg reads it; None for SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return None
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)
