"""What a supervisor does: take control of a ticket, give it to someone, call the person who works on it."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import select

from bot.config.config import Work
from bot.keys import SUPERVISORS, PersonChat
from bot.people import directory
from bot.people.access import allows, authorize
from bot.people.directory import Person
from bot.storage.schema import history
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import round_robin, store
from bot.tickets.actions import NoWords, move_up, refresh_desk, say_in_topic, tell, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import IN_WORK, Impossible, Ticket, move

HUSHES = (30, 60, 120, 240)  # business minutes without repeats


def take_control(work: Work, ticket_id: int, supervisor: Person) -> Line:
    """A supervisor has seen the alert and watches this ticket now. The clock runs on."""
    ticket = store.get(work.tx, ticket_id)
    authorize(supervisor, "take_control", thing(ticket))
    ticket = store.change(work.tx, ticket, watcher=supervisor.id)
    until = operations.acknowledged(work, ticket.id, work.now)
    store.record(work, ticket.id, supervisor.key, "take_control")
    tell(work, ticket)
    outbox.show(work, SUPERVISORS, "alert", ticket.about, priority=outbox.ALARM)
    if until <= work.now:
        return Line("control.watched", {"number": ticket.id})
    at = speak.voice(supervisor.language).when(until, work.config.desk.zone, work.now)
    return Line("control.taken", {"number": ticket.id, "at": at})


def hush(work: Work, ticket_id: int, supervisor: Person, minutes: int, reason: str) -> Line:
    """No repeats about this ticket for so much business time, with the reason. The clock runs on.

    Raises NoWords and Impossible.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(supervisor, "hush", thing(ticket))
    if not reason.strip():
        raise NoWords
    if ticket.state not in IN_WORK:
        raise Impossible("hush", ticket.state, ticket.id)
    until = operations.silenced(work, ticket.id, minutes * 60, work.now)
    data = {"until": until, "reason": reason.strip()}
    store.record(work, ticket.id, supervisor.key, "hush", data)
    at = speak.voice(supervisor.language).when(until, work.config.desk.zone, work.now)
    facts = {"who": supervisor.name, "at": at, "reason": reason.strip()}
    say_in_topic(work, ticket, Line("team.hushed", facts))
    outbox.show(work, SUPERVISORS, "alert", ticket.about, priority=outbox.ALARM)
    return Line("hush.done", {"number": ticket.id, "at": at})


def hush_of(work: Work, ticket: Ticket) -> tuple[str, int, str] | None:
    """Who silenced the repeats, until when (UTC seconds) and why; None when no one has, or it is over."""
    mine = (history.c.ticket == ticket.id) & (history.c.action == "hush")
    row = work.tx.execute(select(history).where(mine).order_by(history.c.id.desc()).limit(1)).first()
    if row is None or row.data["until"] <= work.now:
        return None
    name = directory.get(work.tx, PersonChat.read(row.actor).number).name
    return name, row.data["until"], row.data["reason"]


def assign(work: Work, ticket_id: int, chief: Person, engineer_id: int) -> Line:
    """A supervisor or the team's lead gives the ticket to someone of the team who is on shift."""
    ticket = store.get(work.tx, ticket_id)
    authorize(chief, "assign", thing(ticket))
    engineer = directory.get(work.tx, engineer_id)
    facts = {"engineer": engineer.first_name, "number": ticket.id}
    if not allows(engineer, "claim", thing(ticket)):
        return Line("assign.not_theirs", facts, alert=True)
    if not round_robin.is_there(work.config.desk, engineer, work.now):
        return Line("assign.away", facts, alert=True)
    former = ticket.assignee
    values = {"state": move(ticket, "assign").value, "assignee": engineer.id}
    ticket = store.change(work.tx, ticket, **values, claimed_at=ticket.claimed_at or work.now)
    operations.claimed(work, ticket.id, work.now)
    store.record(work, ticket.id, chief.key, "assign", {"engineer": engineer.id})
    tell(work, ticket)
    move_up(work, ticket.team)
    say_in_topic(work, ticket, Line("team.assigned", {"engineer": engineer.name, "who": chief.name}))
    outbox.show(work, SUPERVISORS, "alert", ticket.about, priority=outbox.ALARM)
    _call_both(work, ticket, chief, former)
    return Line("assign.done", facts)


def _call_both(work: Work, ticket: Ticket, chief: Person, former: int | None) -> None:
    """A change of owner by another one's press is heard by both owners, each in private."""
    told = {"number": ticket.id, "summary": ticket.summary, "who": chief.name}
    owners = (("desk.got", ticket.assignee), ("desk.gone", former))
    for key, person in owners:
        if person is None or person == chief.id or (key == "desk.gone" and person == ticket.assignee):
            continue
        refresh_desk(work, person)
        if chats.reachable(work.tx, PersonChat(person)):
            outbox.line(work, PersonChat(person), key, told)


def call_assignee(work: Work, ticket_id: int, supervisor: Person) -> Line:
    """Call the one who works on it - or the whole team when no one does - by name, in the ticket's topic."""
    ticket = store.get(work.tx, ticket_id)
    authorize(supervisor, "call", thing(ticket))
    called = (
        [directory.get(work.tx, ticket.assignee)]
        if ticket.assignee
        else directory.engineers(work.tx, ticket.team)
    )
    store.record(work, ticket.id, supervisor.key, "call", {"people": [person.id for person in called]})
    mentions = Markup(", ").join(person.mention for person in called)
    say_in_topic(
        work, ticket, Line("team.called", {"mentions": mentions, "who": supervisor.name, "number": ticket.id})
    )
    return Line("call.done", {"names": ", ".join(person.first_name for person in called)})
