"""`firstline move`: all rows or a sentence, goes on after a kill, and no bot on half a database."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from benchmarks.year import fill
from bot.storage.db import open_database
from bot.storage.leader import ReplicaAtWork, roles
from bot.storage.migrate import MARK, DatabaseInUse, HalfMoved, lock_file, migrate
from bot.storage.moving.layout import ValuePlace, layouts
from bot.storage.moving.move import Moved, MoveStage, move
from bot.storage.moving.refused import MoveRefused
from bot.storage.readonly import NotReady
from bot.storage.schema import facts, people, tickets
from bot.texts.faults import sentence_of
from bot.tickets import store
from tests.databases import POSTGRES, copied_sqlite, drop_postgres, fresh_postgres, postgres_or_skip
from tests.storage.moving import connected, fill_every_table, kill_at, of_postgres, of_sqlite, url_of

pytestmark = pytest.mark.postgres


@pytest.fixture
async def target() -> AsyncIterator[str]:
    """An empty PostgreSQL database."""
    postgres_or_skip()
    name = f"firstline_move_{os.getpid()}"
    yield await fresh_postgres(name)
    await drop_postgres(name)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A SQLite database with rows in every table."""
    file = tmp_path / "firstline.db"
    copied_sqlite(file)
    fill_every_table(file)
    return file


def unseen(_stage: MoveStage, _percent: int) -> None: ...


async def moved(file: Path, target: str) -> Moved:
    return await move(url_of(file), target, store.keep_numbers, unseen)


async def refused(file: Path, target: str) -> MoveRefused:
    with pytest.raises(MoveRefused) as caught:
        await moved(file, target)
    assert sentence_of(caught.value)
    return caught.value


async def test_every_row_of_every_table_is_the_same_afterwards(origin: Path, target: str) -> None:
    shown: list[tuple[MoveStage, int]] = []
    before = of_sqlite(origin)
    done = await move(url_of(origin), target, store.keep_numbers, lambda *step: shown.append(step))
    assert await of_postgres(target) == before == of_sqlite(origin)
    assert all(count > 0 for count, _ in before.values())
    assert done.rows == sum(count for count, _ in before.values())
    assert shown[-1] == (MoveStage.COMPARING, 100)
    assert (MoveStage.COPYING, 100) in shown
    assert await migrate(target) == [], "a bot starts on it"
    assert (await refused(origin, target)).said_as == "move.not_empty", "it is not moved into again"


async def test_the_next_number_is_behind_the_highest_one_and_behind_those_that_were_skipped(
    tmp_path: Path, target: str
) -> None:
    file = tmp_path / "firstline.db"
    copied_sqlite(file)
    with closing(sqlite3.connect(file)) as opened, opened:
        fill(opened, 20)
    db = open_database(url_of(file))
    first = await db.run(store.skip_numbers)
    await db.close()
    await moved(file, target)

    def ticket(tx: Connection) -> tuple[int, int]:
        person = tx.execute(insert(people).values(staff_id="new", name="New", roles=[], profile={}))
        row = dict(tx.execute(select(tickets).where(tickets.c.id == 1)).mappings().one())
        made = tx.execute(
            insert(tickets).values({**row, "id": None, "run": None} | {}).values(id=text("DEFAULT"))
        )
        return person.inserted_primary_key[0], made.inserted_primary_key[0]

    db = open_database(target)
    highest = await db.read(lambda tx: max(tx.scalars(select(people.c.id))))
    assert await db.run(ticket) == (highest + 1, first)
    await db.close()


@pytest.mark.processes
async def test_a_move_that_was_killed_goes_on_where_it_was_and_keeps_bots_off_meanwhile(
    tmp_path: Path, target: str
) -> None:
    file = tmp_path / "firstline.db"
    copied_sqlite(file)
    with closing(sqlite3.connect(file)) as opened, opened:
        fill(opened, 1_500)
    await asyncio.to_thread(kill_at, r"Copying: [1-9]", file, target)
    with pytest.raises(HalfMoved):
        await migrate(target)
    there = await noted(target)
    assert there, "some rows were committed before the kill"
    shown: list[tuple[MoveStage, int]] = []
    await move(url_of(file), target, store.keep_numbers, lambda *step: shown.append(step))
    assert shown[0] >= (MoveStage.COPYING, 10), "what is there is not copied again"
    assert await of_postgres(target) == of_sqlite(file)


