"""The order in which chats are written to, kept in memory: true whatever is written meanwhile, and cheap whatever waits."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.storage.db import Database
from bot.storage.schema import outbox as table
from bot.telegram import outbox
from bot.telegram.backlog import COUNTED, Backlog, Closed
from bot.telegram.outbox import ALARM, NEWS, TALK, Outcome
from tests.units import as_unit, work

LOOK = 0.02  # seconds of processor time: a bound on growth, not on speed; reading 20,000 waiting rows takes twice that
SHAPES = {"one chat": 1, "a company": 2_000, "one row for each": 20_000}


def fill(tx: Connection, chats: int) -> None:
    rows = [
        {
            "chat": f"person:{number % chats}",
            "kind": "call",
            "method": "sendMessage",
            "params": {"text": "x"},
            "priority": TALK,
            "created_at": 0,
        }
        for number in range(20_000)
    ]
    tx.execute(insert(table), rows)


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_look_costs_what_may_be_sent_now_and_not_what_waits(db: Database, shape: str) -> None:
    """Each look takes a row and finds one new row; every chat but two has no limit left."""
    await db.run(fill, SHAPES[shape])
    if db.dialect == "postgresql":
        await db.run(lambda tx: tx.exec_driver_sql("ANALYZE outbox"))
    backlog = Backlog()
    await db.run(as_unit(backlog.lease, 0), {""}, Closed(), 0)
    backlog.committed()
    costs, said = [], Outcome("sent", 1)

    def look(tx: Connection, chat: str) -> Any:
        began = time.process_time()
        rows, _ = backlog.lease(work(tx, 0), {chat}, Closed(), 1)
        costs.append(time.process_time() - began)
        for row in rows:
            outbox.settle(work(tx, 0), row.id, said)
        return rows[0].chat

    chat = "person:0"
    for _ in range(60):
        await db.run(as_unit(outbox.say, 0), chat, "ещё")
        chat = await db.run(look, chat)
        backlog.committed()
    middle = sorted(costs)[len(costs) // 2]
    print(f"{db.dialect}, {shape}: {middle * 1000:.2f} ms a look")
    assert middle <= LOOK


async def test_a_backlog_that_was_kept_says_the_same_as_one_that_was_read(db: Database) -> None:
    """Random writing, taking, postponing and taking back, with and without a word about which chat has changed."""
    chance, backlog, chats = random.Random(11), Backlog(), [f"team:{name}" for name in "abcde"]
    taken: list[outbox.OutboxRow] = []
    for now in range(200):
        changed = {""} if now == 0 else set()
        for _ in range(chance.randrange(3)):
            chat = chance.choice(chats)
            changed.add(chat)
            how: dict[str, Any] = {"priority": chance.choice((ALARM, TALK, NEWS)), "about": f"w:{now % 7}"}
            match chance.randrange(4):
                case 0:
                    await db.run(as_unit(outbox.show, now), chat, "card", f"ticket:{now % 3}")
                case 1:
                    await db.run(as_unit(outbox.take_back, now), chat, f"w:{(now + 3) % 7}")
                case _:
                    await db.run(
                        as_unit(outbox.say, now), chat, "x", not_before=now + chance.randrange(6), **how
                    )
        while taken and chance.random() < 0.6:
            row = taken.pop(chance.randrange(len(taken)))
            changed.add(row.chat)
            if chance.random() < 0.3:
                await db.run(outbox.postpone, row, now + chance.randrange(9), "retry_after")
            else:
                await db.run(as_unit(outbox.settle, now), row.id, Outcome("sent", 1))
        closed = Closed(chance.sample(chats, chance.randrange(3)), chance.sample(chats, 1))
        expected, waits = await db.run(lambda tx, c=closed, n=now: _undone(tx, n, c))
        rows, waiting = await db.run(as_unit(backlog.lease, now), changed, closed, 2)
        backlog.committed()
        assert [row.id for row in rows] == expected
        assert bool(waiting) == waits
        taken += rows


def _undone(tx: Connection, now: int, closed: Closed) -> tuple[list[int], bool]:
    with tx.begin_nested() as trying:
        rows, waiting = Backlog().lease(work(tx, now), {""}, closed, 2)
        trying.rollback()
    return [row.id for row in rows], bool(waiting)


async def test_what_another_process_wrote_is_found_at_the_next_idle_look(db: Database) -> None:
    backlog = Backlog()
    await db.run(as_unit(backlog.lease, 0), {""}, Closed(), 9)
    backlog.committed()
    await db.run(as_unit(outbox.say, 0), "person:1", "извне")
    rows, _ = await db.run(as_unit(backlog.lease, 0), (), Closed(), 9)
    assert [row.chat for row in rows] == ["person:1"]


async def test_a_look_that_was_undone_is_not_remembered(db: Database) -> None:
    await db.run(as_unit(outbox.say, 0), "person:1", "слово")
    backlog = Backlog()

    def fails(tx: Connection) -> None:
        backlog.lease(work(tx, 0), {""}, Closed(), 9)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await db.run(fails)
    rows, _ = await db.run(as_unit(backlog.lease, 0), (), Closed(), 9)
    assert [row.chat for row in rows] == ["person:1"]


async def test_a_row_that_is_gone_when_it_is_taken_holds_nobody_up(db: Database) -> None:
    await db.run(as_unit(outbox.say, 0), "person:1", "слово")
    await db.run(as_unit(outbox.say, 0), "person:1", "другое")
    backlog = Backlog()
    await db.run(as_unit(backlog.lease, 0), {""}, Closed(), 0)
    backlog.committed()
    first = select(table.c.id).order_by(table.c.id).limit(1).scalar_subquery()
    await db.run(lambda tx: tx.execute(update(table).where(table.c.id == first).values(state="dropped")))
    rows, waiting = await db.run(as_unit(backlog.lease, 0), (), Closed(), 9)
    backlog.committed()
    assert (rows, [one.chat for one in waiting]) == ([], ["person:1"])
    rows, _ = await db.run(as_unit(backlog.lease, 0), (), Closed(), 9)
    assert [row.params["text"] for row in rows] == ["другое"]
    assert COUNTED > 1
