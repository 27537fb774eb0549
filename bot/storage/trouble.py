"""A database that is away, locked or full for a while: recognised, waited for, and logged once."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.clock import Clock, rest

T = TypeVar("T")
MET: Counter[str] = Counter()  # failed tries of this process, by where they failed
FIRST, LONGEST = 0.5, 5.0  # seconds: the first pause, and the longest
log = structlog.get_logger()

_SQLITE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL),
}
# PostgreSQL, appendix A: connection, resources (53100 is a full disk), operator's intervention, system; then lock not
# available, read-only standby, serialization failure, deadlock.
_CLASSES, _STATES = {"08", "53", "57", "58"}, {"55P03", "25006", "40001", "40P01"}
LOST = (
    *(ConnectionError, TimeoutError, socket.gaierror, asyncpg.PostgresError, asyncpg.InterfaceError),
    asyncpg.InternalClientError,  # of a connection that the server has just ended while it was idle
)


@contextmanager
def named() -> Iterator[None]:
    """Turn what the driver and the network raise while connecting into SQLAlchemy's error, as later errors are."""
    try:
        yield
    except LOST as error:
        raise OperationalError("connection", None, error) from error


def is_away(error: BaseException | None) -> bool:
    """Whether the same unit of work may succeed later: the fault is the database's or the network's."""
    if isinstance(
        error, PoolTimeout | PendingRollbackError
    ):  # the latter: SQLite rolled back the batch of this unit
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) if not state else state[:2] in _CLASSES or state in _STATES


def spoiled(error: BaseException) -> bool:
    """Whether SQLite says that the file is damaged, or no database at all: waiting does not help."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Trouble:
    """The back-off of one loop: waits longer each time, and logs when the trouble begins, changes and ends.

    With a clock, virtual time counts as waited.
    """

    def __init__(self, where: str, clock: Clock | None = None, longest: float = LONGEST) -> None:
        self._where, self._clock, self._longest = where, clock, longest
        self._failures, self._known = 0, ""
        self._wake = asyncio.Event()
        if clock is not None:
            clock.on_change(self._wake.set)

    def met(self, error: BaseException) -> float:
        """Note a failure; returns the seconds to wait before the next try."""
        self._failures += 1
        MET[self._where] += 1
        what = f"{type(error).__name__}: {getattr(error, 'orig', None) or error}".splitlines()[0][:300]
        if what != self._known:
            log.error(f"{self._where}.failed", error=what, kind=type(error).__name__)
        self._known = what
        return min(self._longest, FIRST * 2.0 ** min(self._failures - 1, 10))

    def over(self) -> None:
        """Note a success."""
        if self._failures:
            log.warning(f"{self._where}.works_again", failures=self._failures)
        self._failures, self._known = 0, ""

    async def outlast(self, unit: Callable[[], Awaitable[T]]) -> T:
        """Run a unit of work, retrying until the database is back."""
        while True:
            try:
                done = await unit()
            except SQLAlchemyError as error:
                if not is_away(error):
                    raise
                await self.pause(error)
            else:
                self.over()
                return done

    async def pause(self, error: BaseException, seconds: float | None = None) -> None:
        """Note a failure and wait: `seconds`, or longer each time."""
        pause = self.met(error)
        pause = pause if seconds is None else seconds
        if self._clock is None:
            await asyncio.sleep(pause)
            return
        due = self._clock.steady() + pause
        while (left := due - self._clock.steady()) > 0:
            await rest(self._wake, left)