async def noted(target: str) -> dict[str, str]:
    opened = await connected(target)
    rows = await opened.fetch(f"SELECT name, value FROM {MARK} WHERE name <> ''")
    await opened.close()
    return dict(rows)


async def broken_off(file: Path, target: str) -> None:
    """A move that ends in the middle."""

    def stop(stage: MoveStage, percent: int) -> None:
        if stage is MoveStage.COPYING and percent >= 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await move(url_of(file), target, store.keep_numbers, stop)


async def test_a_source_that_went_on_after_a_broken_move_is_moved_from_its_beginning(
    origin: Path, target: str
) -> None:
    await broken_off(origin, target)
    with closing(sqlite3.connect(origin)) as opened, opened:
        opened.execute("UPDATE people SET name = 'Renamed'")
        opened.execute("DELETE FROM signals")
    await moved(origin, target)
    assert await of_postgres(target) == of_sqlite(origin)


async def test_a_row_that_was_changed_in_the_half_moved_database_is_found_and_named(
    origin: Path, target: str
) -> None:
    await broken_off(origin, target)
    opened = await connected(target)
    await opened.execute("UPDATE inbox SET payload = 'other' WHERE update_id = 3")
    await opened.close()
    found = await refused(origin, target)
    assert found.said_as == "move.differs"
    assert found.said_with == {"table": "inbox", "row": "update_id 3"}


async def test_a_row_too_many_in_the_half_moved_database_is_found(origin: Path, target: str) -> None:
    await broken_off(origin, target)
    opened = await connected(target)
    await opened.execute("INSERT INTO gaps (id, began_at, ended_at) VALUES (9, 1, 2)")
    await opened.close()
    found = await refused(origin, target)
    assert found.said_with == {"table": "gaps", "row": "id 9"}


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", ["CREATE TABLE theirs (id int)", "CREATE VIEW theirs AS SELECT 1"])
async def test_a_database_with_anything_in_it_is_refused_and_left_as_it_is(
    origin: Path, target: str, made: str
) -> None:
    opened = await connected(target)
    await opened.execute(made)
    found = await refused(origin, target)
    assert (found.said_as, found.said_with) == ("move.not_empty", {"what": "theirs"})
    assert [
        row[0] for row in await opened.fetch("SELECT relname FROM pg_class WHERE relnamespace = 2200")
    ] == ["theirs"]
    await opened.close()


async def test_a_bot_at_work_on_either_side_is_refused(origin: Path, target: str) -> None:
    with lock_file(origin), pytest.raises(DatabaseInUse):
        await moved(origin, target)
    async with roles(target, asyncio.Event()):
        with pytest.raises(ReplicaAtWork):
            await moved(origin, target)


async def test_nothing_is_written_to_the_source_while_rows_are_moved(origin: Path, target: str) -> None:
    tried: list[MoveStage] = []

    def write(stage: MoveStage, _percent: int) -> None:
        with pytest.raises(DatabaseInUse):
            lock_file(origin)
        beside = sqlite3.connect(origin, timeout=0)
        with closing(beside), pytest.raises(sqlite3.OperationalError, match="locked"):
            beside.execute("DELETE FROM signals")
        tried.append(stage)

    await move(url_of(origin), target, store.keep_numbers, write)
    assert tried


