"""Make a backup of the database while the bot works on it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import aiosqlite

from bot.errors import FirstlineError
from bot.storage import backups, postgres_tools
from bot.storage.backups import Backup
from bot.storage.migrate import sqlite_path

PAGES = 2048  # in one step: eight megabytes, after which the progress is shown
Progress = Callable[[int], None]
"""`progress(percent)`: how much of the database is copied."""


class BackupFailed(FirstlineError):
    """The backup could not be made."""

    said_as = "fault.backup_failed"


async def backup(url: str, folder: Path, at: int, progress: Progress) -> Backup:
    """Copy the database at `url` into `folder`, checked and with a checksum; `at` is UTC seconds.

    Raises BackupFailed. A backup that was not finished leaves only a file ending in `.part`.
    """
    file = sqlite_path(url)
    made = folder / backups.name(at, "dump" if file is None else "db")
    part = made.with_name(made.name + ".part")
    try:
        await asyncio.to_thread(backups.clear, folder)
        if file is None:
            await postgres_tools.dump(url, part)
        else:
            await copy(file, part, progress)
        size = await asyncio.to_thread(backups.finish, part, made)
    except (OSError, sqlite3.Error, postgres_tools.ToolFailed) as error:
        raise BackupFailed(f"{BackupFailed.__doc__} {error}") from error
    return Backup(made, at, size)


async def copy(file: Path, target: Path, progress: Progress) -> None:
    """Copy a SQLite file that may be in use, with SQLite's backup API, and check the copy. Raises sqlite3.Error.

    The read transaction keeps one state in view: without it every commit of the bot would start the copy over.
    """

    def copied(_status: int, left: int, pages: int) -> None:
        progress(100 if pages == 0 else (pages - left) * 100 // pages)

    async with (
        aiosqlite.connect(address(file, "mode=rw"), uri=True) as source,
        aiosqlite.connect(target) as made,
    ):
        await source.execute("BEGIN")
        await source.execute_fetchall("SELECT count(*) FROM sqlite_master")
        await source.backup(made, pages=PAGES, progress=copied)
        await made.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        fault = await fault_of(made)
    if fault:
        raise sqlite3.DatabaseError(f"the copy is damaged: {fault}")


def address(file: Path, how: str) -> str:
    """The file as SQLite's URI, with parameters such as "mode=ro"."""
    return f"{file.absolute().as_uri()}?{how}"


async def fault_of(database: aiosqlite.Connection) -> str:
    """What SQLite's check of the whole file finds first; "" when it is in order."""
    found = list(await database.execute_fetchall("PRAGMA integrity_check(1)"))
    return "" if found[0][0] == "ok" else str(found[0][0])
