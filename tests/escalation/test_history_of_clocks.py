"""Clocks as rows: rebuilt from their segments, recomputed in a corrected calendar, consistent after a crash at any
statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from bot.escalation import levels, pauses
from bot.sla import clock as sla
from bot.sla.check import load_desk
from bot.sla.ladder import Ladder
from bot.sla.policy import Desk
from bot.storage import schema
from bot.tickets.clocks import clock_rows, operations, revised_eta
from bot.timers import timers as bell
from tests.escalation.company import at, keys, opened, outgoing, ring, ring_until
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600
SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")


def corrected(overrides: str) -> Desk:
    """The shipped desk with a corrected office calendar."""
    text = SHIPPED.replace("    day: 8h ", f"    overrides: {overrides}\n    day: 8h ", 1)
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    return found


def test_every_clock_is_rebuilt_from_its_segments_to_the_second(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + 600)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY + 900)
    for n in range(3):
        operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + HOUR * (1 + 5 * n))
        operations.resumed(work(tx, 0, shipped), ticket.id, MONDAY + HOUR * (4 + 5 * n))
    kept = clock_rows.of_ticket(tx, ticket.id)
    spans = clock_rows.segments_of(tx, kept)
    for one in kept:
        calendar = shipped.calendar(one.calendar)
        assert sla.consumed(spans[one.id], calendar) == one.clock.consumed_s
        if one.clock.due_at is not None:
            again = sla.recalc(one.clock, calendar, Ladder(), spans[one.id], (), MONDAY, "audit").clock
            assert again == one.clock


def test_a_corrected_calendar_moves_what_runs_and_leaves_what_has_ended(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + 600)
    before = operations.view(tx, ticket.id)
    off = corrected("{2026-11-24: []}")
    assert revised_eta.recount(work(tx, MONDAY + HOUR, off)) == 2
    assert revised_eta.recount(work(tx, MONDAY + HOUR, off)) == 0
    after = operations.view(tx, ticket.id)
    assert after["claim"] == before["claim"]
    assert (before["resolution"].due_at, after["resolution"].due_at) == (
        at("2026-11-24 17:00"),
        at("2026-11-25 17:00"),
    )


def test_a_reloaded_calendar_rings_nothing_again(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 90 * 60)
    rung = keys(tx)
    for overrides in ('{2026-11-25: ["09:00-10:00"]}', "{2026-11-25: []}"):
        revised_eta.recount(work(tx, MONDAY + 90 * 60, corrected(overrides)))
        ring(tx, corrected(overrides), MONDAY + 90 * 60)
    assert keys(tx) == rung


def test_a_breach_that_a_correction_undoes_is_voided_with_its_reason(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 90 * 60)
    assert operations.view(tx, ticket.id)["claim"].breached_at == MONDAY + HOUR
    revised_eta.recount(work(tx, MONDAY + 90 * 60, corrected('{2026-11-23: ["15:00-18:00"]}')))
    view = operations.view(tx, ticket.id)["claim"]
    assert (view.breached_at, view.due_at) == (None, at("2026-11-23 16:00"))
    ring_until(tx, corrected('{2026-11-23: ["15:00-18:00"]}'), at("2026-11-23 16:00"))
    assert keys(tx, kind="claim")[-1] == "claim 100:2"


def test_a_calendar_that_left_the_file_leaves_no_ticket_stuck(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY, priority="P1")
    text = SHIPPED.replace("  duty: ", "  nights: ").replace(": duty", ": nights")
    found, _ = load_desk("desk.yaml", text)
    assert found is not None
    operations.replied(work(tx, 0, found), ticket.id, MONDAY + 60)
    operations.resolved(work(tx, 0, found), ticket.id, MONDAY + 120)
    assert {view.state for view in operations.view(tx, ticket.id).values()} == {"stopped"}


class Killed(Exception):
    """The process died here."""


def test_dying_at_any_statement_of_a_ring_leaves_nothing_half_done(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    due = MONDAY + HOUR
    before, statements = _rows(tx), 0
    while True:
        try:
            with tx.begin_nested():
                _dying_after(tx, statements, lambda: ring(tx, shipped, due))
            break
        except Killed:
            assert _rows(tx) == before
            statements += 1
    assert statements > 10
    assert keys(tx) == ["claim 100", "response 50"]
    assert len([row for row in outgoing(tx, "supervisors") if row.card == "alert"]) == 1


def _dying_after(tx: Connection, statements: int, act: Any) -> None:
    """Run `act`; its statement number `statements` never returns."""
    left = [statements]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise Killed

    event.listen(tx, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(tx, "before_cursor_execute", count)


def _rows(tx: Connection) -> list[Any]:
    tables = (schema.timers, schema.clocks, schema.alerts, schema.outbox, schema.history)
    return [tx.execute(select(table).order_by(*table.primary_key.columns)).all() for table in tables]


@pytest.mark.parametrize("moment", [MONDAY + HOUR, MONDAY + 3 * HOUR])
def test_ringing_the_same_moment_twice_says_nothing_new(tx: Connection, shipped: Desk, moment: int) -> None:
    opened(tx, shipped, MONDAY)
    ring(tx, shipped, moment)
    before = _rows(tx)
    ring(tx, shipped, moment)
    assert _rows(tx) == before


def test_a_pause_ends_by_itself_from_the_instant_it_was_to_end(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + HOUR)
    over = at("2026-11-26 09:00")  # three working days of eight hours have passed on Wednesday evening

    bell.ring(work(tx, over + 600, shipped), {operations.PAUSE: pauses.ring, "sla": levels.ring})
    view = operations.view(tx, ticket.id)["resolution"]
    assert view.state == "running"
    spans = clock_rows.segments_of(
        tx, [one for one in clock_rows.of_ticket(tx, ticket.id) if one.clock.kind == "resolution"]
    )
    [[_, second]] = spans.values()
    assert second.start_reason == "max_reached"
    calendar = shipped.calendar("office")
    assert calendar.elapsed(MONDAY + HOUR, second.started_at) == 3 * 8 * HOUR
    assert [row.params["line"] for row in outgoing(tx, "team:helpdesk") if row.kind == "call"] == [
        "pause.over"
    ]


def test_an_answer_calls_the_end_of_the_pause_off(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + HOUR)
    operations.resumed(work(tx, 0, shipped), ticket.id, MONDAY + 2 * HOUR)
    rows = tx.execute(select(schema.timers.c.state).where(schema.timers.c.kind == operations.PAUSE)).all()
    assert [row.state for row in rows] == ["cancelled"]
