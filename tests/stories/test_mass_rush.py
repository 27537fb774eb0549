"""Forty people report the same in five minutes: one card, one message each per update, no reminders of their tickets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.people import directory
from bot.problems import reporting
from bot.problems.outages import OPEN, OVER
from bot.storage.schema import alerts, candidates, outage_tickets, outages, people, tickets
from bot.telegram.limits import Limit, Limits
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests.desk import HELPDESK, MARINA, ROOT, SUPERVISORS, Desk, SandboxProcess, house, open_desk, said
from tests.stories.test_suspected_outage import five_weeks
from tests.units import work

FIRST, MANY = 3001, 40  # Telegram ids, people
AT_ONCE, EVERY = 4, 30  # people who come at once, seconds until the next
WORDS = "Шуршит и поскрипывает полка"
CROWD = range(FIRST, FIRST + MANY)


@pytest.fixture
async def desk(sandbox: SandboxProcess, tmp_path: Path) -> AsyncIterator[Desk]:
    """Groups have Telegram's limits."""
    url, no_limit = f"sqlite+aiosqlite:///{tmp_path / 'mass.db'}", Limit(10_000, 1.0)
    limits = Limits(overall=no_limit, private=no_limit, burst=10_000)
    async with open_desk(sandbox.root, url, ROOT, limits) as opened:
        await opened.sim("flood", {"overall_per_second": 0, "private_per_second": 0})
        for number in CROWD:
            names = {"first_name": "Пётр", "last_name": f"Номер {number}", "language_code": "ru"}
            await opened.sim("people", {"id": number, "started": True, **names})
        await opened.db.run(_enlist)
        await opened.db.run(five_weeks)
        yield opened


def _enlist(tx: Connection) -> None:
    for number in CROWD:
        row = {"staff_id": f"S-{number}", "name": f"Пётр Номер {number}", "language": "ru", "roles": []}
        more = {"department": "цех", "office": "Москва, 312", "profile": {"floor": 3}}
        tx.execute(insert(people).values(**row, **more, telegram_id=number))


def _report(tx: Connection, those: range, now: int) -> None:
    """They open tickets, as every door does."""
    for number in those:
        unit = work(tx, now, house())
        draft = Draft("printing", "helpdesk", WORDS, words=WORDS)
        reporting.opened(unit, actions.open_ticket(unit, directory.known(tx, number), draft), WORDS)


def _linked(tx: Connection) -> list[int]:
    return list(tx.scalars(select(outage_tickets.c.ticket).order_by(outage_tickets.c.ticket)))


def _opened(tx: Connection) -> list[int]:
    parents = select(outages.c.parent).where(outages.c.parent.is_not(None))
    return list(tx.scalars(select(tickets.c.id).where(tickets.c.id.not_in(parents)).order_by(tickets.c.id)))


def _suspected(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(candidates)) or 0


def _alerted(tx: Connection) -> set[int]:
    return set(tx.scalars(select(alerts.c.ticket)))


def _state(tx: Connection) -> str:
    return tx.scalars(select(outages.c.state)).one()


async def _heard(desk: Desk) -> Counter[int]:
    """How many messages each of them has been sent, deleted ones too."""
    sent = [call for call in await desk.look("calls?limit=20000") if call["method"] == "sendMessage"]
    return Counter(int(call["args"]["chat_id"]) for call in sent if call["status"] == 200)


async def _since(desk: Desk, before: Counter[int]) -> set[int]:
    """How many messages each of the crowd got since then, as a set."""
    now = await _heard(desk)
    return {now[one] - before[one] for one in CROWD}


async def test_forty_reporters_are_one_candidate_and_read_one_message_of_each_update(desk: Desk) -> None:
    for first in range(FIRST, FIRST + MANY, AT_ONCE):
        now = int((await desk.look("clock"))["now"])
        await desk.db.run(_report, range(first, first + AT_ONCE), now)
        await desk.fast_forward(EVERY)
    assert await desk.db.run(_suspected) == 1
    cards = [one for one in await desk.reads(SUPERVISORS) if "Похоже на массовый сбой" in said(one)]
    assert len(cards) == 1
    assert f"{MANY} человек за 5 мин" in said(cards[0])

    before = await _heard(desk)
    await desk.press(MARINA, "Объявить", SUPERVISORS)
    await desk.press(MARINA, "Объявить", SUPERVISORS)
    await desk.fast_forward(60)
    assert await desk.db.run(_state) == OPEN
    numbers = await desk.db.run(_opened)
    assert len(numbers) == MANY
    assert await desk.db.run(_linked) == numbers
    assert await _since(desk, before) == {1}

    alerted = await desk.db.run(_alerted)
    before = await _heard(desk)
    await desk.fast_forward(30 * 60)  # no one has said anything: the bot says that nothing is new
    assert await _since(desk, before) == {1}
    await desk.fast_forward(25 * 60)
    assert (await desk.db.run(_alerted)) - alerted <= {MANY + 1}, (
        "only the outage's own ticket is reminded of"
    )

    before = await _heard(desk)
    await desk.press(MARINA, "Закончился", SUPERVISORS)
    await desk.press(MARINA, "Да, сказать всем", SUPERVISORS)
    await desk.fast_forward(60)
    assert await desk.db.run(_state) == OVER
    assert await _since(desk, before) == {1}

    calls = await desk.look("calls?limit=20000")
    assert [call for call in calls if call["status"] == 429] == []
    there = "\n".join(said(one) for one in await desk.reads(HELPDESK) if one["from"]["is_bot"])
    assert set(numbers) <= {int(number) for number in re.findall(r"\d+", there)}
