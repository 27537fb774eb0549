"""A supervisor's hands: take control of a ticket, give it to somebody, call whoever works on it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.texts.speak import Line
from bot.tickets import clocks, store
from bot.tickets.actions import say_in_topic, tell, thing
from bot.tickets.ticket import move


def take_control(tx: Connection, desk: Desk, ticket_id: int, supervisor: Person, now: int) -> Line:
    """A supervisor has seen the alert and watches this ticket now. The clock runs on."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "take_control", thing(ticket))
    ticket = store.change(tx, ticket, watcher=supervisor.id)
    clocks.acknowledged(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, supervisor.key, "take_control", now)
    tell(tx, ticket, now)
    outbox.show(tx, chats.SUPERVISORS, "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("control.taken", {"number": ticket.id})


def assign(tx: Connection, desk: Desk, ticket_id: int, chief: Person, engineer_id: int, now: int) -> Line:
    """A supervisor or the team's lead gives the ticket to somebody of the team."""
    ticket = store.get(tx, ticket_id)
    authorize(chief, "assign", thing(ticket))
    engineer = directory.get(tx, engineer_id)
    authorize(engineer, "claim", thing(ticket))
    values = {"state": move(ticket, "assign").value, "assignee": engineer.id}
    ticket = store.change(tx, ticket, **values, claimed_at=ticket.claimed_at or now)
    clocks.claimed(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, chief.key, "assign", now, {"engineer": engineer.id})
    tell(tx, ticket, now)
    say_in_topic(tx, ticket, Line("team.assigned", {"engineer": engineer.name, "who": chief.name}), now)
    outbox.show(tx, chats.SUPERVISORS, "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("assign.done", {"engineer": engineer.first_name, "number": ticket.id})


def call_assignee(tx: Connection, ticket_id: int, supervisor: Person, now: int) -> Line:
    """Call the one who works on it - or the whole team when nobody does - by name, in the ticket's topic."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "call", thing(ticket))
    called = [directory.get(tx, ticket.assignee)] if ticket.assignee else directory.engineers(tx, ticket.team)
    store.record(tx, ticket.id, supervisor.key, "call", now, {"people": [person.id for person in called]})
    mentions = ", ".join(f"@{person.username}" if person.username else person.name for person in called)
    say_in_topic(
        tx,
        ticket,
        Line("team.called", {"mentions": mentions, "who": supervisor.name, "number": ticket.id}),
        now,
    )
    return Line("call.done", {"names": ", ".join(person.first_name for person in called)})
