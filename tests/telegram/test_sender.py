"""The sender with a Telegram that asks to wait, fails, refuses and loses answers: nothing lost, no chat delayed by
another."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.storage.db import Database
from bot.storage.schema import outbox as table
from bot.telegram import outbox
from tests.telegram.line import ADMINS, ANNA, BORIS, FORUM, GROUP, Line, open_line
from tests.units import as_unit

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
A, B = f"person:{ANNA}", f"person:{BORIS}"


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    async with open_line(db) as opened:
        yield opened


async def test_what_is_said_is_read_in_order(line: Line) -> None:
    await line.say(A, *(f"слово {n}" for n in range(5)))
    assert await line.reads(ANNA) == [f"слово {n}" for n in range(5)]
    assert {row.state for row in await line.rows()} == {"sent"}


async def test_telegram_asks_to_wait_and_is_obeyed_to_the_second(line: Line) -> None:
    await line.fault("retry_after", method="sendMessage", chat=ANNA, seconds=40)
    await line.say(A, "раз", "два")
    await line.say(B, "другому")
    assert await line.reads(ANNA) == []
    assert await line.reads(BORIS) == ["другому"]
    before = len(await line.calls("sendMessage"))
    await line.later(30)
    assert len(await line.calls("sendMessage")) == before
    await line.later(12)
    assert await line.reads(ANNA) == ["раз", "два"]


@pytest.mark.parametrize("kind", ["drop_before", "error"])
async def test_a_telegram_that_is_ill_is_asked_again_later_and_less_often(line: Line, kind: str) -> None:
    await line.fault(
        kind, method="sendMessage", chat=ANNA, count=4, error_code=502, description="Bad Gateway"
    )
    await line.say(A, "важно")
    await line.later(120)
    assert await line.reads(ANNA) == ["важно"]
    (row,) = await line.rows()
    assert (row.state, row.attempts) == ("sent", 5)


async def test_a_message_whose_answer_was_lost_is_said_again_and_never_lost(line: Line) -> None:
    await line.fault("drop_after", method="sendMessage", chat=ANNA)
    await line.say(A, "раз", "два")
    await line.later(10)
    assert await line.reads(ANNA) == ["раз", "раз", "два"]


async def test_a_deleted_topic_is_opened_anew_with_all_that_stood_in_it(line: Line) -> None:
    await line.show("team:a", "карточка", topic="ticket:1")
    first = (await line.messages(FORUM))[-1]["message_thread_id"]
    await line.sim("topic", chat=FORUM, delete=first)
    await line.say("team:a", "слово", topic="ticket:1")
    kept = [
        one for one in await line.messages(FORUM) if "text" in one and one.get("message_thread_id") != first
    ]
    assert [one["text"] for one in kept] == ["карточка", "слово"]
    assert len({one["message_thread_id"] for one in kept}) == 1


async def test_a_group_that_became_a_supergroup_gets_all_that_waited_for_it(line: Line) -> None:
    await line.show("chiefs", "карточка")
    moved = await line.sim("migrate", chat=GROUP)
    await line.say("chiefs", *(f"слово {n}" for n in range(3)))
    await line.show("chiefs", "карточка, новая")
    assert (await line.reads(moved["id"]))[-4:] == ["слово 0", "слово 1", "слово 2", "карточка, новая"]
    assert [text for text in await line.reads(ADMINS) if "chiefs" in text]


async def test_a_card_stands_in_one_place_and_shows_the_newest(line: Line) -> None:
    for n in range(4):
        await line.show("team:a", f"карточка {n}")
    assert await line.reads(FORUM) == ["карточка 3"]


async def test_an_alarm_overtakes_a_backlog_in_its_own_chat(line: Line) -> None:
    await line.say("chiefs", *(f"слово {n}" for n in range(30)))
    await line.say("chiefs", "ПОЖАР", priority=outbox.ALARM)
    assert await line.reads(GROUP) == [*(f"слово {n}" for n in range(14)), "ПОЖАР"], (
        "at once, in a place kept for it"
    )
    await line.later(200)
    words = await line.reads(GROUP)
    assert [word for word in words if word != "ПОЖАР"] == [f"слово {n}" for n in range(30)]


async def test_a_database_that_hiccups_when_a_message_was_said_does_not_have_it_said_twice(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 1
    real = outbox.settle

    def settle(unit, *args):  # type: ignore[no-untyped-def]
        nonlocal failures
        if failures:
            failures -= 1
            unit.tx.exec_driver_sql("SELECT 1 FROM a_table_that_is_not_there")
        return real(unit, *args)

    monkeypatch.setattr(outbox, "settle", settle)
    await line.say(A, "раз", "два")
    assert await line.reads(ANNA) == ["раз", "два"]
    assert failures == 0


async def test_an_outcome_that_cannot_be_stored_holds_up_no_other_chat(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures, real = 3, outbox.settle

    def settle(unit, row_id, outcome):  # type: ignore[no-untyped-def]
        nonlocal failures
        if row_id == 1 and failures:
            failures -= 1
            unit.tx.exec_driver_sql("SELECT 1 FROM a_table_that_is_not_there")
        return real(unit, row_id, outcome)

    monkeypatch.setattr(outbox, "settle", settle)
    await line.say(A, "раз")
    await line.say(B, "другому")
    assert (await line.reads(ANNA), await line.reads(BORIS)) == (["раз"], ["другому"])
    assert [row.state for row in await line.rows()] == ["sent", "sent"]
    assert failures == 0


async def test_a_stop_finishes_what_is_in_flight_and_leaves_the_rest(line: Line) -> None:
    await line.fault("delay", method="sendMessage", seconds=0.3)
    await line.db.run(as_unit(outbox.say, 0), A, "в пути")
    await line.db.run(as_unit(outbox.say, 0), A, "потом")
    while not await line.db.read(lambda tx: tx.scalar(select(table.c.id).where(table.c.state == "sending"))):
        pass
    await line.sender.stop()
    assert [row.state for row in await line.rows()] == ["sent", "pending"]
    assert await line.reads(ANNA) == ["в пути"]


@pytest.mark.parametrize("result", [None, {}, "x", {"message_id": "soon"}])
async def test_an_answer_that_is_no_answer_does_not_kill_the_message(line: Line, result: Any) -> None:
    await line.fault(
        "answer", method="sendMessage", chat=ANNA, count=2, text=json.dumps({"ok": True, "result": result})
    )
    await line.say(A, "важно")
    await line.later(120)
    assert await line.reads(ANNA) == ["важно"]
    (row,) = await line.rows()
    assert (row.state, row.attempts) == ("sent", 3)


async def test_a_message_without_any_answer_that_is_one_is_not_repeated_for_ever(line: Line) -> None:
    await line.fault("answer", method="sendMessage", chat=ANNA, count=99, text='{"ok": true, "result": {}}')
    await line.say(A, "важно", about="word:1")
    await line.later(600)
    ((about, outcome),) = line.heard
    assert (about, outcome.state) == ("word:1", "dead")
    assert len(await line.calls("sendMessage")) == 3


async def test_a_long_wait_is_told_to_those_who_read_other_chats(line: Line) -> None:
    await line.fault("retry_after", method="sendMessage", chat=ANNA, seconds=7200)
    await line.say(A, "важно")
    await line.later(5)
    assert [one for one in await line.reads(ADMINS) if "120" in one]
    await line.later(7210)
    assert await line.reads(ANNA) == ["важно"]