@pytest.mark.parametrize(
    ("source", "to", "key"),
    [
        ("postgresql+asyncpg://localhost/firstline", "", "move.not_sqlite"),
        ("sqlite+aiosqlite:////nowhere/firstline.db", "", "move.no_source"),
        ("", "sqlite+aiosqlite:///other.db", "move.not_postgres"),
        ("", "postgresql://localhost", "move.not_postgres"),
        ("", "firstline", "move.not_postgres"),
        ("", f"{POSTGRES}/firstline_that_is_not_there", "move.no_database"),
        ("", "postgresql://nobody:wrong@127.0.0.1:1/firstline", "move.broken_off"),
    ],
)
async def test_a_wrong_address_is_a_sentence(
    origin: Path, target: str, source: str, to: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MoveRefused) as caught:
        await move(source or url_of(origin), to or target, store.keep_numbers, unseen)
    assert caught.value.said_as == key
    said = {}
    for language in ("ru_RU.UTF-8", "en_US.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        said[language] = sentence_of(caught.value)
        assert "wrong" not in said[language], "the password"
    assert re.search("[а-я]", said["ru_RU.UTF-8"])
    assert not re.search("[а-я]", said["en_US.UTF-8"])


async def test_a_user_without_the_right_to_make_tables_is_a_sentence(origin: Path, target: str) -> None:
    opened = await connected(target)
    role = f"firstline_guest_{os.getpid()}"
    await opened.execute(f"CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM public")
    try:
        assert (await refused(origin, target.replace("//postgres", f"//{role}"))).said_as == "move.denied"
    finally:
        await opened.execute(f"DROP ROLE {role}")
        await opened.close()


async def test_a_value_that_postgresql_cannot_hold_is_named_by_its_row_and_column(
    origin: Path, target: str
) -> None:
    with closing(sqlite3.connect(origin)) as opened, opened:
        opened.execute("UPDATE people SET name = 'a' || char(0) || 'b' WHERE id = 2")
    found = await refused(origin, target)
    assert found.said_as == "move.cannot_hold"
    assert found.said_with == {"table": "people", "row": "id 2", "column": "name"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "a\0b"),
        ("left_at", "soon"),
        ("left_at", 2**63),
        ("active", 3_000_000_000),
        ("username", b"x"),
    ],
)
def test_a_value_of_the_wrong_kind_or_size_is_found(column: str, value: object) -> None:
    layout = next(layout for layout in layouts() if layout.name == "people")
    good = dict.fromkeys(layout.columns) | {"id": 7, "active": -(2**31), "left_at": 2**63 - 1}
    row = tuple((good | {column: value}).values())
    assert layout.place_of_fault([tuple(good.values()), row]) == ValuePlace(column, "id 7")  # type: ignore[list-item]
    assert layout.place_of_fault([tuple(good.values())]) is None


async def test_a_row_that_refers_to_a_missing_one_is_named_before_anything_is_copied(
    origin: Path, target: str
) -> None:
    with closing(sqlite3.connect(origin)) as opened, opened:
        opened.execute("DELETE FROM outages WHERE id = 2")
    found = await refused(origin, target)
    assert found.said_as == "move.orphan"
    assert found.said_with["other"] == "outages"


async def test_a_damaged_file_and_one_without_tables_are_sentences(tmp_path: Path, target: str) -> None:
    damaged, empty = tmp_path / "damaged.db", tmp_path / "empty.db"
    copied_sqlite(damaged)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises((MoveRefused, NotReady)):
        await moved(damaged, target)
    sqlite3.connect(empty).close()
    with pytest.raises(NotReady):
        await moved(empty, target)


async def test_what_a_bot_had_written_and_not_yet_folded_into_the_file_is_moved_too(
    origin: Path, target: str
) -> None:
    db = open_database(url_of(origin))
    await db.run(lambda tx: tx.execute(insert(facts).values(key="last words", value="1")) and None)
    reader = sqlite3.connect(origin)  # keeps the log from being folded and deleted
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM facts").fetchall()
    await db.close()
    await moved(origin, target)
    reader.close()
    opened = await connected(target)
    assert await opened.fetchval("SELECT value FROM facts WHERE key = 'last words'") == "1"
    await opened.close()
