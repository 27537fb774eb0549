"""What ringing and recounting look at: the rows that are due, a few clocks at a time, however many are open."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.sla.policy import Desk
from bot.tickets import clocks, pledge
from bot.timers import timers
from tests.escalation.company import at, opened
from tests.escalation.test_history_of_clocks import corrected

MONDAY = at("2026-11-23 10:00")


def test_what_is_open_and_not_due_is_never_looked_at(tx: Connection, shipped: Desk) -> None:
    explain = "EXPLAIN QUERY PLAN"
    if tx.dialect.name == "postgresql":
        explain = "EXPLAIN"
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # else it reads a table of a few rows whole
    for statement in (timers._DUE.params(now=MONDAY, most=50), timers._NEAREST):
        query = statement.compile(tx, compile_kwargs={"literal_binds": True})
        steps = " ".join(row[-1] for row in tx.exec_driver_sql(f"{explain} {query}"))
        assert "ix_timers_due" in steps
        assert "B-TREE" not in steps  # SQLite would sort; PostgreSQL does sort, but only what is due


def test_a_corrected_calendar_is_recounted_in_small_units(tx: Connection, shipped: Desk) -> None:
    for _ in range(20):
        opened(tx, shipped, MONDAY)
    off = corrected("{2026-11-24: []}")
    units = []
    while counted := pledge.recount(tx, off, MONDAY + 60):
        units.append(counted)
    assert sum(units) == 60  # claim, response and resolution of each
    assert max(units) == clocks.REPROJECTED
