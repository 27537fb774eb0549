"""The database is away, or Telegram answers nonsense: the bot waits and continues, and no message is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.app import main
from bot.storage import leader
from bot.storage.db import Database, open_database
from tests.desk import ANNA, HELPDESK, OLEG, Desk, SandboxProcess, hurry, open_desk, said

NONSENSE = {
    "no list": '{"ok":true,"result":"x"}',
    "null in it": '{"ok":true,"result":[null]}',
    "without a number": '{"ok":true,"result":[{}]}',
    "number in words": '{"ok":true,"result":[{"update_id":"seven","message":{}}]}',
    "huge number": json.dumps({"ok": True, "result": [{"update_id": 2**70}]}),
    "odd code": '{"ok":false,"error_code":"x"}',
    "odd wait": '{"ok":false,"error_code":429,"parameters":{"retry_after":"soon"}}',
    "odd parameters": '{"ok":false,"error_code":429,"parameters":"x"}',
    "brackets": "[" * 100_000,
    "page": "<html>",
}


async def grown(look: Callable[[], Awaitable[Sequence[Any]]], size: int) -> None:
    """Until there are more than `size`."""
    async with asyncio.timeout(30):
        while True:
            if len(await look()) > size:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the intake's own tests try both
async def test_an_answer_that_is_nonsense_is_no_end_of_the_bot(desk: Desk, text: str) -> None:
    desk.is_newer = True
    await desk.sim("faults", {"kind": "answer", "method": "getUpdates", "text": text, "count": 4})
    await desk.sim("send", {"from": ANNA, "text": "/start"})
    await desk.sim("send", {"from": ANNA, "text": "/my"})
    await hurry(desk, 3)
    await desk.settle()
    assert await desk.find(ANNA, "Открытых заявок нет")
    assert await desk.look("faults") == []


class Moody:
    """A database that can be taken away."""

    def __init__(self, db: Database) -> None:
        self._db, self.dialect, self.away = db, db.dialect, False
        self.tries = 0

    async def run(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._unless_away(self._db.run, verb, *args, **kwargs)

    async def read(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._unless_away(self._db.read, verb, *args, **kwargs)

    async def _unless_away(self, do: Any, *args: Any, **kwargs: Any) -> Any:
        if self.away:
            self.tries += 1
            raise OperationalError("x", None, Exception("database or disk is full"))
        return await do(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


async def test_a_database_that_is_away_for_a_while_costs_nobody_a_word(
    sandbox: SandboxProcess,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    opened: list[Moody] = []

    def moody(url: str, *_: object) -> Moody:
        opened.append(Moody(open_database(url)))
        return opened[-1]

    monkeypatch.setattr(main, "open_database", moody)
    async with open_desk(sandbox.root, database_url) as desk:
        await desk.write(ANNA, "Шуршит и поскрипывает полка")
        await desk.press(ANNA, "Передать инженеру")
        await desk.press(OLEG, "Взять", HELPDESK)
        (db,) = opened
        await desk.sim("faults", {"kind": "delay", "method": "copyMessage", "seconds": 0.3})
        await desk.sim("send", {"from": ANNA, "text": "до"})
        await asyncio.sleep(0.1)
        db.away = True
        words = [f"слово {number}" for number in range(5)]
        for word in words:
            await desk.sim("send", {"from": ANNA, "text": word})
        for _ in range(40):
            await hurry(desk, 1)
            if db.tries > 20:
                break
        db.away = False
        await hurry(desk, 2)
        await desk.settle()
        await desk.fast_forward(120)
        seen = [said(one) for one in await desk.reads(HELPDESK)]
        assert [one for one in seen if one in ("до", *words)] == ["до", *words]
        assert len(opened) == 1, "it is the same bot"
        assert not [one for one in await desk.reads(ANNA) if "не так" in said(one)], (
            "nobody was told of a failure"
        )
    begun = [one.getMessage() for one in caplog.records if "disk is full" in one.getMessage()]
    assert len(begun) <= 8, "each part says once that it is in trouble"
    assert not [one for one in caplog.records if one.exc_info], "and no traceback"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_replica_whose_role_another_one_took_stands_by_and_works_again_later(
    sandbox: SandboxProcess, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leader, "BEAT", 0.2)
    async with open_desk(sandbox.root, database_url) as desk:
        other = await asyncpg.connect(
            make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        )
        take = "SELECT pg_try_advisory_lock($1)"
        while not await other.fetchval(take, leader._THE_DESK):
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1 "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                leader._THE_DESK,
            )
        asked = len(await desk.look("calls?method=getMe"))
        await grown(
            partial(desk.look, "calls?method=getMe"), asked
        )  # it begins again, and waits for its role
        await desk.sim("send", {"from": ANNA, "text": "/my"})
        await hurry(desk, 1)
        assert await desk.reads(ANNA) == [await desk.last(ANNA)], "only her own word"
        await other.close()
        await grown(partial(desk.reads, ANNA), 1)
        assert await desk.find(ANNA, "Открытых заявок нет")
