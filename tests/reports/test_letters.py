"""Letters that come by themselves: when they are due, what they say, and that a crash sends each of them once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.config.config import Work
from bot.reports import letters
from bot.reports.letters import MONDAY, MORNING, Letters
from bot.sla.policy import Desk
from bot.storage import schema
from bot.timers import timers
from bot.timers.timers import Timer
from tests.escalation.company import PAVEL, at, opened, outgoing, shipped_with
from tests.shipped import opened_as_shipped
from tests.units import work

TIMES = 'morning: "09:15", monday: "09:30", '


@pytest.fixture(scope="module")
def desk() -> Desk:
    return shipped_with((TIMES + "theme: light", TIMES + "theme: dark"))


def armed(tx: Connection) -> dict[str, int]:
    mine = (schema.timers.c.kind == letters.TIMER) & (schema.timers.c.state == "armed")
    return {row.ref: row.fire_at for row in tx.execute(select(schema.timers).where(mine))}


def rung(tx: Connection, desk: Desk, now: int) -> list[letters.Letter]:
    ringers = defaultdict(lambda: _settled, {letters.TIMER: letters.ring})
    while timers.ring(work(tx, now, desk), ringers):
        pass
    return letters.gathered(work(tx, now, desk))


def _settled(unit: Work, rows: Sequence[Timer]) -> None:
    timers.settle_all(unit, [row.id for row in rows], "fired")


def said(letter: letters.Letter, desk: Desk, language: str) -> str:
    return letters.worded(letter, desk, language)


def test_without_a_time_no_letter_is_armed(tx: Connection) -> None:
    letters.arm(work(tx, at("2026-11-27 18:00"), shipped_with((TIMES, ""))))
    assert armed(tx) == {}


def test_letters_come_on_open_days_and_monday_s_after_a_holiday_on_tuesday(
    tx: Connection, desk: Desk
) -> None:
    letters.arm(work(tx, at("2026-11-27 18:00"), desk))
    assert armed(tx) == {MORNING: at("2026-11-30 09:15"), MONDAY: at("2026-11-30 09:30")}
    letters.arm(work(tx, at("2026-03-06 18:00"), desk))  # Monday, 9 March 2026, is a day off
    assert {at("2026-03-10 09:15"), at("2026-03-10 09:30")} <= {
        row.fire_at for row in tx.execute(select(schema.timers)).all()
    }


def test_the_morning_names_what_is_overdue_and_unclaimed(tx: Connection, desk: Desk) -> None:
    letters.arm(work(tx, at("2026-11-26 18:00"), desk))
    late = opened(tx, desk, at("2026-11-23 10:00"))
    [letter] = rung(tx, desk, at("2026-11-27 09:15"))
    assert f"Просрочено: 1 ({late.id})" in said(letter, desk, "ru")
    assert f"Claimed by no one: 1 ({late.id})" in said(letter, desk, "en")
    assert armed(tx)[MORNING] == at("2026-11-30 09:15")


def test_the_shipped_desk_has_both_letters() -> None:
    times = opened_as_shipped().reports
    assert (times.morning, times.monday) == ("09:15", "09:30")


def test_a_morning_with_nothing_to_say_is_not_sent(tx: Connection, desk: Desk) -> None:
    letters.arm(work(tx, at("2026-11-26 18:00"), desk))
    now = at("2026-11-27 09:15")
    [letter] = rung(tx, desk, now)
    assert letter.is_empty
    letters.send(work(tx, now, desk), letter, [])
    assert letters.gathered(work(tx, now, desk)) == []
    opened(tx, desk, at("2026-11-27 10:00"))
    [letter] = rung(tx, desk, at("2026-11-30 09:15"))
    assert not letter.is_empty


def test_a_calm_morning_says_so(tx: Connection, desk: Desk) -> None:
    letters.arm(work(tx, at("2026-11-26 18:00"), desk))
    [letter] = rung(tx, desk, at("2026-11-27 09:15"))
    assert "Nothing is overdue" in said(letter, desk, "en")


def test_monday_s_letter_says_in_plain_words_how_the_week_went(tx: Connection, desk: Desk) -> None:
    letters.arm(work(tx, at("2026-11-27 18:00"), desk))
    for number in range(10):
        day = at("2026-11-24 10:00")
        ticket = opened(tx, desk, day, state="closed", resolved_at=day + 3600, closed_at=day + 7200)
        outcome = {"state": "stopped", "stopped_at": day + 3600, "outcome": "met" if number else "missed"}
        mine = (schema.clocks.c.ticket == ticket.id) & (schema.clocks.c.kind == "resolution")
        tx.execute(update(schema.clocks).where(mine).values(**outcome))
        steps: list[dict[str, Any]] = [
            {"at": day, "actor": "person:2", "action": "claim"},
            {"at": day + 3600, "actor": "person:2", "action": "resolve"},
        ]
        tx.execute(schema.history.insert(), [{"ticket": ticket.id, "data": {}} | step for step in steps])
    found = {letter.kind: letter for letter in rung(tx, desk, at("2026-11-30 09:30"))}
    assert found[MONDAY].chats == ((f"person:{PAVEL}", "ru"),)
    words = said(found[MONDAY], desk, "ru")
    assert "9 из 10 вовремя" in words
    assert "Чаще всего: Печать (10)" in words
    assert "Дороже всего: Печать, 9 000 RUB" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "9 of 10 in time" in said(found[MONDAY], desk, "en")


def test_a_letter_is_sent_once_even_when_it_was_written_twice(tx: Connection, desk: Desk) -> None:
    letters.arm(work(tx, at("2026-11-26 18:00"), desk))
    now = at("2026-11-27 09:15")
    [letter] = rung(tx, desk, now)
    words = letters.written(letter, desk, "ru")
    for _ in range(2):
        letters.send(work(tx, now, desk), letter, [("supervisors", *words)])
    assert len([row for row in outgoing(tx, "supervisors") if row.method == "sendMessage"]) == 1
    assert letters.gathered(work(tx, now, desk)) == []


async def test_what_was_due_before_the_end_is_written_at_the_next_start() -> None:
    written: list[str] = []

    class Units:
        """Answers as a database with one letter waiting."""

        db = type("Db", (), {"listen": lambda *_: None})()
        config = type("Config", (), {"desk": None})()

        async def run(self, verb: Any, *args: Any) -> None:
            written.append(verb.__name__)

        async def read(self, _query: Any) -> list[letters.Letter]:
            return [letters.Letter(MONDAY, (), None, None, None)]  # type: ignore[arg-type]

    writer = Letters(Units(), lambda: None)  # type: ignore[arg-type]
    await writer.begin()
    assert writer.busy
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert written == ["arm", "send"]
