"""A supervisor's hands: take control of a ticket, give it to somebody, call whoever works on it."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import Connection, select

from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.storage.schema import history
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import round_robin, store
from bot.tickets.actions import NoWords, move_up, say_in_topic, tell, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import IN_WORK, Ticket, move

HUSHES = (30, 60, 120, 240)  # business minutes without repeats


def take_control(tx: Connection, desk: Desk, ticket_id: int, supervisor: Person, now: int) -> Line:
    """A supervisor has seen the alert and watches this ticket now. The clock runs on."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "take_control", thing(ticket))
    ticket = store.change(tx, ticket, watcher=supervisor.id)
    operations.acknowledged(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, supervisor.key, "take_control", now)
    tell(tx, ticket, now)
    outbox.show(tx, chats.SUPERVISORS, "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("control.taken", {"number": ticket.id})


def hush(
    tx: Connection, desk: Desk, ticket_id: int, supervisor: Person, minutes: int, reason: str, now: int
) -> Line:
    """No repeats about this ticket for so much business time, with the reason. The clock runs on. Raises NoWords."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "hush", thing(ticket))
    if not reason.strip():
        raise NoWords
    if ticket.state not in IN_WORK:
        return Line("stale", alert=True)
    until = operations.silenced(tx, desk, ticket.id, minutes * 60, now)
    data = {"until": until, "reason": reason.strip()}
    store.record(tx, ticket.id, supervisor.key, "hush", now, data)
    at = speak.voice(supervisor.language).when(until, desk.zone, now)
    facts = {"who": supervisor.name, "at": at, "reason": reason.strip()}
    say_in_topic(tx, ticket, Line("team.hushed", facts), now)
    outbox.show(tx, chats.SUPERVISORS, "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("hush.done", {"number": ticket.id, "at": at})


def hush_of(tx: Connection, ticket: Ticket, now: int) -> tuple[str, int, str] | None:
    """Who silenced the repeats, until when (UTC seconds) and why; None when nobody has, or it is over."""
    mine = (history.c.ticket == ticket.id) & (history.c.action == "hush")
    row = tx.execute(select(history).where(mine).order_by(history.c.id.desc()).limit(1)).first()
    if row is None or row.data["until"] <= now:
        return None
    name = directory.get(tx, int(row.actor.partition(":")[2])).name
    return name, row.data["until"], row.data["reason"]


def assign(tx: Connection, desk: Desk, ticket_id: int, chief: Person, engineer_id: int, now: int) -> Line:
    """A supervisor or the team's lead gives the ticket to somebody of the team who is on shift."""
    ticket = store.get(tx, ticket_id)
    authorize(chief, "assign", thing(ticket))
    engineer = directory.get(tx, engineer_id)
    authorize(engineer, "claim", thing(ticket))
    if not round_robin.is_there(desk, engineer, now):
        return Line("assign.away", {"engineer": engineer.first_name, "number": ticket.id}, alert=True)
    values = {"state": move(ticket, "assign").value, "assignee": engineer.id}
    ticket = store.change(tx, ticket, **values, claimed_at=ticket.claimed_at or now)
    operations.claimed(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, chief.key, "assign", now, {"engineer": engineer.id})
    tell(tx, ticket, now)
    move_up(tx, ticket.team, now)
    say_in_topic(tx, ticket, Line("team.assigned", {"engineer": engineer.name, "who": chief.name}), now)
    outbox.show(tx, chats.SUPERVISORS, "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("assign.done", {"engineer": engineer.first_name, "number": ticket.id})


def call_assignee(tx: Connection, ticket_id: int, supervisor: Person, now: int) -> Line:
    """Call the one who works on it - or the whole team when nobody does - by name, in the ticket's topic."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "call", thing(ticket))
    called = [directory.get(tx, ticket.assignee)] if ticket.assignee else directory.engineers(tx, ticket.team)
    store.record(tx, ticket.id, supervisor.key, "call", now, {"people": [person.id for person in called]})
    mentions = Markup(", ").join(person.mention for person in called)
    say_in_topic(
        tx,
        ticket,
        Line("team.called", {"mentions": mentions, "who": supervisor.name, "number": ticket.id}),
        now,
    )
    return Line("call.done", {"names": ", ".join(person.first_name for person in called)})
