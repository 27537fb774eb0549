"""Messages: once, in order, with their outcome; the same on both databases."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, event, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.db import Database, Embedded, open_database
from bot.storage.schema import outbox as table
from bot.storage.schema import tickets
from bot.telegram import outbox, posts
from bot.telegram.backlog import Backlog, Closed
from bot.telegram.outbox import ALARM, NEWS, TALK, Outcome
from tests.databases import copied_sqlite
from tests.units import as_unit, work

SENT = Outcome("sent", 1)


def rows(tx: Connection) -> list[Row[Any]]:
    return list(tx.execute(select(table).order_by(table.c.id)))


def say(tx: Connection, chat: str, *words: str, **how: Any) -> None:
    for word in words:
        outbox.say(work(tx, 0), chat, word, **how)


def lease(tx: Connection, now: int = 0, busy: tuple[str, ...] = (), most: int = 10) -> list[str]:
    """The next rows, each as "chat words"."""
    leased, _ = Backlog().lease(work(tx, now), (), Closed(busy), most)
    return [f"{row.chat} {row.params.get('text', row.card)}" for row in leased]


def waiting(tx: Connection) -> list[tuple[str, int]]:
    """Chats with waiting rows, and from when."""
    return Backlog().lease(work(tx, 0), (), Closed(), 0)[1]


def settle_all(tx: Connection) -> None:
    for row in rows(tx):
        outbox.settle(work(tx, 5), row.id, SENT)


async def test_saying_the_same_thing_twice_is_saying_it_once(db: Database) -> None:
    await db.run(say, "person:1", "раз", "два", dedupe="x")
    await db.run(say, "person:1", "три", dedupe="x")
    assert [row.params["text"] for row in await db.read(rows)] == ["раз"]


async def test_a_chat_reads_everything_in_order_and_one_at_a_time(db: Database) -> None:
    await db.run(say, "person:1", "раз", "два")
    await db.run(say, "person:2", "другому")
    assert await db.run(lease) == ["person:1 раз", "person:2 другому"]
    assert await db.run(lease) == []
    await db.run(settle_all)
    assert await db.run(lease) == ["person:1 два"]


async def test_an_alarm_overtakes_talk_and_a_digest_lets_everybody_pass(db: Database) -> None:
    await db.run(say, "team:a", "дайджест", priority=NEWS)
    await db.run(say, "team:b", "разговор", priority=TALK)
    await db.run(say, "team:b", "тревога", priority=ALARM)
    assert await db.run(lease) == ["team:b тревога", "team:a дайджест"]


async def test_a_chat_with_more_to_say_goes_first_among_equals(db: Database) -> None:
    await db.run(say, "person:1", "одно")
    await db.run(say, "person:2", "раз", "два", "три")
    assert await db.run(lease, most=1) == ["person:2 раз"]


async def test_a_row_that_must_wait_is_not_overtaken_in_its_own_chat(db: Database) -> None:
    await db.run(say, "person:1", "потом", not_before=100)
    await db.run(say, "person:1", "после того")
    await db.run(say, "person:2", "сейчас")
    assert await db.run(lease, now=99) == ["person:2 сейчас"]
    assert await db.run(lease, now=100) == ["person:1 потом"]


async def test_chats_that_are_busy_are_left_alone(db: Database) -> None:
    await db.run(say, "person:1", "раз")
    await db.run(say, "person:2", "два")
    assert await db.run(lease, busy=("person:1",)) == ["person:2 два"]


async def test_ten_changes_of_a_card_are_one_drawing(db: Database) -> None:
    for _ in range(10):
        await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:2")
    assert len(await db.read(rows)) == 2


async def test_a_card_that_is_being_sent_is_drawn_once_more_when_it_changes_meanwhile(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    await db.run(lease)
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    assert [row.state for row in await db.read(rows)] == ["sending", "pending"]


async def test_a_card_that_must_move_down_does_so_though_a_quiet_change_waited_already(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "person:1", "run", "run:1")
    await db.run(as_unit(outbox.show, 0), "person:1", "run", "run:1", anew="the person wrote below it")
    await db.run(as_unit(outbox.show, 0), "person:1", "run", "run:1")
    (row,) = await db.read(rows)
    assert row.params == {"anew": "the person wrote below it"}


async def test_a_card_that_is_asked_for_does_not_wait_for_the_moment_of_a_quiet_change(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "supervisors", "board", "board:all", not_before=20)
    await db.run(as_unit(outbox.show, 0), "supervisors", "board", "board:all", not_before=40)
    assert [row.not_before for row in await db.read(rows)] == [20]
    await db.run(as_unit(outbox.show, 0), "supervisors", "board", "board:all", anew="asked")
    assert [row.not_before for row in await db.read(rows)] == [0]


async def test_an_alarm_about_a_card_that_waits_already_is_as_urgent_as_any(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "team:a", "queue", "queue:a", priority=NEWS)
    await db.run(as_unit(outbox.show, 0), "team:a", "queue", "queue:a", priority=ALARM)
    await db.run(as_unit(outbox.show, 0), "team:a", "queue", "queue:a", priority=NEWS)
    assert [row.priority for row in await db.read(rows)] == [ALARM]


async def test_what_was_half_sent_when_the_sender_died_is_sent_again(db: Database) -> None:
    await db.run(say, "person:1", "раз")
    await db.run(lease)
    assert await db.run(outbox.reclaim) == 1
    assert await db.run(lease) == ["person:1 раз"]


async def test_a_half_sent_card_gives_way_to_its_newer_row(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    await db.run(lease)
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    await db.run(outbox.reclaim)
    assert [row.state for row in await db.read(rows)] == ["dropped", "pending"]


async def test_a_postponed_row_remembers_until_when_and_why(db: Database) -> None:
    await db.run(say, "person:1", "раз")
    (row,), _ = await db.run(as_unit(Backlog().lease, 0), (), Closed(), 10)
    await db.run(outbox.postpone, row, 60, "unreachable")
    assert await db.run(lease, now=59) == []
    assert await db.run(waiting) == [("person:1", 60, False)]
    await db.run(outbox.hurry, "unreachable")
    assert await db.run(lease, now=1) == ["person:1 раз"]


async def test_a_row_ends_once(db: Database) -> None:
    await db.run(say, "person:1", "раз")
    (row,), _ = await db.run(as_unit(Backlog().lease, 0), (), Closed(), 10)
    assert await db.run(as_unit(outbox.settle, 5), row.id, Outcome("sent", 77)) is True
    assert await db.run(as_unit(outbox.settle, 6), row.id, Outcome("dead", reason="late")) is False
    (row,) = await db.read(rows)
    assert (row.state, row.message_id, row.done_at) == ("sent", 77, 5)


async def test_a_hidden_card_that_was_not_shown_yet_never_is(db: Database) -> None:
    await db.run(as_unit(outbox.show, 0), "person:1", "menu", "person:1")
    await db.run(as_unit(outbox.hide, 0), "person:1", "menu", "person:1")
    assert [(row.kind, row.state) for row in await db.read(rows)] == [
        ("card", "dropped"),
        ("hide", "pending"),
    ]


async def test_what_stood_in_a_lost_topic_is_shown_again_before_anything_else(db: Database) -> None:
    await db.run(as_unit(posts.keep, 0), "team:a", posts.TOPIC, "ticket:1", 10)
    await db.run(as_unit(posts.keep, 0), "team:a", "team_card", "ticket:1", 11)
    await db.run(say, "team:a", "разговор", topic="ticket:1")
    await db.run(as_unit(outbox.show_again, 0), "team:a", "ticket:1")
    assert await db.run(lease) == ["team:a team_card"]
    assert await db.read(posts.find, "team:a", posts.TOPIC, "ticket:1") is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_card_is_never_drawn_from_a_state_that_is_just_being_changed(
    db: Database, database_url: str
) -> None:
    """Its row waits already; a second change is in progress in another transaction when the sender leases rows."""
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    engine = create_async_engine(database_url)
    async with engine.connect() as changing:
        await changing.execute(update(tickets).where(tickets.c.id == 1).values(state="claimed"))
        await changing.run_sync(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
        sender = asyncio.ensure_future(db.run(lease))
        done, _ = await asyncio.wait([sender], timeout=0.3)
        assert not done  # it waits for the row's lock until the change is committed
        await changing.commit()
    assert await sender == ["team:a team_card"]
    await engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postponed_card_gives_way_to_one_that_is_just_being_shown(
    db: Database, database_url: str
) -> None:
    """The newer row is not committed yet when the sender looks for one."""
    await db.run(as_unit(outbox.show, 0), "team:a", "team_card", "ticket:1")
    (row,), _ = await db.run(as_unit(Backlog().lease, 0), (), Closed(), 10)
    engine = create_async_engine(database_url)
    async with engine.connect() as changing:
        await changing.run_sync(as_unit(outbox.show, 1), "team:a", "team_card", "ticket:1")
        sender = asyncio.ensure_future(db.run(outbox.postpone, row, 60, "retry_after"))
        done, _ = await asyncio.wait([sender], timeout=0.3)
        assert not done
        await changing.commit()
    await sender
    assert [(row.state, row.not_before) for row in await db.read(rows)] == [("dropped", 60), ("pending", 0)]
    await engine.dispose()


async def test_what_was_said_long_ago_is_not_walked_through_for_what_is_to_be_said(tmp_path: Path) -> None:
    """However much history there is, leasing costs only what waits."""
    db = open_database(copied_sqlite(tmp_path / "firstline.db"))
    assert isinstance(db, Embedded)
    asked: list[tuple[str, Any]] = []

    def note(_tx: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        asked.append((statement, values))

    event.listen(db._engine, "before_cursor_execute", note)
    await db.run(
        as_unit(outbox.gather, 0), "team:a", "album:1", {"from_chat_id": 1, "message_id": 2}, not_before=2
    )
    await db.run(
        as_unit(outbox.gather, 0), "team:a", "album:1", {"from_chat_id": 1, "message_id": 3}, not_before=2
    )
    await db.run(as_unit(outbox.show, 0), "person:1", "run", "run:1")
    await db.run(as_unit(Backlog().lease, 0), (), Closed(), 9)
    await db.run(outbox.reclaim)
    (row,), _ = await db.run(as_unit(Backlog().lease, 0), (), Closed(), 9)
    await db.run(outbox.postpone, row, 60, "unreachable")
    await db.run(outbox.hurry, "unreachable")
    await db.run(as_unit(outbox.take_back, 0), "team:a", "album:1")
    await db.run(as_unit(outbox.hide, 0), "person:1", "run", "run:1")
    await db.close()
    with closing(sqlite3.connect(tmp_path / "firstline.db")) as plain:
        for statement, values in asked:
            if re.match("SELECT|UPDATE", statement):
                plan = [step[3] for step in plain.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                assert not [step for step in plan if step.startswith("SCAN outbox") and "INDEX" not in step]
