"""Where the open tickets stand this morning: overdue, due today, unclaimed, waiting for long."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.sla.clock import ClockState
from bot.sla.policy import Desk
from bot.storage.schema import clocks, segments, tickets
from bot.tickets.ticket import IN_WORK, UNCLAIMED


@dataclass(frozen=True, slots=True)
class DueToday:
    """Numbers of tickets, the nearest deadline first."""

    overdue: tuple[int, ...]
    due_today: tuple[int, ...]
    unclaimed: tuple[int, ...]
    long_paused: tuple[int, ...]


def standing(tx: Connection, desk: Desk, now: int, midnight: int) -> DueToday:
    """The tickets in work now; `midnight` ends the day. UTC seconds."""
    promise = (clocks.c.ticket == tickets.c.id) & (clocks.c.kind == "resolution") & (clocks.c.scope == "")
    in_work = tickets.c.state.in_([state.value for state in IN_WORK])
    running = select(tickets.c.id, clocks.c.due_at).join(clocks, promise).where(in_work)
    running = running.where((clocks.c.state == ClockState.RUNNING.value) & (clocks.c.due_at < midnight))
    due = tx.execute(running.order_by(clocks.c.due_at, tickets.c.id)).all()
    new = tickets.c.state.in_([state.value for state in UNCLAIMED])
    unclaimed = tx.scalars(select(tickets.c.id).where(new).order_by(tickets.c.id)).all()
    since = func.max(segments.c.ended_at)
    paused = select(tickets.c.id, clocks.c.calendar, since).join(clocks, promise)
    paused = paused.join(segments, segments.c.clock == clocks.c.id).where(in_work)
    paused = paused.where(clocks.c.state == ClockState.PAUSED.value)
    waiting = tx.execute(paused.group_by(tickets.c.id, clocks.c.calendar).order_by(tickets.c.id)).all()
    calendars = [(number, desk.calendar(calendar), at) for number, calendar, at in waiting if at is not None]
    return DueToday(
        tuple(number for number, at in due if at <= now),
        tuple(number for number, at in due if at > now),
        tuple(unclaimed),
        tuple(number for number, calendar, at in calendars if calendar.spent(at, now) > calendar.day_s),
    )
