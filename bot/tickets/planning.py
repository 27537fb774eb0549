"""An engineer's plans: another priority with its reason, a day the employee agreed to, tickets that belong together."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.storage.schema import history
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import absence, readers, store, ticket_timers
from bot.tickets.actions import (
    NoWords,
    close_topic,
    move_up,
    postponed,
    say_in_topic,
    team_chat,
    tell,
    thing,
)
from bot.tickets.clocks import days, operations, revised_eta
from bot.tickets.ticket import HELD, IN_WORK, State, Ticket, move

# No one works on these, though they have not ended.
_NOT_INTO = {State.RESOLVED: "merge.solved", State.APPROVAL: "merge.unapproved"}
# What settles a proposed day: it was agreed to or refused, or the ticket took another way.
_SETTLING = ("schedule", "disagree", "ask", "resolve", "transfer", "return", "release", "requeue")


def prioritize(work: Work, ticket_id: int, person: Person, priority: str, reason: str) -> Line:
    """Another priority, with the reason that the employee reads beside the new promise."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "prioritize", thing(ticket))
    if not reason.strip():
        raise NoWords
    known = work.config.desk.file.priority_matrix.priorities
    priority = work.config.desk.today(Section.PRIORITIES, priority)
    if priority not in known:
        return Line("priority.unknown", {"priority": priority[:40], "known": ", ".join(known)}, alert=True)
    move(ticket, "prioritize")
    before, promised = ticket.priority, revised_eta.given(work.tx, ticket)
    ticket = store.change(work.tx, ticket, priority=priority)
    operations.retargeted(work, ticket, work.now)
    moved = revised_eta.why(promised, revised_eta.given(work.tx, ticket), "why.priority", reason=reason)
    ticket = store.change(work.tx, ticket, **moved) if moved else ticket
    data = {"from": before, "to": priority, "reason": reason}
    store.record(work, ticket.id, person.key, "prioritize", data)
    tell(work, ticket, anew="promise" if moved else None)
    facts = {"who": person.name, "before": before, "after": priority, "reason": reason}
    say_in_topic(work, ticket, Line("team.prioritized", facts))
    return Line("priority.done", {"number": ticket.id, "priority": priority})


def propose_day(work: Work, ticket_id: int, person: Person, text: str) -> Line:
    """Ask the employee whether a later day suits them: before they say yes nothing is paused, and a day that they have
    agreed to holds. A time is read in the zone of `person`.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "schedule", thing(ticket))
    move(ticket, "schedule")
    zone = readers.zone_of_person(work.config.desk, person)
    at = days.moment(text, zone, work.now)
    if at is None:
        return Line("schedule.when", {"day": days.example(zone, work.now)}, alert=True)
    return propose_moment(work, ticket_id, person, at)


def propose_moment(work: Work, ticket_id: int, person: Person, at: int) -> Line:
    """The same for a moment that a button names, UTC seconds."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "schedule", thing(ticket))
    move(ticket, "schedule")
    zone = readers.zone_of_person(work.config.desk, person)
    if at <= work.now:
        return Line("schedule.past", {"day": days.example(zone, work.now)}, alert=True)
    voice = speak.voice(chats.language(work.tx, team_chat(work.tx, ticket)))
    last = operations.pause_ends(
        work.config.desk, operations.view(work.tx, ticket.id), "user_scheduled", work.now
    )
    if last is not None and at > last:
        facts = {"day": _date(voice, zone, at), "last": _date(voice, zone, last)}
        return Line("schedule.far", facts, alert=True)
    store.record(work, ticket.id, person.key, "propose", {"at": at})
    outbox.show(work, PersonChat(ticket.requester), "schedule", ticket.about, anew="proposed")
    tell(work, ticket)
    asked = "schedule.asked_again" if ticket.state is State.SCHEDULED else "schedule.asked"
    when = readers.typed_time(work.config.desk, voice, zone, at, work.now)
    return Line(asked, {"number": ticket.id, "when": when})


