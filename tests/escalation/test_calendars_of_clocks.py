"""A rule with another calendar for its response than for its solution: each clock keeps to its own hours."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.escalation import migration
from bot.escalation.replay import replay
from bot.storage.schema import clocks, timers
from bot.tickets.clocks import operations
from tests.escalation.company import at, changed, opened, shipped_with
from tests.units import work

DEFAULT = "    calendar: office\n    targets: {claim: 1h, response: 2h, resolution: 2bd}"
PLAIN = shipped_with()
DESK = shipped_with((DEFAULT, DEFAULT.replace("office", "{claim: duty, response: duty, default: office}")))
FRIDAY, HOUR, DAY = at("2026-11-27 20:00"), 3600, 86_400


def dues(tx: Connection, ticket: int) -> dict[str, int | None]:
    return {kind: view.due_at for kind, view in operations.view(tx, ticket).items()}


def test_a_response_is_promised_for_the_night_and_the_solution_for_office_hours(tx: Connection) -> None:
    ticket = opened(tx, DESK, FRIDAY)
    assert dues(tx, ticket.id) == {
        "claim": FRIDAY + HOUR,
        "response": FRIDAY + 2 * HOUR,
        "resolution": at("2026-12-01 16:00"),
    }
    kept = tx.execute(select(clocks.c.kind, clocks.c.calendar).order_by(clocks.c.id)).all()
    assert [tuple(row) for row in kept] == [("claim", "duty"), ("response", "duty"), ("resolution", "office")]


def test_a_change_of_priority_leads_every_clock_into_its_own_calendar(tx: Connection) -> None:
    ticket = opened(tx, DESK, FRIDAY, priority="P2")
    assert dues(tx, ticket.id)["claim"] == at("2026-11-30 09:30")
    ticket = changed(tx, ticket, priority="P3")
    operations.retargeted(work(tx, 0, DESK), ticket, FRIDAY + 60)
    assert dues(tx, ticket.id)["response"] == FRIDAY + 2 * HOUR
    assert dues(tx, ticket.id)["resolution"] == at("2026-12-01 16:00")


def test_a_pause_lasts_as_long_as_the_solution_may_wait(tx: Connection) -> None:
    ticket = opened(tx, DESK, FRIDAY)
    operations.replied(work(tx, 0, DESK), ticket.id, FRIDAY + HOUR)
    operations.paused(work(tx, 0, DESK), ticket.id, "waiting_user", FRIDAY + HOUR)
    until = select(timers.c.fire_at).where(timers.c.kind == operations.PAUSE)
    assert tx.scalars(until).all() == [at("2026-12-02 15:00")]  # 3bd, which are 24 office hours
    operations.resumed(work(tx, 0, DESK), ticket.id, FRIDAY + 3 * DAY)
    assert dues(tx, ticket.id)["resolution"] == at("2026-12-02 16:00")


def test_a_new_calendar_of_one_clock_moves_that_clock_alone(tx: Connection) -> None:
    ticket = opened(tx, PLAIN, FRIDAY)
    moves = migration.rehearse_rules(tx, DESK, FRIDAY + 60)
    assert [move.kind for move in moves.all] == ["claim", "response"]
    assert {move.after for move in moves.all} == {FRIDAY + HOUR, FRIDAY + 2 * HOUR}
    assert migration.rehearse_rules(tx, PLAIN, FRIDAY + 60).count == 0
    assert dues(tx, ticket.id)["claim"] == at("2026-11-30 10:00")


def test_a_replay_measures_each_clock_in_its_own_calendar(tx: Connection) -> None:
    ticket = opened(tx, PLAIN, FRIDAY)
    operations.claimed(work(tx, 0, PLAIN), ticket.id, FRIDAY + 12 * HOUR)
    operations.resolved(work(tx, 0, PLAIN), ticket.id, FRIDAY + 13 * HOUR)
    found = {line.kind: (line.kept, line.would_keep) for line in replay(tx, DESK, "rule")}
    assert found == {"claim": (1, 0), "response": (1, 0), "resolution": (1, 1)}
