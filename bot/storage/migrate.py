"""Upgrade the database to this code's schema, after a copy of the file."""

from __future__ import annotations

import fcntl
import sqlite3
from functools import cache
from pathlib import Path
from typing import TextIO

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import FirstlineError

MIGRATIONS = Path(__file__).parent / "migrations"
MARK = "firstline_move"  # a table that is there while `firstline move` fills a PostgreSQL database
_MIGRATION_LOCK = 0x46_4C_4D_49  # any fixed number: one migration at a time among all replicas

_MARKED = text(f"SELECT to_regclass('{MARK}') IS NOT NULL")


class DatabaseInUse(FirstlineError):
    """Another Firstline already works with this database file."""

    said_as = "fault.database_in_use"


class SchemaIsNewer(FirstlineError):
    """The database was written by a newer Firstline than this one."""

    said_as = "fault.schema_is_newer"


class HalfMoved(FirstlineError):
    """This database is not complete: firstline move was broken off. The same command again goes on where it stopped."""

    said_as = "fault.half_moved"


def lock_file(database: Path) -> TextIO:
    """Lock `<database>.lock` for the life of the process; SQLite has one writer process (R9).

    Raises DatabaseInUse, naming the file, when another process has it. Keep the returned file open.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    handle = database.with_name(database.name + ".lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise DatabaseInUse(f"{DatabaseInUse.__doc__} {database}") from error
    return handle


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL, or None for another database."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


async def migrate(url: str) -> list[str]:
    """Upgrade to the newest schema; returns the applied revisions, oldest first.

    Raises SchemaIsNewer when the database has revisions that this code does not know, HalfMoved.
    """
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url)
    if path is not None:
        event.listen(engine.sync_engine, "connect", _own_transactions)
        event.listen(engine.sync_engine, "begin", _begin)
    try:
        async with engine.connect() as connection:
            ahead = await connection.run_sync(pending)
        if ahead and path is not None and path.exists() and path.stat().st_size > 0:
            _copy(path, ahead[0])
        if ahead:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
    finally:
        await engine.dispose()
    return ahead


def _own_transactions(connection: object, _record: object) -> None:
    # The driver commits before DDL by default; this makes a failed migration roll back (P12).
    connection.isolation_level = None  # type: ignore[attr-defined]


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def pending(connection: Connection) -> list[str]:
    """Revisions to apply, oldest first. Raises SchemaIsNewer, HalfMoved."""
    if connection.dialect.name == "postgresql" and connection.scalar(_MARKED):
        raise HalfMoved
    current = MigrationContext.configure(connection).get_current_heads()
    if strange := [revision for revision in current if not knows(revision)]:
        raise SchemaIsNewer(f"{SchemaIsNewer.__doc__} ({', '.join(strange)})")
    newest_first = _scripts().iterate_revisions("heads", current or "base")
    return [script.revision for script in newest_first][::-1]


def knows(revision: str) -> bool:
    """Whether this code has the schema's revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Upgrade within the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _copy(path: Path, revision: str) -> None:
    """Copy the file with SQLite's backup API: plain copies of a live file were damaged in 3 cases of 10."""
    with (
        sqlite3.connect(path) as source,
        sqlite3.connect(path.with_name(f"{path.name}.before-{revision}")) as target,
    ):
        source.backup(target)
    source.close()
    target.close()
