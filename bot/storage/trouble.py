"""A database that is away, locked or full for a while: told from a statement that is wrong, waited for, and logged once."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.clock import Clock, rest

T = TypeVar("T")
FIRST, LONGEST = 0.5, 30.0  # seconds: the first pause, and the most that they grow to
log = structlog.get_logger()

_SQLITE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL),
}
# PostgreSQL, appendix A: connection, resources (53100 is a full disk), operator's intervention, system; then a lock that was
# not to be had, a standby that takes no writes, a serialization failure, a deadlock.
_CLASSES, _STATES = {"08", "53", "57", "58"}, {"55P03", "25006", "40001", "40P01"}
LOST = (ConnectionError, TimeoutError, socket.gaierror, asyncpg.PostgresError, asyncpg.InterfaceError)


@contextmanager
def named() -> Iterator[None]:
    """What the driver and the network raise while they connect comes as SQLAlchemy's error, as everything later does."""
    try:
        yield
    except LOST as error:
        raise OperationalError("connection", None, error) from error


def is_away(error: BaseException | None) -> bool:
    """Whether the same unit of work may succeed later: nothing is wrong with it, but with the database or the way there."""
    if isinstance(
        error, PoolTimeout | PendingRollbackError
    ):  # the latter: SQLite undid the batch around this unit
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) if not state else state[:2] in _CLASSES or state in _STATES


class Trouble:
    """The trouble of one loop: it waits longer each time, and is logged when it begins, when it changes, and when it is over.

    With a clock, time that is moved by hand counts as waited.
    """

    def __init__(self, where: str, clock: Clock | None = None, longest: float = LONGEST) -> None:
        self._where, self._clock, self._longest = where, clock, longest
        self._failures, self._known = 0, ""
        self._wake = asyncio.Event()
        if clock is not None:
            clock.on_change(self._wake.set)

    def met(self, error: BaseException) -> float:
        """Note a failure; returns how many seconds to wait before the next try."""
        self._failures += 1
        what = f"{type(error).__name__}: {getattr(error, 'orig', None) or error}".splitlines()[0][:300]
        if what != self._known:
            log.error(f"{self._where}.failed", error=what, kind=type(error).__name__)
        self._known = what
        return min(self._longest, FIRST * 2.0 ** min(self._failures - 1, 10))

    def over(self) -> None:
        """It works again."""
        if self._failures:
            log.warning(f"{self._where}.works_again", failures=self._failures)
        self._failures, self._known = 0, ""

    async def outlast(self, unit: Callable[[], Awaitable[T]]) -> T:
        """Do a unit of work, however long the database takes to come back."""
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
