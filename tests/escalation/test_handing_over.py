"""OLAs inside the SLA: capped, escalated when they cannot fit."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.sla.policy import Desk
from bot.tickets.clocks import clock_rows, operations
from tests.escalation.company import OLEG, alerts_of, at, changed, drawn, keys, opened, ring, ring_until
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def test_the_sla_runs_on_untouched_when_a_ticket_is_handed_over(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    before = clock_rows.of_ticket(tx, ticket.id)
    ticket = changed(tx, ticket, team="network")
    operations.handed(work(tx, 0, shipped), ticket, "network", MONDAY + HOUR)
    assert clock_rows.of_ticket(tx, ticket.id)[: len(before)] == before
    assert operations.view(tx, ticket.id)["ola_accept"].due_at == MONDAY + HOUR + 900
    assert operations.view(tx, ticket.id)["ola_resolve"].due_at == at("2026-11-24 10:00")


def test_a_teams_due_is_capped_by_what_the_sla_leaves_less_the_reserve(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)  # due on Tuesday at 17:00
    ticket = changed(tx, ticket, team="network")
    operations.handed(
        work(tx, 0, shipped), ticket, "network", at("2026-11-24 08:30")
    )  # eight hours of its own: 17:00
    view = operations.view(tx, ticket.id)
    assert view["resolution"].due_at == at("2026-11-24 17:00")
    assert view["ola_resolve"].due_at == at("2026-11-24 16:00")
    ring(tx, shipped, at("2026-11-24 08:31"))
    assert "ola_resolve 0:infeasible" not in keys(tx)


def test_a_team_that_cannot_be_done_in_time_is_escalated_at_the_hand_over(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, at("2026-11-23 09:50"), priority="P2")  # eight hours: due at 17:50
    operations.claimed(work(tx, 0, shipped), ticket.id, at("2026-11-23 09:51"))
    operations.replied(work(tx, 0, shipped), ticket.id, at("2026-11-23 09:52"))
    ticket = changed(tx, ticket, team="admins")
    moment = at("2026-11-23 16:50")  # one hour is left, the admins' six end tomorrow
    operations.handed(work(tx, 0, shipped), ticket, "admins", moment)
    ring(tx, shipped, moment)
    assert "ola_resolve 0:infeasible" in keys(tx)
    assert "0:infeasible" in [row.key for row in alerts_of(tx, "supervisors")]
    [card] = drawn(tx, shipped, "supervisors", moment)
    assert "не успеет" in card.text


def test_each_stint_is_told_with_the_time_it_used(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    for team, moment in (("network", MONDAY + HOUR), ("helpdesk", MONDAY + 3 * HOUR)):
        ticket = changed(tx, ticket, team=team)
        operations.handed(work(tx, 0, shipped), ticket, team, moment)
    operations.resolved(work(tx, 0, shipped), ticket.id, MONDAY + 4 * HOUR)
    stints = [kept.clock for kept in clock_rows.of_ticket(tx, ticket.id) if kept.clock.kind == "ola_resolve"]
    assert [(one.scope, one.cycle, one.consumed_s) for one in stints] == [
        ("network", 1, 2 * HOUR),
        ("helpdesk", 2, HOUR),
    ]
    assert {one.state.value for one in stints} == {"stopped"}


def test_a_ticket_passed_around_for_the_third_time_is_told_to_a_lead(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    for number, team in enumerate(("network", "admins", "helpdesk")):
        ticket = changed(tx, ticket, team=team)
        operations.handed(work(tx, 0, shipped), ticket, team, MONDAY + 60 * number)
    ring(tx, shipped, MONDAY + 180)
    assert "ola_resolve 0:ping_pong" in keys(tx)
    assert [row.key for row in alerts_of(tx, "team:helpdesk")] == ["0:ping_pong"]


def third_hand_over_too_late(tx: Connection, desk: Desk) -> int:
    """A P2 ticket that its third team gets an hour before the due time; returns that moment."""
    ticket = opened(tx, desk, MONDAY, priority="P2")
    operations.claimed(work(tx, 0, desk), ticket.id, MONDAY)
    operations.replied(work(tx, 0, desk), ticket.id, MONDAY)
    moment = at("2026-11-23 17:00")
    for team, when in (("network", MONDAY + 60), ("admins", MONDAY + 120), ("network", moment)):
        ticket = changed(tx, ticket, team=team)
        operations.handed(work(tx, 0, desk), ticket, team, when)
    return moment


def test_a_third_hand_over_that_cannot_be_kept_reaches_the_lead_and_the_supervisors(
    tx: Connection, shipped: Desk
) -> None:
    moment = third_hand_over_too_late(tx, shipped)
    ring(tx, shipped, moment)
    assert {"ola_resolve 0:infeasible", "ola_resolve 0:ping_pong"} <= set(keys(tx))
    assert "0:infeasible" in [row.key for row in alerts_of(tx, "supervisors")]


def test_a_supervisor_who_is_the_audience_of_both_reads_both(tx: Connection, shipped: Desk) -> None:
    moment = third_hand_over_too_late(tx, shipped)  # the network team has no lead: the supervisors stand in
    ring(tx, shipped, moment)
    told = [row.key for row in alerts_of(tx, "supervisors") if row.key.startswith("0:")]
    assert sorted(told) == ["0:infeasible", "0:ping_pong"]
    [card] = drawn(tx, shipped, "supervisors", moment)
    assert "не успеет" in card.text
    assert "уже 3-й раз" in card.text


def test_a_question_to_the_employee_stops_the_teams_hours_too(tx: Connection, shipped: Desk) -> None:
    ticket = changed(tx, opened(tx, shipped, MONDAY), team="network")
    operations.handed(work(tx, 0, shipped), ticket, "network", MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + 60)
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + HOUR)
    states = {kind: view.state for kind, view in operations.view(tx, ticket.id).items()}
    assert (states["ola_accept"], states["ola_resolve"], states["resolution"]) == (
        "stopped",
        "paused",
        "paused",
    )


def test_another_priority_leaves_the_teams_own_promise_alone(tx: Connection, shipped: Desk) -> None:
    ticket = changed(tx, opened(tx, shipped, MONDAY), team="network")
    operations.handed(work(tx, 0, shipped), ticket, "network", MONDAY)
    operations.retargeted(work(tx, 0, shipped), changed(tx, ticket, priority="P2"), MONDAY + 60)
    view = operations.view(tx, ticket.id)
    assert (view["ola_resolve"].state, view["resolution"].target_s) == ("running", 8 * HOUR)


def test_a_team_that_accepts_too_late_is_told_and_then_the_supervisors(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY)
    ticket = changed(tx, ticket, team="network")
    operations.handed(work(tx, 0, shipped), ticket, "network", MONDAY)
    ring_until(tx, shipped, MONDAY + 15 * 60)
    assert [level for level in keys(tx) if level.startswith("ola_accept")][-1] == "ola_accept 100"
    assert alerts_of(tx, "team:network")
    assert "100" in [row.key for row in alerts_of(tx, "supervisors")]


def test_the_accountable_team_hears_of_the_promise_and_the_other_of_its_own_hours(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY, owner_team="helpdesk")
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY)
    ticket = changed(tx, ticket, team="network", owner=OLEG, assignee=None)
    operations.handed(work(tx, 0, shipped), ticket, "network", MONDAY)
    ring_until(tx, shipped, at("2026-11-24 16:00"))
    kinds = {kept.id: kept.clock.kind for kept in clock_rows.of_ticket(tx, ticket.id)}
    assert {kinds[row.clock] for row in alerts_of(tx, "team:helpdesk")} == {"resolution"}
    assert {kinds[row.clock] for row in alerts_of(tx, "team:network")} == {"ola_accept", "ola_resolve"}
    loud = [row.mentions for row in alerts_of(tx, "team:helpdesk") if row.loud]
    assert loud
    assert all(OLEG in mentions for mentions in loud)
