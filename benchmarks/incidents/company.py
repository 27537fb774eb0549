"""The company: two thousand people of very unequal activity, six sites with floors, and the hours they work."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

PEOPLE = 2000
ROBOTS = 3  # accounts of monitoring, numbered after the people
ZONE = ZoneInfo("Europe/Moscow")
# Share of the people, and floors.
SITES = {
    "head_office": (0.36, 7),
    "north": (0.24, 5),
    "plant": (0.16, 3),
    "warehouse": (0.12, 2),
    "south": (0.08, 3),
    "shop": (0.04, 1),
}
SITE_KNOWN, FLOOR_KNOWN = 0.9, 0.8  # the second of those whose site is known
AT_NIGHT = ("plant", "warehouse")  # these work in shifts
# Contacts from midnight on, by the hour of a working day: two peaks, a dip at lunch, quiet nights.
HOURS = (3, 2, 2, 2, 2, 4, 8, 30, 90, 160, 155, 125, 80, 62, 105, 108, 88, 60, 26, 12, 8, 6, 4, 3)
IDLE_HOURS = (3, 2, 2, 2, 2, 3, 4, 6, 8, 10, 12, 12, 10, 10, 10, 10, 9, 8, 7, 6, 6, 5, 4, 3)
WEEKDAYS = (1.22, 1.06, 1.0, 0.96, 0.82)
FREE = 0.045  # of a working day's contacts on a day without work
NOT_WORKED = tuple(date(2026, *day) for day in ((2, 23), (3, 9), (5, 1), (5, 11), (6, 12)))


@dataclass(frozen=True, slots=True)
class Member:
    """A person who may ask for support; the desk may not know where they are."""

    id: int
    site: str
    floor: int
    activity: float
    says_site: bool
    says_floor: bool


@dataclass(frozen=True)
class Staff:
    """Everybody, and a way to draw one by activity."""

    members: tuple[Member, ...]

    @cached_property
    def _upto(self) -> list[float]:
        return list(accumulate(each.activity for each in self.members))

    def one(self, dice: Random) -> Member:
        return self.members[bisect(self._upto, dice.random() * self._upto[-1])]

    def some(self, dice: Random, count: int) -> list[Member]:
        """Distinct people, the active ones first to be drawn; all, where there are not so many."""
        keys = [(dice.random() ** (1 / each.activity), each.id, each) for each in self.members]
        return [each for _, _, each in sorted(keys, reverse=True)[:count]]

    def at(self, site: str, floor: int | None = None) -> Staff:
        return Staff(
            tuple(each for each in self.members if each.site == site and floor in (None, each.floor))
        )

    def on_shift(self) -> Staff:
        """A third of those who work in shifts."""
        return Staff(tuple(each for each in self.members if each.site in AT_NIGHT and each.id % 3 == 0))


def hired(dice: Random) -> Staff:
    names, shares = list(SITES), [share for share, _ in SITES.values()]
    members = []
    for number in range(1, PEOPLE + 1):
        site = dice.choices(names, shares)[0]
        activity = min(12.0, dice.lognormvariate(0, 0.9))
        says_site = dice.random() < SITE_KNOWN
        says_floor = says_site and dice.random() < FLOOR_KNOWN
        floor = dice.randint(1, SITES[site][1])
        members.append(Member(number, site, floor, activity, says_site, says_floor))
    return Staff(tuple(members))


@dataclass(frozen=True)
class Almanac:
    """Twelve weeks from a Monday on."""

    first: date
    days: int

    @cached_property
    def holidays(self) -> tuple[date, ...]:
        return tuple(day for day in NOT_WORKED if self.first <= day < self.first + timedelta(self.days))

    def all(self) -> list[date]:
        return [self.first + timedelta(number) for number in range(self.days)]

    def is_worked(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def week(self, number: int) -> list[date]:
        """The worked days of a week, the first of them with the peak of a Monday."""
        return [day for day in self.all()[7 * number : 7 * number + 7] if self.is_worked(day)]

    def load(self, day: date) -> float:
        """Contacts of a day as a multiple of an average working day."""
        if not self.is_worked(day):
            return FREE
        return WEEKDAYS[0] if day == self._first_worked(day) else WEEKDAYS[max(1, day.weekday())]

    def _first_worked(self, day: date) -> date:
        return self.week((day - self.first).days // 7)[0]


def moment(day: date, hours: float) -> datetime:
    """Hours after midnight in the company's zone, as UTC in whole seconds; 26.5 is half past two of the next night."""
    midnight = datetime.combine(day, time(), ZONE).astimezone(UTC)
    return midnight + timedelta(seconds=int(hours * 3600))
