"""What is usual: how many people an hour of the week has, of everything and of one key. Hours are UTC hours since 1970.

Most keys are rare, so an hour of a key is estimated from two sides: from its own count in the same hour of former weeks,
and from its total by the share that this hour has of all signals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

HOUR = 3600
WEEK = 168  # hours
DAY = 24
WEEKS = 8  # that are looked back on
MONDAY = 96  # the first Monday of 1970 began at this hour
LIKE = 2.0  # weeks that the other days of the same class are worth in an hour's share
FLAT = 0.02  # of all signals are spread over the week, so that no hour is impossible
SHARED = 8.0  # weeks that the share of all signals is worth in an hour of one key


@dataclass(frozen=True)
class Rhythm:
    """How many signals each of the 168 hours of the week has had. `first` is the hour at which counting began, `shift` the
    hours that the desk's zone is ahead of UTC."""

    first: int
    counts: Sequence[float]
    shift: int = 0

    def weeks(self, hour: int) -> float:
        """Weeks counted until this hour, at most those that are looked back on."""
        return min(max(0.0, (hour - self.first) / WEEK), WEEKS)

    def slot(self, hour: int) -> int:
        """The place of an hour in the week of the desk, Monday's first hour being 0."""
        return (hour + self.shift - MONDAY) % WEEK

    def share(self, hour: int) -> float:
        """The part of a week's signals that comes in this hour."""
        known = self._shares.get(hour)
        if known is None:
            known = self._shares[hour] = self._share(hour)
        return known

    @cached_property
    def _total(self) -> float:
        return sum(self.counts)

    @cached_property
    def _shares(self) -> dict[int, float]:
        return {}

    def _share(self, hour: int) -> float:
        total = self._total
        if not total:
            return 1 / WEEK
        slot, weeks = self.slot(hour), self.weeks(hour)
        day, time = divmod(slot, DAY)
        days = range(5) if day < 5 else range(5, 7)
        like = sum(self.counts[DAY * one + time] for one in days) / len(days)
        lent = LIKE / weeks if weeks >= 1 else 0.0
        here = (self.counts[slot] + lent * like) / (1 + lent) if weeks >= 1 else like
        return (here + FLAT * total / WEEK) / (total * (1 + FLAT))


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one key: people in all hours that are looked back on, and in single hours."""

    total: float
    hours: Mapping[int, float]

    def same(self, rhythm: Rhythm, hour: int) -> list[float]:
        """People in the same hour of former weeks, the latest week first."""
        there = self.hours.get
        return [there(hour - WEEK * week, 0) for week in former(rhythm, hour)]

    def peaks(self, rhythm: Rhythm, hour: int) -> list[float]:
        """The most people in that hour or one beside it, of each former week, ascending."""
        there = self.hours.get
        return sorted(
            max(there(before, 0), there(before - 1, 0), there(before + 1, 0))
            for before in (hour - WEEK * week for week in former(rhythm, hour))
        )


def former(rhythm: Rhythm, hour: int) -> range:
    """The weeks, counted back, in which this hour was counted."""
    return range(1, 1 + min(WEEKS, max(0, (hour - rhythm.first) // WEEK)))


def wanted(hour: int) -> list[int]:
    """The hours whose counts are needed to judge this one."""
    return [hour - WEEK * week + one for week in range(1, WEEKS + 1) for one in (-1, 0, 1)]
