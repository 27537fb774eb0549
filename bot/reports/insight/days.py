"""Periods of whole days in the desk's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.reports.insight.figures import PeriodOf
from bot.sla.policy import Desk


def period_of(
    desk: Desk, first: date, last: date, teams: tuple[str, ...] = (), calendar: str = ""
) -> PeriodOf:
    """From the first midnight to that after the last day; `calendar` is the one for the resolve time."""
    zone = ZoneInfo(desk.zone)
    edges = (first, last + timedelta(days=1))
    start, stop = (int(datetime.combine(day, time.min, zone).timestamp()) for day in edges)
    return PeriodOf(
        first.isoformat(), last.isoformat(), start, stop, desk.zone, calendar or desk.usual.name, teams
    )


def last_days(desk: Desk, days: int, now: int) -> PeriodOf:
    """So many days until the day of an instant (UTC seconds), included."""
    last = desk.usual.local(now).date()
    return period_of(desk, last - timedelta(days=days - 1), last)
