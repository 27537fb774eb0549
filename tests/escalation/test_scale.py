"""The timers and recomputation only read due rows, a few clocks at a time, however many are open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from bot.app.reload import UNIT, recount
from bot.sla.policy import Desk
from bot.tickets.clocks import clock_rows, revised_eta
from bot.timers import timers
from tests.escalation.company import at, opened
from tests.escalation.test_history_of_clocks import corrected
from tests.units import work

MONDAY = at("2026-11-23 10:00")


def test_what_is_open_and_not_due_is_never_looked_at(tx: Connection, shipped: Desk) -> None:
    for statement in (timers._DUE.params(now=MONDAY, most=50), timers._NEAREST):
        steps = _plan(tx, statement)
        assert "ix_timers_due" in steps
        assert "B-TREE" not in steps  # SQLite would sort; PostgreSQL does sort, but only what is due


def test_what_is_counted_in_the_calendar_of_today_is_never_looked_at_again(
    tx: Connection, shipped: Desk
) -> None:
    for statement in clock_rows._OUTDATED:
        steps = _plan(tx, statement.params(of="office", hash="0", most=9))
        assert "ix_clocks_open" in steps
        assert "calendar_hash" in steps


def _plan(tx: Connection, statement: Any) -> str:
    explain = "EXPLAIN QUERY PLAN"
    if tx.dialect.name == "postgresql":
        explain = "EXPLAIN"
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # else it reads a table of a few rows whole
    query = statement.compile(tx, compile_kwargs={"literal_binds": True})
    return " ".join(row[-1] for row in tx.exec_driver_sql(f"{explain} {query}"))


def test_a_corrected_calendar_is_recounted_in_small_units(tx: Connection, shipped: Desk) -> None:
    for _ in range(20):
        opened(tx, shipped, MONDAY)
    off = corrected("{2026-11-24: []}")
    units = []
    while counted := revised_eta.recount(work(tx, MONDAY + 60, off)):
        units.append(counted)
    assert sum(units) == 60  # claim, response and resolution of each
    assert max(units) == revised_eta.RECOUNTED


class Slow:
    """A machine on which each clock takes so many seconds, and the time that passes on it."""

    def __init__(self, open_clocks: int, each: float) -> None:
        self.left, self.each, self.time = open_clocks, each, 0.0
        self.units: list[int] = []

    def now(self) -> int:
        return MONDAY

    def steady(self) -> float:
        return self.time

    async def run(self, _verb: object, most: int) -> int:
        counted = min(most, self.left)
        self.left -= counted
        self.time += counted * self.each
        self.units.append(counted)
        return counted


async def test_a_slow_machine_recounts_in_smaller_units_so_that_no_press_waits_long(shipped: Desk) -> None:
    for each, most in ((0.0001, revised_eta.RECOUNTED), (0.004, 5), (0.03, 1)):
        machine = Slow(200, each)
        await recount(machine, machine)  # type: ignore[arg-type]  # it runs one verb and tells the time
        assert sum(machine.units) == 200
        assert max(machine.units) == most
        assert most == 1 or max(machine.units) * each <= UNIT
