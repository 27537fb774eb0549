"""A verb is one transaction, whatever happens to the verbs beside it; the same on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.util import await_only

from bot.storage import db as storage
from bot.storage import kv
from bot.storage.db import Database, DatabaseClosed, Embedded, open_database, savepoint, signal
from bot.storage.schema import facts as table
from tests.databases import copied_sqlite


class Clumsy(Exception):
    """A verb that fails."""


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Embedded]:
    opened = open_database(copied_sqlite(tmp_path / "firstline.db"))
    assert isinstance(opened, Embedded)
    yield opened
    await opened.close()


def write(tx: Connection, key: str) -> str:
    tx.execute(insert(table).values(key=key, value="written"))
    return key


def write_and_stumble(tx: Connection, key: str) -> None:
    write(tx, key)
    raise Clumsy


def count(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0


def keys(tx: Connection) -> set[str]:
    return set(tx.scalars(select(table.c.key)))


def add_one(tx: Connection, key: str) -> None:
    row = select(table.c.value).where(table.c.key == key).with_for_update()
    now = int(tx.scalar(row) or 0)
    tx.execute(update(table).where(table.c.key == key).values(value=str(now + 1)))


async def test_a_verb_returns_what_it_found_and_keeps_what_it_wrote(db: Database) -> None:
    assert await db.run(write, "a") == "a"
    assert await db.read(keys) == {"a"}


async def test_a_verb_that_fails_undoes_only_itself(db: Database) -> None:
    ends = await asyncio.gather(
        db.run(write, "a"), db.run(write_and_stumble, "b"), db.run(write, "c"), return_exceptions=True
    )
    assert [type(end) for end in ends] == [str, Clumsy, str]
    assert await db.read(keys) == {"a", "c"}


async def test_a_broken_constraint_is_the_problem_of_one_verb(db: Database) -> None:
    ends = await asyncio.gather(
        db.run(write, "same"), db.run(write, "other"), db.run(write, "same"), return_exceptions=True
    )
    assert sum(isinstance(end, IntegrityError) for end in ends) == 1
    assert await db.read(keys) == {"same", "other"}


async def test_no_update_is_lost_between_verbs_that_read_and_write_the_same_row(db: Database) -> None:
    await db.run(kv.claim, "counter", "0")
    await asyncio.gather(*(db.run(add_one, "counter") for _ in range(200)))
    assert await db.run(kv.claim, "counter", "") == "200"


async def test_listeners_hear_after_the_commit_and_only_if_there_was_one(db: Database) -> None:
    heard: list[str] = []
    db.listen("bell", lambda: heard.append("bell"))

    def rings(tx: Connection) -> None:
        signal(tx, "bell")

    def rings_and_stumbles(tx: Connection) -> None:
        signal(tx, "bell")
        raise Clumsy

    with pytest.raises(Clumsy):
        await db.run(rings_and_stumbles)
    assert heard == []
    await db.run(count)
    assert heard == []
    await db.run(rings)
    assert heard == ["bell"]


async def test_what_waits_at_the_same_moment_shares_one_commit(embedded: Embedded) -> None:
    commits: list[object] = []
    event.listen(embedded._engine, "commit", commits.append)
    await asyncio.gather(*(embedded.run(write, f"k{number}") for number in range(50)))
    assert await embedded.read(count) == 50
    assert len(commits) < 10


async def test_a_batch_has_an_upper_bound(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BATCH", 5)
    commits: list[object] = []
    event.listen(embedded._engine, "commit", commits.append)
    await asyncio.gather(*(embedded.run(write, f"k{number}") for number in range(50)))
    assert len(commits) >= 10


async def test_a_failed_commit_fails_every_verb_of_its_batch(embedded: Embedded) -> None:
    rang: list[str] = []
    embedded.listen("bell", lambda: rang.append("bell"))

    def rings(tx: Connection, key: str) -> None:
        write(tx, key)
        signal(tx, "bell")

    def spoils_the_commit(tx: Connection) -> None:
        # The deferred constraint is checked at commit, not before.
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        tx.exec_driver_sql(
            "INSERT INTO history (ticket, at, actor, action, data) VALUES (4711, 0, 'bot', 'open', '{}')"
        )

    ends = await asyncio.gather(
        embedded.run(rings, "a"),
        embedded.run(spoils_the_commit),
        embedded.run(rings, "b"),
        return_exceptions=True,
    )
    assert all(isinstance(end, DBAPIError) for end in ends)
    assert rang == []
    assert await embedded.read(keys) == set()
    assert await embedded.run(write, "later") == "later"


async def test_a_locked_file_fails_those_who_waited_and_nobody_after_them(
    embedded: Embedded, tmp_path: Path
) -> None:
    await embedded.run(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=0").close())
    stranger = sqlite3.connect(tmp_path / "firstline.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError, match="locked"):
        await embedded.run(write, "a")
    stranger.execute("ROLLBACK")
    stranger.close()
    assert await embedded.run(write, "later") == "later"
    assert await embedded.read(keys) == {"later"}


async def test_a_full_disk_fails_the_whole_batch_and_nothing_of_it_stays(embedded: Embedded) -> None:
    """SQLite may roll back the whole transaction itself; then the savepoints of the others are gone too."""

    def fills_the_disk(tx: Connection) -> None:
        tx.exec_driver_sql("ROLLBACK")  # what SQLite itself does on SQLITE_FULL and SQLITE_IOERR
        raise Clumsy

    ends = await asyncio.gather(
        embedded.run(write, "before"),
        embedded.run(fills_the_disk),
        embedded.run(write, "after"),
        return_exceptions=True,
    )
    kept = await embedded.read(keys)
    told = {end for end in ends if isinstance(end, str)}
    assert kept == told
    assert isinstance(ends[1], Exception)
    assert await embedded.run(write, "later") == "later"


async def test_a_database_that_is_closed_finishes_what_waits_and_takes_nothing_more(
    embedded: Embedded,
) -> None:
    waiting = [asyncio.ensure_future(embedded.run(write, f"k{number}")) for number in range(20)]
    await asyncio.sleep(0)
    await embedded.close()
    assert {await one for one in waiting} == {f"k{number}" for number in range(20)}
    with pytest.raises(DatabaseClosed):
        await embedded.run(write, "late")


async def test_a_report_that_takes_its_time_holds_up_no_other_reader(embedded: Embedded) -> None:
    go_on = threading.Event()

    def slow(tx: Connection) -> int:
        assert go_on.wait(10)
        return count(tx)

    report = asyncio.ensure_future(embedded.read(slow))
    await asyncio.sleep(0)
    assert [await embedded.read(count) for _ in range(5)] == [0] * 5
    assert not report.done()
    go_on.set()
    assert await report == 0


async def test_a_query_that_fails_is_the_problem_of_whoever_asked(embedded: Embedded) -> None:
    def stumble(_tx: Connection) -> None:
        raise Clumsy

    for _ in range(4):
        with pytest.raises(Clumsy):
            await embedded.read(stumble)
    await embedded.run(write, "a")
    assert await embedded.read(keys) == {"a"}


async def test_what_fails_inside_a_savepoint_is_undone_alone(db: Database) -> None:
    def verb(tx: Connection) -> None:
        write(tx, "before")
        with suppress(IntegrityError), savepoint(tx):
            write(tx, "inside")
            with savepoint(tx):
                write(tx, "before")
        write(tx, "after")

    await db.run(verb)
    assert await db.read(keys) == {"before", "after"}


async def test_a_verb_that_did_not_hear_that_its_transaction_is_gone_is_told(embedded: Embedded) -> None:
    """SQLite rolls everything back on a full disk; a verb that continues regardless must not count as written."""

    def goes_on(tx: Connection) -> None:
        with suppress(Clumsy):
            tx.exec_driver_sql("ROLLBACK")
            raise Clumsy
        write(tx, "a")

    with pytest.raises(SQLAlchemyError):
        await embedded.run(goes_on)


async def test_readers_cannot_write(embedded: Embedded) -> None:
    with pytest.raises(DBAPIError):
        await embedded.read(write, "a")


async def test_a_cancelled_waiter_harms_nobody_else_in_its_batch(db: Database) -> None:
    cancelled = asyncio.ensure_future(db.run(write, "cancelled"))
    other = asyncio.ensure_future(db.run(write, "other"))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert await other == "other"
    assert "other" in await db.read(keys)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_tries_a_deadlock_again(db: Database) -> None:
    await db.run(kv.claim, "a", "0")
    await db.run(kv.claim, "b", "0")
    turn = asyncio.Barrier(2)
    tries: list[str] = []

    def both(tx: Connection, first: str, second: str) -> None:
        tries.append(first)
        add_one(tx, first)
        if len(tries) <= 2:  # the first try of each: hold one row, then ask for the other's
            await_only(turn.wait())
        add_one(tx, second)

    await asyncio.gather(db.run(both, "a", "b"), db.run(both, "b", "a"))
    assert len(tries) == 3
    assert await db.run(kv.claim, "a", "") == "2"
    assert await db.run(kv.claim, "b", "") == "2"
