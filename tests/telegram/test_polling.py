"""The intake survives: with any answer of Telegram, and any absence of the database, nothing is lost or confirmed early."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from bot.clock import FollowedClock
from bot.storage.db import Database
from bot.storage.schema import inbox as table
from bot.telegram import inbox
from bot.telegram.api import Api
from bot.telegram.inbox import StoredUpdate
from bot.telegram.polling import Polling
from tests.units import units


class AtNoTime(FollowedClock):
    """A clock whose every wait has passed already."""

    def __init__(self) -> None:
        super().__init__()
        self._late = 0.0

    def steady(self) -> float:
        self._late += 60.0
        return super().steady() + self._late


class Told(Api):
    """Answers getUpdates with what it was given, one after the other, and then with nothing more."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.offsets = list(answers), list[int]()
        self.spent = asyncio.Event()

    async def call(self, method: str, params: Any = None, **_: Any) -> Any:
        self.offsets.append(params["offset"])
        if not self.answers:
            self.spent.set()
            await asyncio.sleep(3600)
        return self.answers.pop(0)


class Away:
    """A database that fails the next `times` units with `error`."""

    def __init__(self, db: Database, times: int, error: Exception) -> None:
        self._db, self.times, self._error = db, times, error
        self.dialect = db.dialect

    async def run(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        if self.times:
            self.times -= 1
            raise self._error
        return await self._db.run(verb, *args, **kwargs)


def message(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": 7}, "text": f"слово {number}"}}


async def taken(db: Any, api: Told) -> list[int]:
    """What was handed to the worker by the time that Telegram had nothing more to say."""
    offered: list[int] = []

    def offer(updates: Sequence[StoredUpdate]) -> None:
        offered.extend(stored.update_id for stored in updates)

    async def confirmed() -> None:
        pass

    clock = AtNoTime()
    task = asyncio.create_task(Polling(units(db, clock.now), api, clock, offer, confirmed).run())
    spent = asyncio.create_task(api.spent.wait())
    await asyncio.wait({task, spent}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    ended = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not ended, "the intake ended"
    return offered


ODD = (
    "x",
    None,
    {},
    7,
    [None],
    ["x"],
    [[]],
    [{}],
    [{"update_id": "seven"}],
    [{"update_id": 2**70}],
    [{"update_id": True}],
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_an_odd_answer_is_no_end_of_the_intake(db: Database, odd: Any) -> None:
    api = Told([message(1)], odd, odd, [message(2)])
    assert await taken(db, api) == [1, 2]
    assert api.offsets == [0, 2, 2, 2, 3]


async def test_what_is_no_update_holds_up_nothing_behind_it(db: Database) -> None:
    api = Told([None, message(1), {"update_id": "x"}, message(2), {}])
    assert await taken(db, api) == [1, 2]
    assert api.offsets == [0, 3]


async def test_while_the_database_is_away_nothing_is_confirmed_and_nothing_more_asked_for(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    away = Away(db, 4, OperationalError("x", None, Exception("database or disk is full")))
    api = Told([message(1)], [message(2)])
    assert await taken(away, api) == [1, 2]
    assert api.offsets == [0, 2, 3]
    said = [record.getMessage() for record in caplog.records]
    assert sum("inbox.failed" in one for one in said) == 1, "once, however often it was tried"
    assert sum("inbox.works_again" in one for one in said) == 1


async def test_an_update_that_cannot_be_kept_is_put_aside_and_the_others_go_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = inbox.store

    def store(unit: Any, updates: Any) -> Any:
        if any(raw["update_id"] == 2 for raw in updates):
            raise OverflowError("no such number")
        return whole(unit, updates)

    monkeypatch.setattr(inbox, "store", store)
    api = Told([message(1), message(2), message(3)], [message(4)])
    assert await taken(db, api) == [1, 3, 4]
    assert api.offsets == [0, 4, 5]


async def test_what_was_kept_before_an_answer_was_lost_is_kept_once(db: Database) -> None:
    await db.run(
        lambda tx: tx.execute(insert(table).values(update_id=1, lane=7, received_at=0, payload="{}"))
    )
    assert await taken(db, Told([message(1), message(2)])) == [2]
    assert await db.read(lambda tx: len(tx.execute(select(table.c.update_id)).all())) == 2
