"""What is usual: how many people an hour of the week has, of everything and of one key. Hours are UTC hours since 1970.

Most keys are rare, so an hour of a key is estimated from two sides: from its own count in the same hour of former weeks,
and from the share of all signals that the key has. A day counts as the kind of day it is: the first working day after a
holiday is a Monday, a holiday is a Sunday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.problems.detection.days import DAY, MONDAY, DayKinds

HOUR = 3600
WEEK = 168  # hours
WEEKS = 8  # that are looked back on
LIKE = 2.0  # days that the other days of the same class are worth in the level of an hour
KNOWN_HOUR = 0.5  # days that the other hours are worth, for an hour of the day never counted
SHARED = 8.0  # hours that the share of all signals is worth at most in an hour of one key
ORDINARY_HOUR = 5.0  # signals by which the level of today is held near the usual one
LIVELIEST = 2.5  # times the usual: more signals of all kinds than that are no busy day


@dataclass(frozen=True)
class Rhythm:
    """How many signals the 168 hours of the week have had, and how often each was counted.

    `first` is the hour at which counting began, `all` the signals since. `spent` is empty where it was not kept: then each
    hour was counted once a week.
    """

    first: int
    counts: Sequence[float]
    days: DayKinds = field(default_factory=DayKinds)
    spent: Sequence[float] = ()

    def weeks(self, hour: int) -> float:
        """Weeks counted until this hour, at most those that are looked back on."""
        return min(max(0.0, (hour - self.first) / WEEK), WEEKS)

    def slot(self, hour: int) -> int:
        """The place of an hour in the week of the desk, Monday's first hour being 0."""
        day, time = self.days.local(hour)
        return self.days.kind(day) * DAY + time

    def level(self, hour: int) -> float:
        """How many signals of all kinds come in this hour."""
        slot = self.slot(hour)
        known = self._levels.get(slot)
        if known is None:
            known = self._levels[slot] = self._level(slot)
        return known

    def known(self, hour: int) -> float:
        """Signals of the weeks that are looked back on."""
        weeks = max((hour - self.first) / WEEK, 1e-9)
        return self.total * min(1.0, WEEKS / weeks)

    def is_first_of_its_kind(self, hour: int) -> bool:
        """Whether no such day was counted before: the first day of all, or the first one after a break. Other working days
        are like each other."""
        day, _ = self.days.local(hour)
        alone = self.days.kind(day) == MONDAY or hour - self.first < DAY
        return alone and not self.former(hour)

    def former(self, hour: int) -> list[int]:
        """The same hour of former days of this kind, the latest first, as far as it was counted."""
        known = self._formers.get(hour)
        if known is None:
            day, _ = self.days.local(hour)
            oldest = max(self.first, hour - WEEK * WEEKS)
            same = (hour - DAY * (day - one) for one in self.days.before(day, WEEK * WEEKS // DAY))
            known = self._formers[hour] = [one for one in same if one >= oldest]
        return known

    def wanted(self, hour: int) -> list[int]:
        """The hours whose counts are needed to judge this one."""
        return [one + beside for one in self.former(hour) for beside in (-1, 0, 1)]

    @cached_property
    def total(self) -> float:
        return sum(self.counts)

    @cached_property
    def _levels(self) -> dict[int, float]:
        return {}

    @cached_property
    def _formers(self) -> dict[int, list[int]]:
        return {}

    def _level(self, slot: int) -> float:
        day, time = divmod(slot, DAY)
        alike = [DAY * one + time for one in (range(5) if day < 5 else range(5, 7))]
        often = sum(self._spent[one] for one in alike)
        all_days = self.total / max(1.0, sum(self._spent))
        usual = (sum(self.counts[one] for one in alike) + KNOWN_HOUR * all_days) / (often + KNOWN_HOUR)
        return (self.counts[slot] + LIKE * usual) / (self._spent[slot] + LIKE)

    @cached_property
    def _spent(self) -> Sequence[float]:
        return self.spent if self.spent else [1.0] * WEEK


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one key: people in all hours that are looked back on, and in single hours."""

    total: float
    hours: Mapping[int, float]

    def same(self, rhythm: Rhythm, hour: int) -> list[float]:
        """People in the same hour of former days of the same kind, the latest first."""
        return [self.hours.get(one, 0) for one in rhythm.former(hour)]

    def peaks(self, rhythm: Rhythm, hour: int) -> list[float]:
        """The most people in that hour or one beside it, of each former day of the same kind, ascending."""
        there = self.hours.get
        former = rhythm.former(hour)
        return sorted(max(there(one, 0), there(one - 1, 0), there(one + 1, 0)) for one in former)
