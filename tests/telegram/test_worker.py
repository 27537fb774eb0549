"""The worker: every chat in order, many in parallel; a failing update is tried three times, stored as a dead letter,
and reported."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.clock import MachineClock
from bot.storage.db import Database
from bot.storage.schema import inbox as table
from bot.storage.unit import Unit
from bot.telegram import inbox, outbox
from bot.telegram import worker as module
from bot.telegram.backlog import Backlog, Closed
from bot.telegram.inbox import StoredUpdate
from bot.telegram.worker import Worker
from tests.units import as_unit, units


def message(number: int, chat: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": f"слово {number}"}}


def tell(unit: Unit[Any], stored: StoredUpdate, error: str) -> None:
    outbox.say(unit, f"id:{stored.lane}", error, dedupe=f"failed:{stored.update_id}")


def states(tx: Connection) -> dict[int, str]:
    return {row.update_id: row.state for row in tx.execute(select(table))}


async def worked(db: Database, updates: list[dict[str, Any]], bad: set[int]) -> tuple[list[int], list[int]]:
    """What was tried, and what was finished, in order."""
    tried: list[int] = []
    done: list[int] = []

    async def handle(stored: StoredUpdate) -> None:
        tried.append(stored.update_id)
        if stored.update_id in bad:
            raise ValueError("poison")
        await db.run(inbox.finish, stored.update_id)
        done.append(stored.update_id)

    await db.run(as_unit(inbox.store, 0), updates)
    worker = Worker(units(db, MachineClock().now), handle, tell, lambda: None)
    await worker.start()
    await asyncio.gather(*worker._tasks)
    assert not worker.busy
    return tried, done


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)


async def test_one_poison_update_is_put_aside_and_the_rest_is_answered(db: Database) -> None:
    tried, done = await worked(db, [message(1, 7), message(2, 7), message(3, 7), message(4, 8)], {2})
    assert tried.count(2) == inbox.ATTEMPTS
    assert sorted(done) == [1, 3, 4]
    assert done.index(1) < done.index(3)
    assert await db.read(states) == {1: "done", 2: "dead", 3: "done", 4: "done"}


async def test_a_dead_letter_is_told_about_in_the_transaction_that_made_it_one(db: Database) -> None:
    await worked(db, [message(1, 7)], {1})
    assert await db.run(as_unit(Backlog().lease, 0), (), Closed(), 0) == ([], [("id:7", 0, False)])


async def test_the_updates_of_one_chat_are_worked_on_in_their_order(db: Database) -> None:
    _, done = await worked(db, [message(number, number % 3) for number in range(1, 31)], set())
    for chat in range(3):
        mine = [number for number in done if number % 3 == chat]
        assert mine == sorted(mine)
