"""Proposes a year of the Russian production calendar for a human to review: `python -m bot.sla.proposal 2028`.

The Labour Code's part (art. 95 and 112) can be computed. The two January days and everything else the government
moves are in a decree of that year: these lines have to be added by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

SHORT = 60  # minutes that the eve of a public holiday loses
JANUARY = tuple((1, day) for day in range(1, 9))  # days off that a decree moves when they fall on a weekend
OTHERS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
DAY = timedelta(days=1)


def proposed(year: int) -> Mapping[date, str]:
    """What differs from Monday to Friday by law alone, in order: "off" or "{short: 60}"."""
    holidays = {date(year, month, day) for month, day in JANUARY + OTHERS}
    off = set(holidays)
    for holiday in sorted(date(year, month, day) for month, day in OTHERS):
        if holiday.weekday() > 4:
            off.add(_next_working_day(holiday, off))
    days = {day: '"off"' for day in off if day.weekday() < 5}
    for holiday in holidays | {date(year + 1, 1, 1)}:
        eve = holiday - DAY
        if eve.year == year and eve.weekday() < 5 and eve not in off:
            days[eve] = f"{{short: {SHORT}}}"
    return dict(sorted(days.items()))


def lines(year: int) -> Iterator[str]:
    """The year in the form of ru_days.yaml, with the remaining tasks."""
    yield f"# {year} by law alone. Add the days that the decree moves (a working Saturday: {{like: mon, short: 60}}) and check"
    yield f"# the sums: {working_days(year)} working days so far. Then extend covers in desk.yaml."
    yield f"{year}:"
    for day, entry in proposed(year).items():
        yield f"  {day}: {entry}"


def working_days(year: int) -> int:
    """The number of working days by law alone, before any decree."""
    first, days = date(year, 1, 1), proposed(year)
    all_days = [first + DAY * number for number in range((date(year + 1, 1, 1) - first).days)]
    return sum(day.weekday() < 5 and days.get(day) != '"off"' for day in all_days)


def _next_working_day(day: date, off: set[date]) -> date:
    while day.weekday() > 4 or day in off:
        day += DAY
    return day


if __name__ == "__main__":
    print("\n".join(lines(int(sys.argv[1]))))
