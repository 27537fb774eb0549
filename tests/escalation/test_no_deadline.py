"""Past the end of a calendar: the requester and the administrators read of it daily until the calendar is extended."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.keys import ADMINS, PersonChat
from bot.sla.policy import Desk
from bot.tickets.clocks import clock_rows, no_deadline, operations, revised_eta
from bot.timers import timers
from tests.escalation.company import ANNA, at, changed, opened, outgoing, shipped_with
from tests.units import work

CHAT = PersonChat(ANNA)
OPENED = at("2027-12-31 12:00")
LONGER = shipped_with(
    ("    covers: {from: 2025-01-01, to: 2027-12-31}", "    covers: {from: 2025-01-01, to: 2029-12-31}"),
    ("    production_calendar: ru   ", "    production_calendar: none "),
)


def days_pass(tx: Connection, desk: Desk, until: int) -> None:
    ringers = {clock_rows.NO_DEADLINE: no_deadline.ring}
    while (due := timers.next_due(tx)) is not None and due <= until:
        timers.ring(work(tx, due, desk), ringers)


def lines(tx: Connection, chat: str) -> list[str]:
    return [row.params["line"] for row in outgoing(tx, chat) if "line" in (row.params or {})]


def test_a_ticket_without_a_deadline_is_reported_every_day(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, OPENED, priority="P4")
    opened(tx, shipped, OPENED + 60, priority="P4")
    timers.disarm(tx, clock_rows.TIMER, "clock:1", "clock:2", "clock:3", "clock:4", "clock:5", "clock:6")
    days_pass(tx, shipped, at("2028-01-03 12:00"))
    assert lines(tx, ADMINS) == ["sla.beyond", *["no_deadline.admins"] * 3]
    assert lines(tx, CHAT) == ["no_deadline.requester"] * 3  # one message for both tickets
    assert outgoing(tx, CHAT)[0].params["facts"] == {"numbers": "1, 2"}


def test_it_ends_when_the_ticket_is_solved(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, OPENED, priority="P4")
    operations.resolved(work(tx, OPENED + 60, shipped), ticket.id, OPENED + 60)
    days_pass(tx, shipped, at("2028-01-05 12:00"))
    assert lines(tx, ADMINS) == ["sla.beyond"]
    assert timers.next_due(tx) is None


def test_it_ends_when_the_calendar_is_extended_and_the_requester_reads_the_deadline(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, OPENED, priority="P4")
    while revised_eta.recount(work(tx, OPENED + 60, LONGER)):
        pass
    assert operations.view(tx, ticket.id)["resolution"].due_at is not None
    assert "ticket_card" in [row.card for row in outgoing(tx, CHAT)]
    tx.execute(timers.timers.update().where(timers.timers.c.kind == "sla").values(state="cancelled"))
    days_pass(tx, LONGER, at("2028-01-05 12:00"))
    assert lines(tx, CHAT) == []


def test_what_waits_for_an_answer_is_not_reported(tx: Connection, shipped: Desk) -> None:
    ticket = changed(tx, opened(tx, shipped, OPENED, priority="P4"), state="waiting")
    operations.paused(work(tx, OPENED, shipped), ticket.id, "waiting_user", OPENED)
    assert clock_rows.without_deadline(tx, "office") == []
