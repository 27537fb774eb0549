"""An engineer's plans: another priority with its reason, a day the employee agreed to, tickets that belong together."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import absence, store, ticket_timers
from bot.tickets.actions import NoWords, close_topic, move_up, say_in_topic, tell, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import IN_WORK, State, Ticket, move

_DAY = re.compile(
    r"(?:(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?|(\d{4})-(\d{2})-(\d{2})|\+(\d{1,2}))(?:\s+(\d{1,2}):(\d{2}))?"
)
# Nobody works on these, though they have not ended.
_NOT_INTO = {State.RESOLVED: "merge.solved", State.APPROVAL: "merge.unapproved"}
FIRST_HOUR = 9  # of a day that was named without an hour


def prioritize(
    tx: Connection, desk: Desk, ticket_id: int, person: Person, priority: str, reason: str, now: int
) -> Line:
    """Another priority, with the reason that the employee reads beside the new promise."""
    ticket = store.get(tx, ticket_id)
    authorize(person, "prioritize", thing(ticket))
    if not reason.strip():
        raise NoWords
    if priority not in desk.file.priority_matrix.priorities:
        return Line("priority.unknown", alert=True)
    move(ticket, "prioritize")
    before, promised = ticket.priority, revised_eta.given(tx, ticket)
    ticket = store.change(tx, ticket, priority=priority)
    operations.retargeted(tx, desk, ticket, now)
    moved = revised_eta.why(promised, revised_eta.given(tx, ticket), "why.priority", reason=reason)
    ticket = store.change(tx, ticket, **moved) if moved else ticket
    data = {"from": before, "to": priority, "reason": reason}
    store.record(tx, ticket.id, person.key, "prioritize", now, data)
    tell(tx, ticket, now, anew="promise" if moved else None)
    facts = {"who": person.name, "before": before, "after": priority, "reason": reason}
    say_in_topic(tx, ticket, Line("team.prioritized", facts), now)
    return Line("priority.done", {"number": ticket.id, "priority": priority})


def propose_day(tx: Connection, desk: Desk, ticket_id: int, person: Person, text: str, now: int) -> Line:
    """Ask the employee whether a later day suits them: nothing stands still before they say yes."""
    ticket = store.get(tx, ticket_id)
    authorize(person, "schedule", thing(ticket))
    move(ticket, "schedule")
    at = moment(text, desk.zone, now)
    if at is None or at <= now:
        return Line("schedule.when", alert=True)
    ticket = store.change(tx, ticket, wake_at=at)
    store.record(tx, ticket.id, person.key, "propose", now, {"at": at})
    outbox.show(tx, f"person:{ticket.requester}", "schedule", ticket.about, now, anew="proposed")
    tell(tx, ticket, now)
    return Line("schedule.asked", {"number": ticket.id})


def agree(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Line:
    """The day suits the employee: the clocks that may stand still do, until then."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    if ticket.wake_at is None or ticket.wake_at <= now:
        return Line("schedule.over", alert=True)
    values = {"question": None, "promise": revised_eta.given(tx, ticket)}
    ticket = store.change(tx, ticket, state=move(ticket, "schedule").value, **values)
    operations.paused(tx, desk, ticket.id, "user_scheduled", now)
    store.record(tx, ticket.id, employee.key, "schedule", now, {"at": ticket.wake_at})
    assert ticket.wake_at is not None
    ticket_timers.wake(tx, ticket, ticket.wake_at)
    outbox.hide(tx, employee.key, "schedule", ticket.about, now)
    tell(tx, ticket, now)
    return Line("schedule.agreed")


def disagree(tx: Connection, ticket_id: int, employee: Person, now: int) -> Line:
    """The day does not suit: work goes on, the engineer is told."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    if ticket.wake_at is None or ticket.state is State.SCHEDULED:
        return Line("schedule.over", alert=True)
    ticket = store.change(tx, ticket, wake_at=None)
    store.record(tx, ticket.id, employee.key, "disagree", now)
    outbox.hide(tx, employee.key, "schedule", ticket.about, now)
    tell(tx, ticket, now)
    say_in_topic(tx, ticket, Line("team.disagreed", {"who": employee.first_name}), now)
    return Line("schedule.refused")


def link(tx: Connection, ticket_id: int, other: int, person: Person, now: int) -> Line:
    """Say that another ticket has to do with this one."""
    ticket, related = store.get(tx, ticket_id), store.peek(tx, other)
    authorize(person, "link", thing(ticket))
    if related.id == ticket.id:
        return Line("link.itself", alert=True)
    store.link(tx, ticket.id, related.id, "related", now)
    store.record(tx, ticket.id, person.key, "link", now, {"other": related.id})
    tell(tx, ticket, now)
    tell(tx, related, now)
    return Line("link.done", {"number": ticket.id, "other": related.id})


def merge(tx: Connection, desk: Desk, ticket_id: int, into: int, person: Person, now: int) -> Line:
    """A duplicate: the work, the promise and the news go on in ticket `into`. Its person keeps reading along."""
    first, second = (
        (store.get(tx, number) for number in sorted({ticket_id, into})) if ticket_id != into else (None, None)
    )
    if first is None or second is None:
        return Line("link.itself", alert=True)
    ticket, main = (first, second) if first.id == ticket_id else (second, first)
    authorize(person, "merge", thing(ticket))
    if main.state not in IN_WORK:
        return Line(_NOT_INTO.get(main.state, "merge.ended"), {"other": main.id}, alert=True)
    values = {"state": move(ticket, "merge").value, "closed_at": now, "outcome": "merged", "question": None}
    ticket = store.change(tx, ticket, **values)
    operations.cancelled(tx, desk, ticket.id, now)
    ticket_timers.call_off(tx, ticket)
    store.link(tx, ticket.id, main.id, "duplicate", now)
    store.record(tx, ticket.id, person.key, "merge", now, {"into": main.id})
    store.record(tx, main.id, person.key, "merged_in", now, {"from": ticket.id})
    tell(tx, ticket, now)
    tell(tx, main, now)
    move_up(tx, ticket.team, now)
    close_topic(tx, ticket, now)
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


def woken(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> None:
    """The day has come: the clocks run on, the engineer - or the team - is told."""
    operations.resumed(tx, desk, ticket.id, now)
    moved = revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.agreed")
    ticket = store.change(tx, ticket, state=move(ticket, "wake").value, wake_at=None, **moved)
    store.record(tx, ticket.id, "timer", "wake", now)
    tell(tx, ticket, now, anew="promise" if moved else None)
    say_in_topic(tx, ticket, Line("team.woken"), now)
    absence.back_if_absent(tx, desk, ticket, now)
