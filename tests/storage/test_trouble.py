"""A database that is away is distinguished from a wrong statement, and used again when it is back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from bot.storage.db import open_database
from bot.storage.leader import roles
from bot.storage.schema import facts
from bot.storage.trouble import Trouble, is_away
from tests.cable import Cable
from tests.databases import copied_sqlite


def fill(tx: Connection, size: int) -> None:
    tx.execute(insert(facts).values(key=f"k{size}", value="x" * size))


def allow(tx: Connection, pages: int) -> None:
    tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")


async def test_a_full_disk_is_waited_for_and_leaves_the_writer_alive(tmp_path: Path) -> None:
    db = open_database(copied_sqlite(tmp_path / "firstline.db"))
    await db.run(allow, 1)  # SQLite takes the size that it has
    together = [db.run(fill, 2_000_000 + number) for number in range(3)]
    for error in await asyncio.gather(*together, return_exceptions=True):
        assert isinstance(error, SQLAlchemyError)
        assert is_away(error), error
    await db.run(allow, 1_000_000)
    await db.run(fill, 10)
    await db.close()


async def test_a_database_that_another_one_has_locked_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "firstline.db"
    db = open_database(copied_sqlite(file))
    await db.run(lambda tx: tx.connection.dbapi_connection.execute("PRAGMA busy_timeout=1"))  # type: ignore[union-attr]
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError) as locked:
        await db.run(fill, 1)
    assert is_away(locked.value)
    other.close()
    await db.run(fill, 1)
    await db.close()


async def test_a_statement_that_is_wrong_is_not_waited_for(database_url: str) -> None:
    db = open_database(database_url)
    await db.run(fill, 1)
    with pytest.raises(IntegrityError) as twice:
        await db.run(fill, 1)
    assert not is_away(twice.value)
    with pytest.raises(SQLAlchemyError) as nonsense:
        await db.run(lambda tx: tx.execute(text("SELECT nothing FROM nowhere")))
    assert not is_away(nonsense.value)
    await db.close()


def test_pauses_grow_and_end_somewhere_and_begin_again_after_a_success() -> None:
    trouble = Trouble("x", longest=10.0)
    pauses = [trouble.met(OSError("gone")) for _ in range(8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0]
    trouble.over()
    assert trouble.met(OSError("gone")) == 0.5


def test_trouble_is_logged_when_it_begins_changes_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble("x")
    for error in (OSError("gone"), OSError("gone"), OSError("full"), OSError("full")):
        trouble.met(error)
    trouble.over()
    trouble.over()
    assert len(caplog.records) == 3


@pytest.fixture
async def cable(database_url: str) -> AsyncIterator[Cable]:
    """The way to PostgreSQL, which can be cut."""
    parsed = make_url(database_url)
    async with Cable.laid(parsed.host or "127.0.0.1", parsed.port or 5432) as laid:
        yield laid


only_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def through(cable: Cable, url: str) -> str:
    return make_url(url).set(host="127.0.0.1", port=cable.port).render_as_string(hide_password=False)


@only_server
async def test_postgresql_that_is_gone_is_waited_for_and_found_again(database_url: str, cable: Cable) -> None:
    db = open_database(through(cable, database_url))
    await db.run(fill, 1)
    await cable.cut()
    for _ in range(3):
        with pytest.raises(SQLAlchemyError) as gone:
            await db.run(fill, 2)
        assert is_away(gone.value), repr(gone.value)
        with pytest.raises(SQLAlchemyError) as unread:
            await db.read(lambda tx: tx.execute(text("SELECT 1")))
        assert is_away(unread.value), repr(unread.value)
    await cable.mend()
    await db.run(fill, 2)
    await db.close()


@only_server
async def test_connections_that_the_server_has_closed_are_opened_again_unnoticed(database_url: str) -> None:
    db, other = open_database(database_url), open_database(database_url)
    await db.run(fill, 1)
    await other.run(_end_the_others)
    await db.run(fill, 2)
    await other.run(_end_the_others)
    assert await db.read(lambda tx: tx.scalar(text("SELECT count(*) FROM facts WHERE key LIKE 'k%'"))) == 2
    await db.close()
    await other.close()


def _end_the_others(tx: Connection) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    tx.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}"))


@only_server
async def test_a_replica_that_stands_by_outlives_the_database(
    database_url: str, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.leader.BEAT", 0.05)
    stop, ours = asyncio.Event(), asyncio.Event()

    async def second() -> None:
        async with roles(through(cable, database_url), stop):
            ours.set()
            await stop.wait()

    async with roles(database_url, stop):
        waits = asyncio.create_task(second())
        await asyncio.sleep(0)
        await cable.cut()
        await asyncio.sleep(0.1)
        await cable.mend()
        assert not waits.done()
        assert not ours.is_set()
    async with asyncio.timeout(20):
        await ours.wait()
    stop.set()
    await waits


@only_server
async def test_the_role_is_taken_again_after_the_database_was_gone_unless_another_one_has_it(
    database_url: str, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.leader.BEAT", 0.05)
    stop = asyncio.Event()
    async with roles(through(cable, database_url), stop) as role:
        lost = asyncio.create_task(role.lost())
        await cable.cut()
        await asyncio.sleep(0.2)
        await cable.mend()
        await asyncio.sleep(0.2)
        assert not lost.done(), "nobody else wanted it"
        await cable.cut()
        async with roles(database_url, stop):
            await cable.mend()
            async with asyncio.timeout(20):
                await lost


@only_server
async def test_a_replica_that_is_cut_off_without_knowing_loses_its_role_and_learns_of_it(
    database_url: str, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection is whole, as far as TCP knows; the same happens to a process that is stopped."""
    monkeypatch.setattr("bot.storage.leader.BEAT", 0.05)
    monkeypatch.setattr("bot.storage.leader.SILENCE", 0.3)
    stop, ours = asyncio.Event(), asyncio.Event()

    async def second() -> None:
        async with roles(database_url, stop):
            ours.set()
            await stop.wait()

    async with roles(through(cable, database_url), stop) as role:
        waits = asyncio.create_task(second())
        await asyncio.sleep(0.6)  # longer than SILENCE: a replica that beats keeps its role
        assert not ours.is_set()
        cable.freeze()
        async with asyncio.timeout(20):
            await ours.wait()
            cable.thaw()
            await role.lost()
    stop.set()
    await waits


