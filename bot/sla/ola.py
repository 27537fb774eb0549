"""A team's hours inside the SLA: what is handed over is still owed, so the team's own promise fits into what is left."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sla import clock as clocks
from bot.sla.calendar import BeyondCalendar, Calendar
from bot.sla.clock import ClockState, SlaClock

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Terms:
    """What a team promises for one priority: business seconds of its own calendar; `reserve_s` of the SLA's."""

    calendar: Calendar
    accept_s: int
    resolve_s: int
    reserve_s: int


@dataclass(frozen=True, slots=True)
class Stint:
    """One stay of a ticket with a team, targets in business seconds of the team's calendar.

    `fits` is False when the team, working by its own calendar, cannot be done before the SLA is due.
    """

    accept_s: int
    resolve_s: int
    fits: bool


def stint(terms: Terms, sla: SlaClock | None, sla_calendar: Calendar, at: int) -> Stint:
    """The team's targets at hand-over, capped by what is left of the SLA less the reserve (sla.md 0, decision 7).

    A paused SLA has no due and caps nothing. What cannot fit keeps the team's own targets: it is escalated at once.
    """
    if sla is None or sla.state is not ClockState.RUNNING or sla.due_at is None:
        return Stint(terms.accept_s, terms.resolve_s, True)
    if _due(terms.calendar, at, terms.resolve_s) > sla.due_at:
        return Stint(terms.accept_s, terms.resolve_s, False)
    margin = clocks.left(sla, sla_calendar, at) - terms.reserve_s
    cap = _due(sla_calendar, at, margin) if margin > 0 else at
    # Own hours fit before the due itself; the reserve may take all of them, and then the due is what is left to hold.
    room = terms.calendar.spent(at, min(cap, sla.due_at)) or terms.resolve_s
    return Stint(min(terms.accept_s, room), min(terms.resolve_s, room), True)


def worst(terms: Terms, sla_calendar: Calendar, target_s: int) -> int | None:
    """A moment of an ordinary month at which a ticket, handed over when it is opened, cannot be done in time.

    Looked at hour by hour through four weeks; None when the team always can. Instants are UTC seconds.
    """
    begin = max(terms.calendar.begin, sla_calendar.begin) + 31 * DAY
    for at in range(begin, begin + 28 * DAY, 3600):
        due = _due(sla_calendar, at, target_s - terms.reserve_s) if target_s > terms.reserve_s else at
        if _due(terms.calendar, at, terms.resolve_s) > due:
            return at
    return None


def _due(calendar: Calendar, at: int, seconds: int) -> int:
    """When so much business time has passed; past the calendar's end is later than any due."""
    try:
        return calendar.add(at, seconds)
    except BeyondCalendar:
        return 2**40
