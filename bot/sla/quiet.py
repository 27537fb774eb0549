"""Quiet hours: when alerts wait. They never affect a clock."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.sla import zones
from bot.sla.calendar import Calendar
from bot.sla.windows import DAY_MINUTES, Window

FARTHEST = 40  # days without any working day: longer than every holiday


def quiet_until(window: Window, calendar: Calendar, at: int, reader: str | None = None) -> int | None:
    """The end of the quiet hours at `at` (UTC seconds), or None outside them.

    It is quiet inside the window, by the wall clock of the reader's zone (the calendar's where none is given), and on
    days without a working window; it ends at the window's close on the next working day.
    """
    zone = calendar.zone if reader is None else ZoneInfo(reader)
    wall = zones.local(at, zone)
    works = bool(calendar.spec.plan(wall.date()))
    if works and not _inside(window, wall.hour * 60 + wall.minute):
        return None
    for days in range(FARTHEST):
        day = wall.date() + timedelta(days=days)
        morning = zones.instant(day, window[1] % DAY_MINUTES, zone)
        if morning > at and calendar.spec.plan(day):
            return morning
    return None


def _inside(window: Window, minute: int) -> bool:
    opening, closing = window
    return opening <= minute < closing or opening <= minute + DAY_MINUTES < closing
