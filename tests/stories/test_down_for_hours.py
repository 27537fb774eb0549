"""The bot was down while deadlines passed: what people read when it is back."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Connection, insert, select

from bot.escalation import engine
from bot.storage.schema import clocks, gaps, history, people
from tests.desk import (
    ADMINS,
    ANNA,
    HELPDESK,
    OLEG,
    SUPERVISORS,
    UNLIMITED,
    Desk,
    SandboxProcess,
    house,
    open_desk,
    said,
    served,
)
from tests.escalation.company import at, opened
from tests.stories.test_the_whole_path import open_a_ticket
from tests.units import work

OPENED, HOUR = at("2026-11-23 10:00"), 3600
ASKERS = range(5000, 5300)  # each of them has a ticket


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the messages are the same; storms use both
async def test_back_after_eight_hours_with_300_open_tickets_it_says_at_most_two_things_in_a_chat(
    sandbox: SandboxProcess, database_url: str
) -> None:
    async with open_desk(sandbox.root, database_url, limits=UNLIMITED, before=_eight_hours_down) as desk:
        await desk.fast_forward(60)  # a list gathers for half a minute
        calls = [call for call in await desk.look("calls?limit=2000") if call["method"].startswith("send")]
        told = Counter(int(call["args"]["chat_id"]) for call in calls)
        assert {*told} == {HELPDESK, SUPERVISORS, ADMINS, *ASKERS}
        assert max(told.values()) <= 2
        assert "Обещали ответить сегодня до 12:00 и не успели" in said(await desk.last(ASKERS[0]))
        assert "300 заявок" in said(await desk.find(SUPERVISORS, "бот был недоступен"))
        late = await desk.db.read(_breaches)
        assert Counter(kind for kind, *_ in late) == {"claim": len(ASKERS), "response": len(ASKERS)}
        assert all(breached_at == due_at for _, breached_at, due_at in late)
        assert len(await desk.db.read(lambda tx: tx.execute(select(gaps)).all())) == 1


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_what_was_answered_in_time_while_the_bot_was_down_is_never_called_late(
    sandbox: SandboxProcess, database_url: str
) -> None:
    async def answered_while_down(desk: Desk) -> None:
        async with served(desk, database_url):
            await open_a_ticket(desk)
            await desk.press(OLEG, "Взять", HELPDESK)
            topic = await desk.topic(HELPDESK, 1)
            card = await desk.find(HELPDESK, "Олег")
        down = {"timeout": 0}  # there is no bot to wait for
        await desk.sim("clock/advance", {"seconds": 2 * HOUR - 300, **down})
        reply = {"chat": HELPDESK, "thread": topic, "reply_to": card["message_id"]}
        await desk.sim("send", {"from": OLEG, "text": "Иду к вам", **reply})
        await desk.sim("clock/advance", {"seconds": HOUR, **down})

    async with open_desk(sandbox.root, database_url, before=answered_while_down) as desk:
        await desk.fast_forward(60)
        assert said(await desk.last(ANNA)) == "Олег · заявка 1\nИду к вам"
        for chat in (HELPDESK, SUPERVISORS, ANNA):
            words = [said(message) for message in await desk.reads(chat)]
            assert not [one for one in words if "нет ответа" in one or "не успели" in one], words
        acts = await desk.db.read(lambda tx: tx.scalars(select(history.c.action)).all())
        assert "clock.breach" not in acts
        [response] = await desk.db.read(_responses)
        assert response == "met"


def _responses(tx: Connection) -> list[str | None]:
    return list(tx.scalars(select(clocks.c.outcome).where(clocks.c.kind == "response")))


async def _eight_hours_down(desk: Desk) -> None:
    await desk.sim("flood", {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0})
    for number in ASKERS:
        await desk.sim("people", {"id": number, "started": True, "first_name": f"Коллега {number}"})
    await desk.db.run(_all_open)
    await desk.sim("clock/advance", {"seconds": 8 * HOUR, "timeout": 0})  # there is no bot to wait for


def _all_open(tx: Connection) -> None:
    shipped = house().desk
    engine.note(work(tx, OPENED))
    rows = [{"staff_id": f"A{number}", "telegram_id": number} for number in ASKERS]
    tx.execute(insert(people), [row | {"name": row["staff_id"], "roles": [], "profile": {}} for row in rows])
    for asker in tx.scalars(select(people.c.id).where(people.c.telegram_id.in_(ASKERS))).all():
        opened(tx, shipped, OPENED, requester=asker)


def _breaches(tx: Connection) -> list[tuple[str, int, int]]:
    late = select(clocks.c.kind, clocks.c.breached_at, clocks.c.due_at).where(
        clocks.c.breached_at.is_not(None)
    )
    return [tuple(row) for row in tx.execute(late)]
