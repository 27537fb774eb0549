"""Put a backup in the place of the database. The bot must not be running."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite
from sqlalchemy import Connection

from bot.errors import FirstlineError
from bot.storage import backups, postgres_tools
from bot.storage.backup import address, copy, fault_of
from bot.storage.db import open_database
from bot.storage.leader import alone
from bot.storage.migrate import SchemaIsNewer, knows, lock_file, migrate, sqlite_path

T = TypeVar("T")
Fence = Callable[[Connection], T]
"""`fence(tx)`: keep what the backup had still to do from being done as if it were new. Runs in one transaction."""
SQLITE = b"SQLite format 3\0"


class NotABackup(FirstlineError):
    """This file is no backup of Firstline."""

    said_as = "fault.not_a_backup"


class BackupDamaged(FirstlineError):
    """This backup is damaged; take another one."""

    said_as = "fault.backup_damaged"


class AnotherDatabase(FirstlineError):
    """This backup is of the other kind of database than DATABASE_URL: SQLite and PostgreSQL cannot read each other's."""

    said_as = "fault.another_database"


async def restore(url: str, file: Path, fence: Fence[T], kept_as: str) -> T:
    """Replace the database at `url` by the backup, upgraded and fenced; returns what the fence returns.

    A SQLite file that is there now is kept beside itself, with `kept_as` at the end of its name. Until the new one is
    complete nothing is changed. Raises NotABackup, BackupDamaged, AnotherDatabase, SchemaIsNewer, and DatabaseInUse or
    ReplicaAtWork while a bot works.
    """
    database = sqlite_path(url)
    _look(file, database)
    if database is None:
        return await _into_server(url, file, fence)
    with lock_file(database):
        part = database.with_name(database.name + ".restoring")
        _delete(part)
        try:
            found = await _into_file(file, part, fence)
            _swap(part, database, kept_as, is_folded=await _folded(database))
        finally:
            _delete(part)
    return found


def _delete(part: Path) -> None:
    """A file and all that was made beside it."""
    for leftover in part.parent.glob(part.name + "*"):
        leftover.unlink()


def _look(file: Path, database: Path | None) -> None:
    """The cheap checks. Raises as `restore` does."""
    with file.open("rb") as opened:
        beginning = opened.read(len(SQLITE))
    is_archive = beginning.startswith(postgres_tools.MAGIC)
    if not is_archive and beginning != SQLITE:
        raise NotABackup(f"{NotABackup.__doc__} {file}")
    if is_archive != (database is None):
        raise AnotherDatabase(f"{AnotherDatabase.__doc__} {file}")
    if not backups.is_unchanged(file):
        raise BackupDamaged(f"{BackupDamaged.__doc__} {file} is not what its checksum says.")


async def _into_file(file: Path, part: Path, fence: Fence[T]) -> T:
    try:
        await _check(file)
        await copy(file, part, _unseen)
    except sqlite3.Error as error:
        raise BackupDamaged(f"{BackupDamaged.__doc__} {file}: {error}") from error
    return await _fenced(f"sqlite+aiosqlite:///{part}", fence)


async def _check(file: Path) -> None:
    async with aiosqlite.connect(address(file, "mode=ro&immutable=1"), uri=True) as opened:
        if fault := await fault_of(opened):
            raise BackupDamaged(f"{BackupDamaged.__doc__} {file}: {fault}")
        try:
            rows = list(await opened.execute_fetchall("SELECT version_num FROM alembic_version"))
        except sqlite3.OperationalError:
            rows = []
    _expect(file, rows[0][0] if rows else None)


def _expect(file: Path, revision: str | None) -> None:
    if revision is None:
        raise NotABackup(f"{NotABackup.__doc__} {file}")
    if not knows(revision):
        raise SchemaIsNewer(f"{SchemaIsNewer.__doc__} ({revision})")


def _unseen(_percent: int) -> None:
    """A restore is short; its progress is not shown."""


async def _fenced(url: str, fence: Fence[T]) -> T:
    await migrate(url)
    db = open_database(url)
    try:
        return await db.run(fence)
    finally:
        await db.close()


def _swap(part: Path, database: Path, kept_as: str, *, is_folded: bool) -> None:
    """Put `part` in the place of `database`, so that a kill at any moment leaves either of them whole.

    The log of the present file is emptied and deleted first: SQLite would apply it to the new one.
    """
    log = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
    kept = database.with_name(f"{database.name}.{kept_as}")
    if database.exists():
        for one in log:
            if one.exists() and not is_folded:  # a damaged database: all of it is kept as it is
                one.replace(kept.with_name(kept.name + one.name.removeprefix(database.name)))
        kept.unlink(missing_ok=True)
        os.link(database, kept)
    for one in log:
        one.unlink(missing_ok=True)
    backups.sync(part)
    part.replace(database)
    backups.sync(database.parent)


async def _folded(database: Path) -> bool:
    """Write the log of a SQLite file into the file. False when there is no such file, or it is too damaged."""
    try:
        async with aiosqlite.connect(address(database, "mode=rw"), uri=True) as opened:
            rows = list(await opened.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)"))
    except sqlite3.Error:
        return False
    return bool(rows[0][0] == 0)


async def _into_server(url: str, file: Path, fence: Fence[T]) -> T:
    _expect(file, await postgres_tools.revision_in(file))
    async with alone(url):
        await postgres_tools.load(url, file)
        return await _fenced(url, fence)
