"""Backups: complete under load, checked, rotated; a restore changes all or nothing, and repeats no message."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select, text, update

from bot.errors import FirstlineError
from bot.storage import backups, leader, postgres_tools
from bot.storage.backup import BackupFailed, backup
from bot.storage.db import open_database
from bot.storage.migrate import DatabaseInUse, SchemaIsNewer, lock_file, migrate
from bot.storage.restore import AnotherDatabase, BackupDamaged, NotABackup, restore
from bot.storage.schema import facts
from tests.databases import copied_sqlite, drop_postgres, fresh_postgres, postgres_or_skip

NOON = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp())
DAY = 86400


def unseen(_percent: int) -> None: ...


def put(tx: Connection, key: str, value: str) -> None:
    tx.execute(insert(facts).values(key=key, value=value))


def keys(tx: Connection) -> set[str]:
    return set(tx.scalars(select(facts.c.key)))


def numbers(file: Path) -> list[int]:
    opened = sqlite3.connect(file)
    found = [int(row[0]) for row in opened.execute("SELECT key FROM facts ORDER BY CAST(key AS INTEGER)")]
    opened.close()
    return found


async def filled(url: str, *words: str) -> None:
    db = open_database(url)
    for word in words:
        await db.run(put, word, word)
    await db.close()


async def read(url: str) -> set[str]:
    db = open_database(url)
    found = await db.read(keys)
    await db.close()
    return found


# ── the copy ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_backup_under_load_has_all_that_was_committed_before_it_and_no_gap(tmp_path: Path) -> None:
    """P11, on SQLite: one writer commits all the time, ten backups are made meanwhile."""
    db = open_database(copied_sqlite(tmp_path / "firstline.db"))
    committed, stopped = 0, asyncio.Event()

    async def write() -> None:
        nonlocal committed
        while not stopped.is_set():
            await db.run(put, str(committed), "x" * 2000)
            committed += 1

    writing = asyncio.create_task(write())
    for number in range(10):
        before = committed
        made = await backup(
            f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}", tmp_path, NOON + number, unseen
        )
        found = numbers(made.file)
        assert len(found) >= before
        assert found == list(range(len(found))), "what was committed first is there first"
    stopped.set()
    await writing
    await db.close()
    assert committed > 10, "the writer was not held up by the backups"


async def test_a_backup_shows_its_progress_and_is_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    shown: list[int] = []
    made = await backup(url, tmp_path / "copies", NOON, shown.append)
    assert shown[-1] == 100
    assert made.file.name == "firstline-20261129T120000Z.db"
    assert made.file.stat().st_mode & 0o777 == 0o600
    names = {file.name for file in made.file.parent.iterdir()}
    assert names == {made.file.name, made.file.name + ".sha256"}


async def test_a_damaged_database_gives_no_backup_but_a_sentence(tmp_path: Path) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    whole = (tmp_path / "firstline.db").read_bytes()
    (tmp_path / "firstline.db").write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(BackupFailed, match="could not be made"):
        await backup(url, tmp_path / "copies", NOON, unseen)
    assert backups.in_folder(tmp_path / "copies") == []


async def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file")
    with pytest.raises(BackupFailed, match="copies"):
        await backup(copied_sqlite(tmp_path / "firstline.db"), tmp_path / "copies", NOON, unseen)


# ── which ones stay ──────────────────────────────────────────────────────────────────────────────────────


def test_seven_days_and_four_weeks_stay() -> None:
    """A backup every six hours for sixty days."""
    made = [NOON - hours * 3600 for hours in range(0, 60 * 24, 6)]
    kept = sorted(set(made) - backups.spare(made, days=7, weeks=4), reverse=True)
    days = [datetime.fromtimestamp(at, UTC).strftime("%d.%m") for at in kept]
    assert days == ["29.11", "28.11", "27.11", "26.11", "25.11", "24.11", "23.11", "22.11", "15.11", "08.11"]


@given(st.sets(st.integers(0, 400 * DAY), max_size=60), st.integers(1, 9), st.integers(0, 9))
def test_the_newest_backup_always_stays_and_no_more_than_asked(made: set[int], days: int, weeks: int) -> None:
    kept = made - backups.spare(made, days, weeks)
    assert not made or max(made) in kept
    assert len(kept) <= days + weeks
    assert len({at // DAY for at in made}) <= days or len({at // DAY for at in kept}) >= days


def test_rotation_leaves_other_files_alone(tmp_path: Path) -> None:
    for name in (backups.name(NOON, "db"), backups.name(NOON - 50 * DAY, "db"), "firstline.db", "notes.txt"):
        (tmp_path / name).touch()
    backups.rotate(tmp_path, days=1, weeks=1)
    assert {file.name for file in tmp_path.iterdir()} == {
        *(backups.name(NOON, "db"), "firstline.db", "notes.txt")
    }


# ── the restore ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.processes)])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database of this test alone; its tables are replaced."""
    if request.param == "sqlite":
        yield copied_sqlite(tmp_path / "firstline.db")
        return
    postgres_or_skip()
    made = await fresh_postgres(f"firstline_backup_{os.getpid()}")
    await migrate(made)
    yield made
    await drop_postgres(f"firstline_backup_{os.getpid()}")


