"""Runs units of work: a plain function in one transaction, on SQLite or on PostgreSQL.

A verb is `def verb(tx, ...) -> T`. On SQLite all verbs run in one writer thread; those waiting at the same moment
share one commit, each in its own savepoint, so that a failing verb undoes only itself. A failed commit fails every
verb of its batch. On PostgreSQL the same verbs run through `AsyncConnection.run_sync`; a deadlock or a serialization
failure is retried, which is safe because a verb has no effect outside its transaction.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import FirstlineError
from bot.storage.lean_connection import lean
from bot.storage.trouble import named

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 64  # verbs in one commit at most: bounds how long the first of them waits
READERS = 2  # threads: one for a slow report, one for other queries
RETRIES = 10
STATEMENTS = (
    1000  # prepared ones that a connection to PostgreSQL keeps: the product has more than the driver's 100
)
_RETRY_STATES = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL, appendix A
# Errors show the statement without its parameters, which are people's words (P15).
_DISCREET: dict[str, Any] = {"hide_parameters": True}


class DatabaseClosed(FirstlineError):
    """The database was closed while a unit of work was waiting for it."""


class Database(Protocol):
    """Run verbs, read without writing, and notify listeners after commits."""

    dialect: str

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    def listen(self, signal: str, call: Callable[[], None]) -> None: ...

    def watch(self, signal: str, call: Callable[[set[str]], None]) -> None: ...

    async def close(self) -> None: ...


Signals = set[tuple[str, str]]  # what happened, and to what


def signal(tx: Connection, name: str, what: str = "") -> None:
    """Notify the listeners of `name` after this transaction commits (not if it rolls back); watchers also read `what`."""
    tx.info.setdefault("signals", set()).add((name, what))


@contextmanager
def overheard(tx: Connection, name: str) -> Iterator[set[str]]:
    """What is signalled as `name` inside: filled in at the end, for the caller alone, who attends to it in this transaction."""
    outside, heard = tx.info.setdefault("signals", set()), set[str]()
    tx.info["signals"] = inside = Signals()
    try:
        yield heard
    finally:
        tx.info["signals"] = outside
        heard |= {what for signalled, what in inside if signalled == name}
        outside |= {one for one in inside if one[0] != name}


Timed = Callable[[], AbstractContextManager[object]]
"""`with timed():` lasts as long as a transaction that writes."""


def open_database(url: str, timed: Timed = nullcontext) -> Database:
    """Open `sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`."""
    parsed = make_url(url)
    return Embedded(parsed, timed) if parsed.get_backend_name() == "sqlite" else Server(parsed, timed)


class _Listeners:
    def __init__(self) -> None:
        self._calls: dict[str, list[Callable[[], None]]] = {}
        self._watchers: dict[str, list[Callable[[set[str]], None]]] = {}

    def listen(self, signal: str, call: Callable[[], None]) -> None:
        """Call `call` in the event loop after each commit that signalled `signal`."""
        self._calls.setdefault(signal, []).append(call)

    def watch(self, signal: str, call: Callable[[set[str]], None]) -> None:
        """The same with all that was signalled; called before the listeners."""
        self._watchers.setdefault(signal, []).append(call)

    def tell(self, signals: Signals) -> None:
        for name in {name for name, _ in signals}:
            for watcher in self._watchers.get(name, ()):
                watcher({what for other, what in signals if other == name})
            for call in self._calls.get(name, ()):
                call()


@dataclass(slots=True)
class _Unit:
    call: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    signals: Signals = field(default_factory=set)


_Queue = queue.SimpleQueue[_Unit | None]


class Embedded(_Listeners):
    """SQLite in this process: one writer thread for verbs and reader threads, each with its own connection."""

    dialect = "sqlite"

    def __init__(self, url: URL, timed: Timed = nullcontext) -> None:
        super().__init__()
        self._timed = timed
        url = url.set(drivername="sqlite+pysqlite")
        self._engine, self._readers = _sqlite_engine(url, _WRITER), _sqlite_engine(url, _READER)
        self._verbs: _Queue = queue.SimpleQueue()
        self._queries: _Queue = queue.SimpleQueue()
        self._closed = False
        work = [(self._write, self._engine), *[(self._read, self._readers)] * READERS]
        self._threads = [
            threading.Thread(target=call, args=(engine.connect(),), name=f"firstline-{number}", daemon=True)
            for number, (call, engine) in enumerate(work)
        ]
        for thread in self._threads:
            thread.start()

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        result: T = await self._ask(self._verbs, lambda tx: verb(tx, *args, **kwargs))
        return result

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        result: T = await self._ask(self._queries, lambda tx: query(tx, *args, **kwargs))
        return result

    async def close(self) -> None:
        """Finish waiting verbs, then close. A later verb raises `DatabaseClosed`."""
        self._closed = True
        for waiting in (self._verbs, *[self._queries] * READERS):
            waiting.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._readers.dispose()
        self._engine.dispose()

    async def _ask(self, waiting: _Queue, call: Callable[[Connection], Any]) -> Any:
        if self._closed:
            raise DatabaseClosed
        unit = _Unit(call, asyncio.get_running_loop().create_future())
        waiting.put(unit)
        return await unit.future

    def _write(self, connection: Connection) -> None:
        with connection as tx:
            while batch := _next_batch(self._verbs):
                with self._timed():
                    _commit(tx, batch)
                self._hand_back(batch)

    def _read(self, connection: Connection) -> None:
        """Serve one query at a time: a slow report does not delay the next query, there is another thread."""
        with connection as tx:
            while (unit := self._queries.get()) is not None:
                try:
                    unit.result = unit.call(tx)
                except Exception as error:
                    unit.error = _of_sqlalchemy(error)
                finally:
                    with suppress(
                        SQLAlchemyError, sqlite3.Error
                    ):  # this thread must survive any error of the file
                        tx.rollback()
                self._hand_back([unit])

    def _hand_back(self, batch: list[_Unit]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Unit]] = {}
        for unit in batch:
            by_loop.setdefault(unit.future.get_loop(), []).append(unit)
        for loop, units in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._answer, units)

    def _answer(self, units: list[_Unit]) -> None:
        signals: Signals = set()
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


def _next_batch(waiting: _Queue) -> list[_Unit]:
    first = waiting.get()
    batch = [] if first is None else [first]
    while first is not None and len(batch) < BATCH:
        try:
            unit = waiting.get_nowait()
        except queue.Empty:
            break
        if unit is None:
            waiting.put(None)
            break
        batch.append(unit)
    return batch


def _commit(tx: Connection, batch: list[_Unit]) -> None:
    try:
        with tx.begin():
            for unit in batch:
                _run_in_savepoint(tx, unit)
    except Exception as error:  # nothing of this batch is on disk, so every verb of it fails
        with suppress(SQLAlchemyError, sqlite3.Error):  # this thread must survive any error of the file
            tx.connection.rollback()  # after a refused COMMIT SQLite keeps the transaction open
        for unit in batch:
            unit.error = unit.error or _of_sqlalchemy(error)


def _run_in_savepoint(tx: Connection, unit: _Unit) -> None:
    tx.info["signals"] = unit.signals
    try:
        with savepoint(tx):
            unit.result = unit.call(tx)
    except Exception as error:
        unit.error = _of_sqlalchemy(error)
        if not tx.connection.in_transaction:
            raise  # a full disk: SQLite rolled back the whole batch, and each verb of it has to fail


def _of_sqlalchemy(error: Exception) -> Exception:
    """Savepoints use the driver directly; callers only handle SQLAlchemy's errors."""
    return OperationalError("savepoint", None, error) if isinstance(error, sqlite3.Error) else error


@contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """Undo what was done inside, and nothing else, when it raises.

    On SQLite this bypasses SQLAlchemy, whose bookkeeping costs fifty times as much as the two statements (decision
    0002).
    """
    if tx.dialect.name != "sqlite":
        with tx.begin_nested():
            yield
        return
    driver: Any = tx.connection.dbapi_connection
    driver.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK TO part")
            driver.execute("RELEASE part")
        raise
    if not driver.in_transaction:
        raise PendingRollbackError("SQLite undid the whole transaction")
    driver.execute("RELEASE part")


class Server(_Listeners):
    """PostgreSQL: each verb in its own transaction on a pooled asyncpg connection."""

    dialect = "postgresql"

    def __init__(self, url: URL, timed: Timed = nullcontext) -> None:
        super().__init__()
        self._timed = timed
        self._engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=20,
            max_overflow=0,
            pool_use_lifo=True,  # few connections are used, whose statements are prepared
            connect_args={"prepared_statement_cache_size": STATEMENTS},
            **_DISCREET,
        )

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        for attempt in range(RETRIES):
            is_ending = False
            try:
                with named(), self._timed():
                    async with self._engine.connect() as connection:
                        connection.sync_connection.info["signals"] = signals = Signals()  # type: ignore[union-attr]
                        result = await connection.run_sync(verb, *args, **kwargs)
                        is_ending = True
                        await connection.commit()
            except DBAPIError as error:
                was_stale = _is_stale(error) and not is_ending and attempt == 0
                if attempt + 1 == RETRIES or not (was_stale or _may_repeat(error)):
                    raise
            else:
                self.tell(signals)
                return result
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        try:
            return await self._read(query, *args, **kwargs)
        except DBAPIError as error:
            if not _is_stale(error):
                raise
            return await self._read(query, *args, **kwargs)

    async def _read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with named():
            async with self._engine.connect() as connection:
                return await connection.run_sync(query, *args, **kwargs)

    async def close(self) -> None:
        await self._engine.dispose()


def _is_stale(error: DBAPIError) -> bool:
    """A pooled connection that the server has closed meanwhile. All of them are opened again then, so the next try is on a new
    one: asking each connection whether it lives costs three round trips a unit."""
    return error.connection_invalidated


def _may_repeat(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _RETRY_STATES


def _sqlite_engine(url: URL, pragmas: Sequence[str]) -> Engine:
    engine = lean(
        create_engine(url, connect_args={"check_same_thread": False, "isolation_level": None}, **_DISCREET)
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    # The driver begins no transaction before the first write, so a SELECT would be outside it: in an experiment 691
    # of 800 increments were lost that way.
    event.listen(engine, "begin", _begin_reading if pragmas is _READER else _begin_writing)
    return engine


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.execute(
        "BEGIN"
    )  # takes no lock yet, so it cannot raise an error that SQLAlchemy would have to translate


_WRITER = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",  # the update is already confirmed to Telegram when this commits
    "foreign_keys=ON",
)
_READER = ("busy_timeout=10000", "query_only=ON")