def proposed(tx: Connection, ticket: Ticket) -> int | None:
    """The day that waits for the employee's word (UTC seconds): the last one that was proposed, until it is settled."""
    mine = (history.c.ticket == ticket.id) & history.c.action.in_(("propose", *_SETTLING))
    row = tx.execute(select(history).where(mine).order_by(history.c.id.desc()).limit(1)).first()
    is_open = row is not None and row.action == "propose" and ticket.state in HELD
    return int(row.data["at"]) if row is not None and is_open else None


def agree(work: Work, ticket_id: int, employee: Person) -> Line:
    """The day suits the employee: the clocks that may stand still do, until then."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    day = proposed(work.tx, ticket)
    if day is None or day <= work.now:
        return Line("schedule.over", alert=True)
    if ticket.state in (State.WAITING, State.SCHEDULED):
        operations.resumed(work, ticket.id, work.now)
    postponed(work, ticket, day, employee.key)
    outbox.hide(work, employee.key, "schedule", ticket.about)
    return Line("schedule.agreed")


def disagree(work: Work, ticket_id: int, employee: Person) -> Line:
    """The day does not suit: what held before holds on, the engineer is notified."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    if proposed(work.tx, ticket) is None:
        return Line("schedule.over", alert=True)
    store.record(work, ticket.id, employee.key, "disagree")
    outbox.hide(work, employee.key, "schedule", ticket.about)
    tell(work, ticket)
    kept = ".kept" if ticket.state is State.SCHEDULED else ""
    say_in_topic(work, ticket, Line(f"team.disagreed{kept}", {"who": employee.first_name}))
    return Line(f"schedule.refused{kept}")


def link(work: Work, ticket_id: int, other: int, person: Person) -> Line:
    """Say that another ticket has to do with this one."""
    ticket, related = store.get(work.tx, ticket_id), store.peek(work.tx, other)
    authorize(person, "link", thing(ticket))
    if related.id == ticket.id:
        return Line("link.itself", alert=True)
    store.link(work, ticket.id, related.id, "related")
    store.record(work, ticket.id, person.key, "link", {"other": related.id})
    tell(work, ticket)
    tell(work, related)
    return Line("link.done", {"number": ticket.id, "other": related.id})


def merge(work: Work, ticket_id: int, into: int, person: Person) -> Line:
    """A duplicate: the work, the promise and the news go on in ticket `into`. Its person keeps reading along."""
    first, second = (
        (store.get(work.tx, number) for number in sorted({ticket_id, into}))
        if ticket_id != into
        else (None, None)
    )
    if first is None or second is None:
        return Line("link.itself", alert=True)
    ticket, main = (first, second) if first.id == ticket_id else (second, first)
    authorize(person, "merge", thing(ticket))
    if main.state not in IN_WORK:
        return Line(_NOT_INTO.get(main.state, "merge.ended"), {"other": main.id}, alert=True)
    values = {
        "state": move(ticket, "merge").value,
        "closed_at": work.now,
        "outcome": "merged",
        "question": None,
    }
    ticket = store.change(work.tx, ticket, **values)
    operations.cancelled(work, ticket.id, work.now)
    ticket_timers.call_off(work.tx, ticket)
    store.link(work, ticket.id, main.id, "duplicate")
    store.record(work, ticket.id, person.key, "merge", {"into": main.id})
    store.record(work, main.id, person.key, "merged_in", {"from": ticket.id})
    tell(work, ticket)
    tell(work, main)
    move_up(work, ticket.team)
    close_topic(work, ticket)
    return Line("merge.done", {"number": ticket.id, "other": main.id})


def woken(work: Work, ticket: Ticket) -> None:
    """The day has come: the clocks run on, the engineer - or the team - is notified."""
    operations.resumed(work, ticket.id, work.now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), "why.agreed")
    ticket = store.change(work.tx, ticket, state=move(ticket, "wake").value, wake_at=None, **moved)
    store.record(work, ticket.id, "timer", "wake")
    tell(work, ticket, anew="promise" if moved else None)
    say_in_topic(work, ticket, Line("team.woken"))
    absence.back_if_absent(work, ticket)


def _date(voice: Voice, zone: str, at: int) -> str:
    return voice.day(datetime.fromtimestamp(at, ZoneInfo(zone)).date(), year=True)
