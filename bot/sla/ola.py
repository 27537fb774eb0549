"""A team's OLA inside the SLA: the desk still answers for the ticket, so the team's targets must fit into what is left."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sla import clock as clocks
from bot.sla.calendar import BeyondCalendar, Calendar
from bot.sla.clock import ClockState, SlaClock

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Terms:
    """What a team commits to for one priority: business seconds of its own calendar; `reserve_s` of the SLA's."""

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
    """The team's targets at the hand-over, capped by what is left of the SLA less the reserve.

    A paused SLA has no due time and caps nothing. If the targets cannot fit, they are kept and escalated at once.
    """
    if sla is None or sla.state is not ClockState.RUNNING or sla.due_at is None:
        return Stint(terms.accept_s, terms.resolve_s, True)
    if _due(terms.calendar, at, terms.resolve_s) > sla.due_at:
        return Stint(terms.accept_s, terms.resolve_s, False)
    margin = clocks.left(sla, sla_calendar, at) - terms.reserve_s
    cap = _due(sla_calendar, at, margin) if margin > 0 else at
    # They fit before the due time itself; if the reserve takes all of them, the due time is the only cap.
    room = terms.calendar.spent(at, min(cap, sla.due_at)) or terms.resolve_s
    return Stint(min(terms.accept_s, room), min(terms.resolve_s, room), True)


def worst(terms: Terms, sla_calendar: Calendar, target_s: int) -> int | None:
    """An hour at which a ticket that is handed over when it is opened cannot be done in time.

    Checks each hour of four ordinary weeks; None when the team always can. Instants are UTC seconds.
    """
    begin = max(terms.calendar.begin, sla_calendar.begin) + 31 * DAY
    for at in range(begin, begin + 28 * DAY, 3600):
        due = _due(sla_calendar, at, target_s - terms.reserve_s) if target_s > terms.reserve_s else at
        if _due(terms.calendar, at, terms.resolve_s) > due:
            return at
    return None


def _due(calendar: Calendar, at: int, seconds: int) -> int:
    """When so much business time has passed; past the calendar's end, later than any due time."""
    try:
        return calendar.add(at, seconds)
    except BeyondCalendar:
        return 2**40
