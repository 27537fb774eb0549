"""How a unit of work is run: a plain function in one transaction, on SQLite or on PostgreSQL.

A verb is `def verb(tx, ...) -> T`. On SQLite all verbs run in one writer thread; those that wait at the same moment
share one commit, each in a savepoint of its own, so that a failing verb undoes only itself. A failed commit fails every verb
of its batch. On PostgreSQL the same verbs run through `AsyncConnection.run_sync`; a deadlock or a serialization failure is
simply tried again, which is safe because a verb has no effect outside its transaction.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import FirstlineError

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 64  # verbs in one commit at the most: a bound on how long the first of them waits
RETRIES = 10
_RETRY_STATES = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL, appendix A
# An error names the statement, never people's words in it (P15).
_DISCREET: dict[str, Any] = {"hide_parameters": True}


class DatabaseClosed(FirstlineError):
    """The database was closed while a unit of work was waiting for it."""


class Database(Protocol):
    """Run verbs; read without writing; be told after commits what was touched."""

    dialect: str

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    def listen(self, signal: str, call: Callable[[], None]) -> None: ...

    async def close(self) -> None: ...


def signal(tx: Connection, name: str) -> None:
    """Tell the listeners of `name` after this transaction has committed (and not if it does not)."""
    tx.info.setdefault("signals", set()).add(name)


def open_database(url: str) -> Database:
    """Open `sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`."""
    parsed = make_url(url)
    return Embedded(parsed) if parsed.get_backend_name() == "sqlite" else Server(parsed)


class _Listeners:
    def __init__(self) -> None:
        self._calls: dict[str, list[Callable[[], None]]] = {}

    def listen(self, signal: str, call: Callable[[], None]) -> None:
        """Call `call` in the event loop after each commit that signalled `signal`."""
        self._calls.setdefault(signal, []).append(call)

    def tell(self, signals: set[str]) -> None:
        for name in signals:
            for call in self._calls.get(name, ()):
                call()


@dataclass(slots=True)
class _Unit:
    call: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    signals: set[str] = field(default_factory=set)


class Embedded(_Listeners):
    """SQLite in this process: one writer thread for verbs, aiosqlite for reads."""

    dialect = "sqlite"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._engine = _sqlite_engine(url.set(drivername="sqlite+pysqlite"))
        self._readers = create_async_engine(url.set(drivername="sqlite+aiosqlite"), pool_size=2, **_DISCREET)
        event.listen(self._readers.sync_engine, "connect", _reader_pragmas)
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="firstline-writer", daemon=True)
        self._thread.start()

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._closed:
            raise DatabaseClosed
        loop = asyncio.get_running_loop()
        unit = _Unit(lambda tx: verb(tx, *args, **kwargs), loop, loop.create_future())
        self._waiting.put(unit)
        result: T = await unit.future
        return result

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        async with self._readers.connect() as connection:
            return await connection.run_sync(query, *args, **kwargs)

    async def close(self) -> None:
        """Finish what waits, then close. A verb that comes later gets `DatabaseClosed`."""
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        await self._readers.dispose()
        self._engine.dispose()

    def _write(self) -> None:
        with self._engine.connect() as tx:
            while batch := self._next_batch():
                self._commit(tx, batch)
                by_loop: dict[asyncio.AbstractEventLoop, list[_Unit]] = {}
                for unit in batch:
                    by_loop.setdefault(unit.loop, []).append(unit)
                for loop, units in by_loop.items():
                    if not loop.is_closed():
                        loop.call_soon_threadsafe(self._answer, units)

    def _next_batch(self) -> list[_Unit]:
        first = self._waiting.get()
        batch = [] if first is None else [first]
        while first is not None and len(batch) < BATCH:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                self._waiting.put(None)
                break
            batch.append(unit)
        return batch

    def _commit(self, tx: Connection, batch: list[_Unit]) -> None:
        try:
            with tx.begin():
                for unit in batch:
                    _run_in_savepoint(tx, unit)
        except Exception as error:  # nothing of this batch is on disk, so nobody in it may believe it is
            tx.connection.rollback()  # SQLite keeps a transaction open whose COMMIT it refused
            for unit in batch:
                unit.error = unit.error or error

    def _answer(self, units: list[_Unit]) -> None:
        signals: set[str] = set()
        for unit in units:
            if unit.error is None:
                signals |= unit.signals
            if unit.future.cancelled():
                continue
            if unit.error is None:
                unit.future.set_result(unit.result)
            else:
                unit.future.set_exception(unit.error)
        self.tell(signals)


def _run_in_savepoint(tx: Connection, unit: _Unit) -> None:
    tx.info["signals"] = unit.signals
    try:
        with tx.begin_nested():
            unit.result = unit.call(tx)
    except Exception as error:
        unit.error = error
        if not tx.connection.in_transaction:
            raise  # a full disk: SQLite undid the whole batch by itself, and each verb of it has to hear so


class Server(_Listeners):
    """PostgreSQL: each verb in its own transaction on a pooled asyncpg connection."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            **_DISCREET,
        )

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        for attempt in range(RETRIES):
            try:
                async with self._engine.begin() as connection:
                    connection.sync_connection.info["signals"] = signals = set[str]()  # type: ignore[union-attr]
                    result = await connection.run_sync(verb, *args, **kwargs)
            except DBAPIError as error:
                if attempt + 1 == RETRIES or getattr(error.orig, "sqlstate", None) not in _RETRY_STATES:
                    raise
            else:
                self.tell(signals)
                return result
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(query, *args, **kwargs)

    async def close(self) -> None:
        await self._engine.dispose()


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url, poolclass=None, connect_args={"check_same_thread": False, "isolation_level": None}, **_DISCREET
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # we have already told Telegram "got it"
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver opens no transaction before the first write, so a SELECT would stand outside it: 691 of 800
        # updates were lost so (reliability.md 2.5).
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _reader_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
