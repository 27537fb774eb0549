"""The end of a ticket and what may follow: silence closes it after a warning, "it came back" opens it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import absence, approval, planning, round_robin, store, ticket_timers
from bot.tickets.actions import Draft, close_topic, open_ticket, say_in_topic, tell, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import State, Ticket, move
from bot.timers import timers


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Ring due rows of kind "ticket". What is no longer so in the ticket's state is passed over."""
    for row in rows:
        ticket = store.get(tx, int(row.ref.partition(":")[2]))
        if timers.settle(tx, row.id, "fired", now):
            _ring(tx, desk, ticket, row.key, now)


def reject(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Line:
    """It does not work after all: back to the same engineer, on the same clock."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "reject", thing(ticket))
    operations.reopened(tx, desk, ticket.id, now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.reopened")
    values = {"resolved_at": None, "wake_at": None} | moved
    ticket = store.change(tx, ticket, state=move(ticket, "reject").value, **values)
    store.record(tx, ticket.id, employee.key, "reject", now)
    ticket_timers.call_off(tx, ticket)
    tell(tx, ticket, now, anew="promise" if moved else None)
    _to_its_engineer(tx, desk, ticket, employee, "team.rejected", now)
    return Line("reject.done")


def came_back(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Ticket:
    """It does not work again: the same ticket and engineer within the window, a linked new one later."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "reopen", thing(ticket))
    move(ticket, "reopen")
    if now > window_end(desk, ticket):
        return _follow(tx, desk, ticket, employee, now)
    operations.reopened(tx, desk, ticket.id, now)
    values: dict[str, Any] = revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.reopened")
    values |= {
        "closed_at": None,
        "resolved_at": None,
        "outcome": None,
        "stars": None,
        "comment": None,
    }
    values |= {"recurrences": ticket.recurrences + 1, "state": move(ticket, "reopen").value}
    ticket = store.change(tx, ticket, **values)
    store.record(tx, ticket.id, employee.key, "reopen", now)
    tell(tx, ticket, now, anew="reopened")
    return _to_its_engineer(tx, desk, ticket, employee, "team.came_back", now)


def window_end(desk: Desk, ticket: Ticket) -> int:
    """Until when (UTC seconds) "it came back" goes on with the same ticket."""
    calendar = desk.calendar(desk.default_rule.calendar)
    return calendar.add(ticket.closed_at or 0, desk.seconds(desk.file.reopen.window, calendar))


def comment(tx: Connection, ticket_id: int, employee: Person, words: str, now: int) -> Line:
    """A word to the stars, if the employee likes."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "rate", thing(ticket))
    move(ticket, "rate")
    ticket = store.change(tx, ticket, comment=words[:1000])
    store.record(tx, ticket.id, employee.key, "comment", now, {"words": words[:1000]})
    tell(tx, ticket, now)
    return Line("comment.done")


def _to_its_engineer(
    tx: Connection, desk: Desk, ticket: Ticket, employee: Person, line: str, now: int
) -> Ticket:
    """The engineer is called by name; for one who is away the whole team hears, and finds the ticket in its queue."""
    engineer = directory.get(tx, ticket.assignee) if ticket.assignee is not None else None
    facts = {"who": employee.first_name}
    if engineer is not None and round_robin.is_there(desk, engineer, now):
        say_in_topic(tx, ticket, Line(line, facts | {"engineer": engineer.first_name}), now)
        return ticket
    say_in_topic(tx, ticket, Line(f"{line}.to_team", facts), now)
    return absence.back_if_absent(tx, desk, ticket, now)


def _follow(tx: Connection, desk: Desk, old: Ticket, employee: Person, now: int) -> Ticket:
    draft = Draft(
        category=old.category,
        team=desk.category(old.category).team if old.category in desk.categories else old.accountable,
        summary=old.summary,
        type=old.type,
        impact=old.impact,
        urgency=old.urgency,
        transcript=old.transcript,
        tried=old.tried,
    )
    ticket = open_ticket(tx, desk, employee, draft, now)
    store.link(tx, ticket.id, old.id, "follows", now)
    store.record(tx, old.id, employee.key, "followed", now, {"by": ticket.id})
    tell(tx, ticket, now)
    return ticket


def _ring(tx: Connection, desk: Desk, ticket: Ticket, key: str, now: int) -> None:
    match key, ticket.state:
        case ticket_timers.NUDGE, State.WAITING:
            outbox.show(tx, f"person:{ticket.requester}", "ticket_card", ticket.about, now, anew="nudge")
        case ticket_timers.UNANSWERED, State.WAITING:
            _unanswered(tx, desk, ticket, now)
        case ticket_timers.TURN, (State.NEW | State.HANDED):
            round_robin.offer(tx, desk, ticket, now)
        case ticket_timers.WAKE, State.SCHEDULED:
            planning.woken(tx, desk, ticket, now)
        case ticket_timers.WARN, State.RESOLVED:
            closes_at = ticket_timers.close_after_warning(tx, desk, ticket, now)
            ticket = store.change(tx, ticket, wake_at=closes_at)
            store.record(tx, ticket.id, "timer", "warn", now, {"closes_at": closes_at})
            tell(tx, ticket, now, anew="warning")
        case ((ticket_timers.REMIND | ticket_timers.DEPUTY), State.APPROVAL):
            approval.silent(tx, desk, ticket, key, now)
        case ticket_timers.CLOSE, State.RESOLVED:
            _expire(tx, ticket, now)


def _unanswered(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> None:
    """Nobody answered for so long that the desk's own rule lets the clocks run again: the engineer decides."""
    operations.resumed(tx, desk, ticket.id, now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.waited")
    ticket = store.change(tx, ticket, **moved) if moved else ticket
    store.record(tx, ticket.id, "timer", "unanswered", now)
    tell(tx, ticket, now, anew="promise" if moved else None)
    say_in_topic(tx, ticket, Line("team.unanswered"), now)
    absence.back_if_absent(tx, desk, ticket, now)


def _expire(tx: Connection, ticket: Ticket, now: int) -> None:
    values = {"closed_at": now, "outcome": "silence", "wake_at": None}
    ticket = store.change(tx, ticket, state=move(ticket, "expire").value, **values)
    store.record(tx, ticket.id, "timer", "expire", now)
    tell(tx, ticket, now)
    close_topic(tx, ticket, now)
