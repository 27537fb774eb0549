"""The end of a ticket and what may follow: silence closes it after a warning, "it came back" opens it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.config.config import Work
from bot.keys import PersonChat, TicketRef
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import absence, approval, planning, renaming, resolution, round_robin, store, ticket_timers
from bot.tickets.actions import (
    Draft,
    close_topic,
    leave_topic,
    open_ticket,
    say_in_topic,
    tell,
    thing,
)
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import State, Ticket, move
from bot.timers import timers
from bot.timers.timers import Timer


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Ring due rows of kind "ticket". What is no longer so in the ticket's state is passed over."""
    for row in rows:
        ticket = store.get(work.tx, TicketRef.read(row.ref).number)
        if timers.settle(work, row.id, "fired"):
            _ring(work, ticket, row.key)


def reject(work: Work, ticket_id: int, employee: Person) -> Line:
    """It does not work after all: back to the same engineer, on the same clock."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "reject", thing(ticket))
    operations.reopened(work, ticket.id, work.now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), "why.reopened")
    values = {"resolved_at": None, "wake_at": None} | moved
    ticket = store.change(work.tx, ticket, state=move(ticket, "reject").value, **values)
    store.record(work, ticket.id, employee.key, "reject")
    ticket_timers.call_off(work.tx, ticket)
    tell(work, ticket, anew="promise" if moved else None)
    _to_its_engineer(work, ticket, employee, "team.rejected")
    return Line("reject.done")


def came_back(work: Work, ticket_id: int, employee: Person) -> Ticket:
    """It does not work again: the same ticket and engineer within the window, a linked new one later."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "reopen", thing(ticket))
    move(ticket, "reopen")
    if work.now > window_end(work.config.desk, ticket):
        return _follow(work, ticket, employee)
    operations.reopened(work, ticket.id, work.now)
    values: dict[str, Any] = revised_eta.why(
        ticket.promise, revised_eta.given(work.tx, ticket), "why.reopened"
    )
    values |= {
        "closed_at": None,
        "resolved_at": None,
        "outcome": None,
        "stars": None,
        "comment": None,
    }
    values |= {"recurrences": ticket.recurrences + 1, "state": move(ticket, "reopen").value}
    names = renaming.usable(work.config.desk, ticket)
    ticket = store.change(work.tx, ticket, **values, **names)
    store.record(work, ticket.id, employee.key, "reopen", names)
    tell(work, ticket, anew="reopened")
    return _to_its_engineer(work, ticket, employee, "team.came_back")


def window_end(desk: Desk, ticket: Ticket) -> int:
    """Until when (UTC seconds) "it came back" goes on with the same ticket."""
    calendar = desk.usual
    return calendar.add(ticket.closed_at or 0, desk.seconds(desk.file.reopen.window, calendar))


def comment(work: Work, ticket_id: int, employee: Person, words: str) -> Line:
    """A word to the stars, if the employee likes."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "rate", thing(ticket))
    move(ticket, "rate")
    ticket = store.change(work.tx, ticket, comment=words[:1000])
    store.record(work, ticket.id, employee.key, "comment", {"words": words[:1000]})
    tell(work, ticket)
    return Line("comment.done")


def _to_its_engineer(work: Work, ticket: Ticket, employee: Person, line: str) -> Ticket:
    """The engineer is called by name; for one who is away the whole team hears, and finds the ticket in its queue."""
    engineer = directory.get(work.tx, ticket.assignee) if ticket.assignee is not None else None
    facts = {"who": employee.first_name}
    if engineer is not None and round_robin.is_there(work.config.desk, engineer, work.now):
        say_in_topic(work, ticket, Line(line, facts | {"engineer": engineer.first_name}))
        return ticket
    say_in_topic(work, ticket, Line(f"{line}.to_team", facts))
    return absence.back_if_absent(work, ticket)


def _follow(work: Work, old: Ticket, employee: Person) -> Ticket:
    draft = Draft(
        category=old.category,
        team=work.config.desk.category(old.category).team
        if old.category in work.config.desk.categories
        else old.accountable,
        summary=old.summary,
        type=old.type,
        impact=old.impact,
        urgency=old.urgency,
        transcript=old.transcript,
        tried=old.tried,
    )
    ticket = open_ticket(work, employee, draft)
    store.link(work, ticket.id, old.id, "follows")
    store.record(work, old.id, employee.key, "followed", {"by": ticket.id})
    tell(work, ticket)
    return ticket


def _ring(work: Work, ticket: Ticket, key: str) -> None:
    match key, ticket.state:
        case ticket_timers.NUDGE, State.WAITING:
            outbox.show(work, PersonChat(ticket.requester), "ticket_card", ticket.about, anew="nudge")
        case ticket_timers.UNANSWERED, State.WAITING:
            _unanswered(work, ticket)
        case ticket_timers.TURN, (State.NEW | State.HANDED):
            round_robin.offer(work, ticket)
        case ticket_timers.WAKE, State.SCHEDULED:
            planning.woken(work, ticket)
        case ticket_timers.WARN, State.RESOLVED:
            closes_at = ticket_timers.close_after_warning(work, ticket, work.now)
            ticket = store.change(work.tx, ticket, wake_at=closes_at)
            store.record(work, ticket.id, "timer", "warn", {"closes_at": closes_at})
            tell(work, ticket, anew="warning")
        case ((ticket_timers.REMIND | ticket_timers.DEPUTY), State.APPROVAL):
            approval.silent(work, ticket, key)
        case ticket_timers.CLOSE, State.RESOLVED:
            _expire(work, ticket)
        case ticket_timers.SHUT, State.CLOSED:
            resolution.give_up(work, ticket)
            close_topic(work, ticket)


def _unanswered(work: Work, ticket: Ticket) -> None:
    """No one answered for so long that the desk's own rule lets the clocks run again: the engineer decides."""
    operations.resumed(work, ticket.id, work.now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), "why.waited")
    ticket = store.change(work.tx, ticket, **moved) if moved else ticket
    store.record(work, ticket.id, "timer", "unanswered")
    tell(work, ticket, anew="promise" if moved else None)
    say_in_topic(work, ticket, Line("team.unanswered"))
    absence.back_if_absent(work, ticket)


def _expire(work: Work, ticket: Ticket) -> None:
    values = {"closed_at": work.now, "outcome": "silence", "wake_at": None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "expire").value, **values)
    store.record(work, ticket.id, "timer", "expire")
    tell(work, ticket)
    leave_topic(work, ticket)
