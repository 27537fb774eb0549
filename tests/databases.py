"""Databases for tests: empty ones, and ones with tables that are copied or emptied, because creating tables takes
longer than most tests."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from bot.storage.lean_connection import lean
from bot.storage.migrate import migrate, sqlite_path
from bot.storage.schema import metadata

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432")
_EMPTIED = "; ".join(
    [
        # A killed bot may hold a transaction open that has touched what we delete.
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)),
        "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences",
    ]
)


NO_POSTGRES = "no PostgreSQL on 127.0.0.1:5432: apt-get install postgresql, or point TEST_POSTGRES at one"


def postgres_or_skip() -> None:
    """PostgreSQL may be missing on a laptop, never in CI."""
    if not _postgres_is_there():
        assert not os.environ.get("CI"), NO_POSTGRES
        pytest.skip(NO_POSTGRES)


@cache
def _postgres_is_there() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return "TEST_POSTGRES" in os.environ or probe.connect_ex(("127.0.0.1", 5432)) == 0


def copied_sqlite(file: Path) -> str:
    """The URL of a new SQLite database at `file` that has every table and no row."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_image())
    return f"sqlite+aiosqlite:///{file}"


def in_memory() -> Engine:
    """A SQLite database in memory with every table and no row, on one connection with explicit transactions."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    lean(engine)  # as the bot's own

    @event.listens_for(engine, "connect")
    def _fill(connection: Any, _record: object) -> None:
        connection.deserialize(_image())
        connection.isolation_level = None  # the driver's own transactions would end a savepoint's work
        connection.execute("PRAGMA temp_store = MEMORY")  # a large savepoint would go through a file

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


async def fresh_postgres(name: str) -> str:
    """An empty database of this name on the machine's PostgreSQL."""
    await _on("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    # A killed process loses no commit this way, and no test cuts the power.
    await _on("postgres", f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    return _address(name)


async def filled_postgres(name: str, script: str) -> str:
    """The address of a new PostgreSQL database in which `script` (SQL) has run."""
    address = await fresh_postgres(name)
    await _on(name, script)
    return address


async def emptied_postgres(name: str) -> str:
    """The URL of a PostgreSQL database with every table and no row, created when it is missing or lacks a table."""
    try:
        await _on(name, _EMPTIED)
    except (asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError):
        await migrate(await fresh_postgres(name))
    return _address(name)


async def drop_postgres(name: str) -> None:
    """Leave nothing behind on a shared server."""
    await _on("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    return make_url(f"{POSTGRES}/{name}").render_as_string(hide_password=False)


async def _on(database: str, *scripts: str) -> None:
    url = make_url(POSTGRES)
    where = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    connection = await asyncpg.connect(**where, database=database)
    try:
        for script in scripts:
            await connection.execute(script)
    finally:
        await connection.close()


@cache
def _image() -> bytes:
    """A SQLite file as the migrations leave it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/image.db"
        _in_a_thread(lambda: migrate(url))
        file = sqlite_path(url)
        assert file is not None
        return file.read_bytes()


def _in_a_thread(work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Run it to its end, also when an event loop is running already."""
    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join()
