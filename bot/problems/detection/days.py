"""What kind of day a date is for the desk: the first working day after a break is a Monday. Days are local days since 1970."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = 24  # hours
MONDAY, SATURDAY, SUNDAY = 0, 5, 6
THURSDAY = 3  # 1 January 1970
EPOCH = date(1970, 1, 1)


def _by_the_week(day: date) -> bool:
    return day.weekday() < SATURDAY


@dataclass(frozen=True, slots=True)
class DayKinds:
    """`shift`: hours that the desk's zone is ahead of UTC; `works`: whether the desk works on a date."""

    shift: int = 0
    works: Callable[[date], bool] = _by_the_week
    _known: dict[int, bool] = field(default_factory=dict)
    _alike: dict[int, list[int]] = field(default_factory=dict)

    def local(self, hour: int) -> tuple[int, int]:
        """The local day and the hour of it, of a UTC hour since 1970."""
        return divmod(hour + self.shift, DAY)

    def kind(self, day: int) -> int:
        """0 to 6, Monday to Sunday, as which the day is counted."""
        return self._kind(day, self._works(day), self._works(day - 1))

    def before(self, day: int, days: int) -> list[int]:
        """The days of the same kind among so many before this one, the latest first."""
        found = self._alike.get(day)
        if found is None:
            found = self._alike[day] = self._before(day, days)
        return found

    def _before(self, day: int, days: int) -> list[int]:
        works = [self._works(one) for one in range(day, day - days - 2, -1)]
        kind = self._kind(day, works[0], works[1])
        return [
            day - back
            for back in range(1, days + 1)
            if self._kind(day - back, works[back], works[back + 1]) == kind
        ]

    def _works(self, day: int) -> bool:
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self.works(EPOCH + timedelta(day))
        return known

    def _kind(self, day: int, works: bool, worked: bool) -> int:
        weekday = (day + THURSDAY) % 7
        if works:
            return weekday if worked else MONDAY
        return weekday if weekday == SATURDAY else SUNDAY