async def test_a_restored_database_is_as_it_was_and_works(url: str, tmp_path: Path) -> None:
    await filled(url, "before")
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    await filled(url, "after")
    counted = await restore(
        url, made.file, lambda tx: tx.scalar(select(func.count()).select_from(facts)), "kept"
    )
    assert counted == 1
    assert await read(url) == {"before"}
    await filled(url, "new")
    assert await read(url) == {"before", "new"}


async def test_the_fence_and_the_restore_are_one_or_a_failing_fence_changes_no_file(tmp_path: Path) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    await filled(url, "after")

    def fails(_tx: Connection) -> None:
        raise FirstlineError

    with pytest.raises(FirstlineError):
        await restore(url, made.file, fails, "kept")
    assert await read(url) == {"after"}
    assert not [name for name in os.listdir(tmp_path) if "restoring" in name]


async def test_the_former_file_is_kept_whole_with_what_was_only_in_its_log(tmp_path: Path) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    killed = sqlite3.connect(tmp_path / "firstline.db", isolation_level=None)
    killed.execute("PRAGMA journal_mode=WAL")
    killed.execute("INSERT INTO facts VALUES ('logged', '')")
    log = (tmp_path / "firstline.db-wal").read_bytes()
    shape = (tmp_path / "firstline.db").read_bytes()
    killed.close()
    (tmp_path / "firstline.db").write_bytes(shape)  # as kill -9 leaves it
    (tmp_path / "firstline.db-wal").write_bytes(log)
    await restore(url, made.file, keys, "kept")
    assert await read(url) == set(), "the log of the former file is not applied to the new one"
    assert await read(f"sqlite+aiosqlite:///{tmp_path / 'firstline.db.kept'}") == {"logged"}


async def test_a_damaged_database_can_be_replaced(tmp_path: Path) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    await filled(url, "before")
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    (tmp_path / "firstline.db").write_bytes(b"This is a letter. " * 500)
    await restore(url, made.file, keys, "kept")
    assert await read(url) == {"before"}
    assert (tmp_path / "firstline.db.kept").read_bytes().startswith(b"This is a letter.")


async def test_a_restore_while_the_bot_runs_is_refused(url: str, tmp_path: Path) -> None:
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    if url.startswith("sqlite"):
        with lock_file(tmp_path / "firstline.db"), pytest.raises(DatabaseInUse):
            await restore(url, made.file, keys, "kept")
        return
    async with leader.alone(url):
        with pytest.raises(leader.ReplicaAtWork, match="stop it first"):
            await restore(url, made.file, keys, "kept")


async def test_a_backup_of_a_newer_firstline_is_refused_and_changes_nothing(url: str, tmp_path: Path) -> None:
    db = open_database(url)
    await db.run(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = 'm9999'")).close())
    made = await backup(url, tmp_path / "copies", NOON, unseen)
    await db.run(lambda tx: tx.execute(update(facts).values(value="")).close())
    await db.close()
    await filled(url, "after")
    with pytest.raises(SchemaIsNewer, match="m9999"):
        await restore(url, made.file, keys, "kept")
    assert await read(url) == {"after"}


@pytest.mark.parametrize("flaw", ["no database", "another program's", "one byte", "truncated", "an archive"])
async def test_what_is_no_good_backup_is_refused_in_a_sentence(tmp_path: Path, flaw: str) -> None:
    url = copied_sqlite(tmp_path / "firstline.db")
    await filled(url, "after")
    made = (await backup(url, tmp_path / "copies", NOON, unseen)).file
    expected: type[FirstlineError] = BackupDamaged
    if flaw == "no database":
        made, expected = tmp_path / "letter.db", NotABackup
        made.write_text("Dear Anna,")
    elif flaw == "another program's":
        made, expected = tmp_path / "other.db", NotABackup
        other = sqlite3.connect(made)
        other.execute("CREATE TABLE treasure (word TEXT)")
        other.close()
    elif flaw == "one byte":
        made.write_bytes(made.read_bytes()[:-1] + b"?")
    elif flaw == "truncated":
        (made.parent / (made.name + ".sha256")).unlink()
        made.write_bytes(made.read_bytes()[:-20_000])
    else:
        made, expected = tmp_path / "archive.dump", AnotherDatabase
        made.write_bytes(postgres_tools.MAGIC + b"\1" * 100)
    with pytest.raises(expected, match=made.name):
        await restore(url, made, keys, "kept")
    assert await read(url) == {"after"}
