"""An engineer's plans: another priority with its reason, a day the employee agreed to, tickets that belong together."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import absence, store, ticket_timers
from bot.tickets.actions import NoWords, close_topic, move_up, say_in_topic, tell, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import IN_WORK, State, Ticket, move

_DAY = re.compile(
    r"(?:(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?|(\d{4})-(\d{2})-(\d{2})|\+(\d{1,2}))(?:\s+(\d{1,2}):(\d{2}))?"
)
# No one works on these, though they have not ended.
_NOT_INTO = {State.RESOLVED: "merge.solved", State.APPROVAL: "merge.unapproved"}
FIRST_HOUR = 9  # of a day that was named without an hour


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
    """Ask the employee whether a later day suits them: nothing is paused before they say yes."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "schedule", thing(ticket))
    move(ticket, "schedule")
    at = moment(text, work.config.desk.zone, work.now)
    if at is None or at <= work.now:
        return Line("schedule.when" if at is None else "schedule.past", alert=True)
    ticket = store.change(work.tx, ticket, wake_at=at)
    store.record(work, ticket.id, person.key, "propose", {"at": at})
    outbox.show(work, PersonChat(ticket.requester), "schedule", ticket.about, anew="proposed")
    tell(work, ticket)
    return Line("schedule.asked", {"number": ticket.id})


def agree(work: Work, ticket_id: int, employee: Person) -> Line:
    """The day suits the employee: the clocks that may stand still do, until then."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    if ticket.wake_at is None or ticket.wake_at <= work.now:
        return Line("schedule.over", alert=True)
    values = {"question": None, "promise": revised_eta.given(work.tx, ticket)}
    ticket = store.change(work.tx, ticket, state=move(ticket, "schedule").value, **values)
    operations.paused(work, ticket.id, "user_scheduled", work.now)
    store.record(work, ticket.id, employee.key, "schedule", {"at": ticket.wake_at})
    assert ticket.wake_at is not None
    ticket_timers.wake(work.tx, ticket, ticket.wake_at)
    outbox.hide(work, employee.key, "schedule", ticket.about)
    tell(work, ticket)
    return Line("schedule.agreed")


def disagree(work: Work, ticket_id: int, employee: Person) -> Line:
    """The day does not suit: work goes on, the engineer is notified."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    if ticket.wake_at is None or ticket.state is State.SCHEDULED:
        return Line("schedule.over", alert=True)
    ticket = store.change(work.tx, ticket, wake_at=None)
    store.record(work, ticket.id, employee.key, "disagree")
    outbox.hide(work, employee.key, "schedule", ticket.about)
    tell(work, ticket)
    say_in_topic(work, ticket, Line("team.disagreed", {"who": employee.first_name}))
    return Line("schedule.refused")


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


def moment(text: str, zone: str, now: int) -> int | None:
    """The instant that "25.11", "25.11.2026 14:00", "2026-11-25" or "+3" (days) names in `zone`; None for anything else."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year, iso_year, iso_month, iso_day, days, hour, minute = found.groups()
    today = datetime.fromtimestamp(now, ZoneInfo(zone))
    try:
        if days:
            date = today + timedelta(days=int(days))
        elif iso_year:
            date = today.replace(int(iso_year), int(iso_month), int(iso_day))
        else:
            date = today.replace(int(year or today.year), int(month), int(day))
            if not year and date.date() < today.date():
                date = date.replace(year=date.year + 1)
        exact = date.replace(hour=int(hour or FIRST_HOUR), minute=int(minute or 0), second=0, microsecond=0)
    except ValueError:
        return None
    return int(exact.timestamp())


def woken(work: Work, ticket: Ticket) -> None:
    """The day has come: the clocks run on, the engineer - or the team - is notified."""
    operations.resumed(work, ticket.id, work.now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), "why.agreed")
    ticket = store.change(work.tx, ticket, state=move(ticket, "wake").value, wake_at=None, **moved)
    store.record(work, ticket.id, "timer", "wake")
    tell(work, ticket, anew="promise" if moved else None)
    say_in_topic(work, ticket, Line("team.woken"))
    absence.back_if_absent(work, ticket)