async def test_a_replica_ends_also_when_it_is_told_to_just_as_the_database_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Connection:
        asked = 0

        def get_server_version(self) -> SimpleNamespace:
            return SimpleNamespace(major=13)

        async def fetchval(self, _query: str, *_args: object) -> bool:
            self.asked += 1
            if self.asked > 1:
                asyncio.get_running_loop().call_soon(lost.cancel)
            return True

        async def close(self, timeout: float) -> None: ...  # noqa: ASYNC109

    async def connect(*_: object, **__: object) -> Connection:
        return connection

    connection = Connection()
    monkeypatch.setattr("bot.storage.leader.BEAT", 0.01)
    monkeypatch.setattr("asyncpg.connect", connect)
    async with roles("postgresql+asyncpg://anywhere/firstline", asyncio.Event()) as role:
        lost = asyncio.create_task(role.lost())
        await asyncio.wait({lost}, timeout=5)
        assert lost.cancelled()


async def test_a_connection_that_the_server_ended_while_it_was_idle_is_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Ended:
        asked = 0

        async def fetchval(self, _query: str, *_args: object) -> bool:
            Ended.asked += 1
            if Ended.asked == 2:
                raise asyncpg.InternalClientError(
                    "cannot switch to state 12; another operation (2) is in progress"
                )
            return True

        def get_server_version(self) -> SimpleNamespace:
            return SimpleNamespace(major=13)

        async def close(self, timeout: float) -> None: ...  # noqa: ASYNC109

    opened: list[Ended] = []

    async def connect(*_: object, **__: object) -> Ended:
        opened.append(Ended())
        return opened[-1]

    monkeypatch.setattr("bot.storage.leader.BEAT", 0.01)
    monkeypatch.setattr("asyncpg.connect", connect)
    async with roles("postgresql+asyncpg://anywhere/firstline", asyncio.Event()) as role:
        lost = asyncio.create_task(role.lost())
        await asyncio.wait({lost}, timeout=0.5)
        assert not lost.done()
        assert len(opened) == 2
        lost.cancel()
