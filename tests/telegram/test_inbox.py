"""The durable inbox: every update once, in the order of its chat, and nothing that can stop the intake."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.storage.db import Database
from bot.storage.schema import inbox as table
from bot.telegram import inbox
from bot.telegram.inbox import AlreadyDone
from tests.units import as_unit


def message(number: int, chat: int = 7, text: str = "помогите") -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "from": {"id": 1}, "text": text}}


def states(tx: Connection) -> dict[int, str]:
    return {row.update_id: row.state for row in tx.execute(select(table.c.update_id, table.c.state))}


async def test_an_update_that_telegram_repeats_is_kept_once(db: Database) -> None:
    first = await db.run(as_unit(inbox.store, 100), [message(1), message(2)])
    again = await db.run(as_unit(inbox.store, 200), [message(2), message(3)])
    assert [row.update_id for row in first] == [1, 2]
    assert [row.update_id for row in again] == [3]
    assert [row.update_id for row in await db.read(inbox.pending)] == [1, 2, 3]
    assert await db.read(inbox.waiting) == (3, 100)


async def test_one_batch_may_hold_the_same_update_twice(db: Database) -> None:
    assert len(await db.run(as_unit(inbox.store, 0), [message(1), message(1)])) == 1


async def test_what_was_written_comes_out_as_it_went_in(db: Database) -> None:
    strange = "нуль \x00, половина пары \ud83d, 🖨 и \u202e"
    await db.run(as_unit(inbox.store, 0), [message(1, text=strange)])
    (stored,) = await db.read(inbox.pending)
    assert stored.raw == message(1, text=strange)


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (message(1, chat=-100), -100),
        ({"update_id": 1, "callback_query": {"from": {"id": 5}, "message": {"chat": {"id": -7}}}}, -7),
        ({"update_id": 1, "callback_query": {"from": {"id": 5}, "inline_message_id": "x"}}, 5),
        ({"update_id": 1, "message_reaction": {"chat": {"id": 9}, "user": {"id": 5}}}, 9),
        ({"update_id": 1, "poll": {"id": "x"}}, 0),
        ({"update_id": 1}, 0),
        (message(1, chat=10**30), 0),
        ({"update_id": 1, "message": "not even an object"}, 0),
    ],
)
async def test_updates_of_one_chat_share_a_lane(update: dict[str, Any], lane: int) -> None:
    assert inbox.lane(update) == lane


async def test_a_chat_number_no_database_can_hold_does_not_stop_the_intake(db: Database) -> None:
    assert len(await db.run(as_unit(inbox.store, 0), [message(1, chat=10**30), message(2)])) == 2


async def test_an_update_is_finished_once_and_its_words_are_let_go(db: Database) -> None:
    await db.run(as_unit(inbox.store, 0), [message(1)])
    await db.run(inbox.finish, 1)
    with pytest.raises(AlreadyDone):
        await db.run(inbox.finish, 1)
    assert await db.read(lambda tx: tx.scalar(select(table.c.payload))) == ""
    assert await db.read(inbox.waiting) == (0, None)


async def test_the_third_failure_makes_a_dead_letter_which_is_kept_whole(db: Database) -> None:
    await db.run(as_unit(inbox.store, 0), [message(1), message(2)])
    assert [await db.run(inbox.fail, 1, "boom") for _ in range(3)] == [False, False, True]
    assert await db.read(states) == {1: "dead", 2: "pending"}
    assert "помогите" in (await db.read(lambda tx: tx.scalar(select(table.c.payload)))).encode().decode(
        "unicode-escape"
    )
    assert await db.run(inbox.fail, 1, "boom") is False


async def test_a_finished_update_cannot_fail_any_more(db: Database) -> None:
    await db.run(as_unit(inbox.store, 0), [message(1)])
    await db.run(inbox.finish, 1)
    assert [await db.run(inbox.fail, 1, "late") for _ in range(4)] == [False] * 4
