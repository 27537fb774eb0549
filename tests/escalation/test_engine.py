"""The engine's self-check: gaps are stored, no timer fires after the clock went back, missing timers are restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Row, delete, select, update

from bot.clock import FollowedClock
from bot.config.config import Work
from bot.escalation import audit, engine
from bot.sla.policy import Desk
from bot.storage import kv, schema
from bot.storage.db import open_database
from bot.tickets.clocks import clock_rows, operations
from bot.timers import timers
from bot.timers.ringer import STAYED, Ringer, Watchdog
from bot.timers.waking import Waking
from tests.escalation.company import at, drawn, keys, opened, outgoing, ring, ring_until
from tests.units import units, work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def lines(tx: Connection) -> list[str]:
    return [row.params["line"] for row in outgoing(tx, "bot-admins")]


def test_a_gap_is_written_down_and_told_once(tx: Connection, shipped: Desk) -> None:
    for moment in (MONDAY, MONDAY + 300, MONDAY + 300 + 8 * HOUR, MONDAY + 330 + 8 * HOUR):
        assert engine.beat(work(tx, moment, shipped))
    rows = tx.execute(select(schema.gaps)).all()
    assert [(row.began_at, row.ended_at) for row in rows] == [(MONDAY + 300, MONDAY + 300 + 8 * HOUR)]
    assert lines(tx) == ["engine.gap"]


def test_a_machine_that_slept_two_days_tells_what_was_missed_as_one_list_a_chat_beside_the_gap(
    tx: Connection, shipped: Desk
) -> None:
    tickets = [opened(tx, shipped, MONDAY) for _ in range(30)]
    engine.beat(work(tx, MONDAY, shipped))
    awake = MONDAY + 48 * HOUR
    assert engine.beat(work(tx, awake, shipped))
    ring(tx, shipped, awake)
    ring(tx, shipped, awake + 30)  # a list gathers for half a minute
    assert lines(tx) == ["engine.gap"]
    for chat in ("team:helpdesk", "supervisors"):
        [card] = drawn(tx, shipped, chat, awake + 30)
        assert "30 заявок" in card.text
        assert "бот был недоступен" in card.text
    for ticket in tickets:
        late = [one.clock for one in clock_rows.of_ticket(tx, ticket.id)]
        assert [clock.breached_at for clock in late] == [clock.due_at for clock in late]


def test_a_clock_that_went_back_two_hours_rings_nothing_and_is_told_once(
    tx: Connection, shipped: Desk
) -> None:
    engine.beat(work(tx, MONDAY, shipped))
    assert not engine.beat(work(tx, MONDAY - 2 * HOUR, shipped))
    assert not engine.beat(work(tx, MONDAY - 2 * HOUR + 4, shipped))
    assert lines(tx) == ["engine.back"]
    assert kv.get(tx, engine.LAST) == str(MONDAY)
    assert engine.beat(work(tx, MONDAY - 59, shipped))  # clocks are corrected by seconds now and then
    assert tx.execute(select(schema.gaps)).all() == []


def test_a_running_promise_without_a_timer_is_armed_again_and_told(tx: Connection, shipped: Desk) -> None:
    ticket, other = opened(tx, shipped, MONDAY), opened(tx, shipped, MONDAY)
    assert not audit.look(work(tx, MONDAY, shipped), 0).is_bad
    mine = [one.ref for one in clock_rows.of_ticket(tx, ticket.id)]
    tx.execute(delete(schema.timers).where(schema.timers.c.ref.in_(mine)))
    found = audit.look(work(tx, MONDAY, shipped), 0)
    assert len(found.silent) == 3
    audit.mend(work(tx, MONDAY, shipped), found)
    assert lines(tx) == ["audit.repaired"]
    assert not audit.look(work(tx, MONDAY, shipped), 0).is_bad
    ring_until(tx, shipped, MONDAY + HOUR)
    assert keys(tx).count("claim 100") == 2
    assert other.id != ticket.id


def test_what_has_spoken_already_does_not_speak_again_after_a_repair(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 45 * 60)
    waiting = schema.timers.c.state == "armed"
    tx.execute(update(schema.timers).where(waiting).values(state="cancelled"))
    audit.mend(work(tx, MONDAY + 46 * 60, shipped), audit.look(work(tx, MONDAY + 46 * 60, shipped), 0))
    ring_until(tx, shipped, MONDAY + HOUR)
    assert keys(tx, kind="claim") == ["claim 75", "claim 90", "claim 100"]
    assert operations.view(tx, ticket.id)["claim"].breached_at == MONDAY + HOUR


def test_late_paused_and_finished_clocks_need_no_timer(tx: Connection, shipped: Desk) -> None:
    late, paused, done = (opened(tx, shipped, MONDAY) for _ in range(3))
    operations.paused(work(tx, 0, shipped), paused.id, "waiting_user", MONDAY)
    operations.resolved(work(tx, 0, shipped), done.id, MONDAY)
    ring_until(tx, shipped, at("2026-11-25 12:00"))
    assert operations.view(tx, late.id)["resolution"].breached_at
    assert audit.look(work(tx, at("2026-11-25 12:00"), shipped), 0).silent == ()


@pytest.mark.parametrize(
    "values",
    [
        {"consumed_s": 1},
        {"due_at": MONDAY + 5 * HOUR},
        {"running_since": MONDAY - 60},
        {"state": "paused"},
        {"target_s": 3},
    ],
)
def test_a_row_that_somebody_changed_by_hand_is_noticed(
    tx: Connection, shipped: Desk, values: dict[str, object]
) -> None:
    opened(tx, shipped, MONDAY)
    mine = schema.clocks.c.kind == "resolution"
    tx.execute(update(schema.clocks).where(mine).values(**values))
    found = audit.look(work(tx, MONDAY + HOUR, shipped), 0)
    assert len(found.wrong) == 1
    audit.mend(work(tx, MONDAY + HOUR, shipped), found)
    assert "audit.wrong" in lines(tx)


def test_a_sample_walks_through_all_open_clocks(tx: Connection, shipped: Desk) -> None:
    for _ in range(40):
        opened(tx, shipped, MONDAY)
    first = audit.look(work(tx, MONDAY, shipped), 0)
    assert first.last == 100
    assert audit.look(work(tx, MONDAY, shipped), first.last).last == 0


def test_a_timer_that_nobody_rings_is_told(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    found = audit.look(work(tx, MONDAY + 2 * HOUR, shipped), 0)
    assert found.late > 0
    audit.mend(work(tx, MONDAY + 2 * HOUR, shipped), found)
    assert lines(tx) == ["audit.late"]
    ring(tx, shipped, MONDAY + 2 * HOUR)
    assert audit.look(work(tx, MONDAY + 2 * HOUR, shipped), 0).late == 0


async def test_the_ringer_waits_out_a_clock_that_went_back_and_believes_one_that_stays(
    database_url: str, shipped: Desk
) -> None:
    db, clock, rung = open_database(database_url), StillClock(), []

    def ringer(work: Work, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            timers.settle(work, row.id, "fired")
            rung.append(work.now)

    bell = Ringer(
        units(db, clock.now, shipped),
        clock,
        Waking(),
        {"test": ringer},
        lambda: None,
        Watchdog(engine.beat, engine.note, engine.set_back),
    )
    try:
        clock.at = MONDAY
        await bell._beat()
        await db.run(timers.arm, "test", "one", "1", MONDAY - 3 * HOUR)
        clock.at = MONDAY - 2 * HOUR
        await bell._beat()
        assert rung == []
        clock.real += STAYED
        clock.at += int(STAYED)
        await bell._beat()
        assert rung == [MONDAY - 2 * HOUR + int(STAYED)]
        assert await db.read(lambda tx: tx.scalars(select(schema.gaps.c.id)).all()) == []
    finally:
        await db.close()


class StillClock(FollowedClock):
    """A machine's clock that does not move by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.at, self.real = 0, 0.0

    def now(self) -> int:
        return self.at

    def steady(self) -> float:
        return self.real

    def until(self, instant: int) -> float:
        return float(max(0, instant - self.at))
