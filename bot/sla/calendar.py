"""A business calendar as integers: open time between instants, and when an amount of it has passed."""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import FirstlineError
from bot.sla import zones
from bot.sla.production import NONE, Day, Production
from bot.sla.units import Length
from bot.sla.windows import Window, shorten, total

Week = tuple[tuple[Window, ...], ...]
Edge = date | tuple[int, int]
"""The first or the last day of a season: of one year, or month and day of every year."""


class BeyondCalendar(FirstlineError):
    """The calendar does not cover that instant."""

    def __init__(self, calendar: "Spec") -> None:
        super().__init__(f"{calendar.name}: {calendar.first}..{calendar.last}")
        self.calendar = calendar


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours between two days, both included; weekdays (0 = Monday) that `days` does not name keep the week's.

    Of every year, it may go over the New Year: from (12, 15) to (1, 15).
    """

    name: str
    first: Edge
    last: Edge
    days: Mapping[int, tuple[Window, ...]]

    def has(self, day: date) -> bool:
        if isinstance(self.first, date) and isinstance(self.last, date):
            return self.first <= day <= self.last
        at = day.month, day.day
        if self.first <= self.last:  # type: ignore[operator]  # both are dates or neither is
            return self.first <= at <= self.last  # type: ignore[operator]
        return at >= self.first or at <= self.last  # type: ignore[operator]

    def meant(self) -> list[Any]:
        """All that affects the arithmetic, as JSON; without the season's name."""
        days = {str(day): windows for day, windows in sorted(self.days.items())}
        return [_written(self.first), _written(self.last), days]


@dataclass(frozen=True)
class Spec:
    """A calendar as written: wall-clock windows of every date from `first` to `last` included."""

    name: str
    tz: str
    week: Week
    first: date
    last: date
    production: Production = NONE
    cut: int | None = None
    """Minutes of open time a short day loses; None = as many as the production calendar says."""
    cut_from_end: bool = True
    overrides: dict[date, tuple[Window, ...]] = field(default_factory=dict)
    day_s: int | None = None
    """Business seconds of one working day (`bd`); None = the commonest daily total of the week's windows."""
    seasons: tuple[Season, ...] = ()

    def plan(self, day: date) -> tuple[Window, ...]:
        """The windows that *begin* on a date: an override, else the production calendar, else the season or week."""
        if day in self.overrides:
            return self.overrides[day]
        entry = self.production.days.get(day)
        if entry is None:
            return self._usual(day, day.weekday())
        if entry.off:
            return ()
        windows = self._usual(day, day.weekday() if entry.like is None else entry.like)
        cut = self.cut if entry.short and self.cut is not None else entry.short
        return shorten(windows, cut, from_end=self.cut_from_end) if cut else windows

    def _usual(self, day: date, weekday: int) -> tuple[Window, ...]:
        """The windows of a weekday in the season of a date."""
        season = next((one for one in self.seasons if one.has(day)), None)
        usual = self.week[weekday]
        return usual if season is None else season.days.get(weekday, usual)

    def dates(self) -> Iterator[date]:
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def working_day(self) -> int:
        """Business seconds of one `bd`: the author's, else the most common daily total (a tie: the longer)."""
        if self.day_s is not None:
            return self.day_s
        some = (
            self.week,
            *(tuple(season.days.values()) for season in self.seasons),
            (*self.overrides.values(),),
        )
        counted = (Counter(total(day) for day in days if day) for days in some)
        totals = next(filter(None, counted), Counter[int]())
        return max(totals, key=lambda minutes: (totals[minutes], minutes), default=0) * 60

    def meant(self) -> list[Any]:
        """All that affects the arithmetic, as JSON; without the calendar's name."""
        days = {
            day.isoformat(): (entry.off, entry.like, entry.short)
            for day, entry in sorted(self.production.days.items())
            if self.first <= day <= self.last
        }
        overrides = {day.isoformat(): windows for day, windows in sorted(self.overrides.items())}
        span = (self.first.isoformat(), self.last.isoformat())
        meant = [self.tz, self.week, span, days, self.cut, self.cut_from_end, overrides, self.working_day()]
        # A calendar without seasons keeps the hash that clocks have stored.
        return [*meant, [season.meant() for season in self.seasons]] if self.seasons else meant

    def hash(self) -> str:
        """The content hash of `meant`."""
        meant = self.meant()
        return hashlib.sha256(json.dumps(meant, separators=(",", ":")).encode()).hexdigest()[:16]


def spec_of(name: str, meant: list[Any]) -> Spec:
    """The calendar of `Spec.meant`; it has the same hash."""
    tz, week, span, days, cut, from_end, overrides, day_s, *more = meant
    first, last = map(date.fromisoformat, span)
    entries = {date.fromisoformat(day): Day(*entry) for day, entry in days.items()}
    table = Production("kept", first, last, entries)
    special = {date.fromisoformat(day): _windows(written) for day, written in overrides.items()}
    seasons = tuple(_season(one) for one in (more[0] if more else ()))
    week = tuple(map(_windows, week))
    return Spec(name, tz, week, first, last, table, cut, from_end, special, day_s, seasons)


def _season(meant: list[Any]) -> Season:
    first, last, days = meant
    return Season("", _read(first), _read(last), {int(day): _windows(one) for day, one in days.items()})


def _written(edge: Edge) -> str | list[int]:
    return edge.isoformat() if isinstance(edge, date) else list(edge)


def _read(edge: str | list[int]) -> Edge:
    return date.fromisoformat(edge) if isinstance(edge, str) else (edge[0], edge[1])


def _windows(written: list[list[int]]) -> tuple[Window, ...]:
    return tuple((opening, closing) for opening, closing in written)


@dataclass(frozen=True)
class Calendar:
    """Open time: sorted, disjoint [opens[i], closes[i]) in UTC seconds; totals[i] = open s up to closes[i].

    `begin` and `end` (UTC seconds) are the calendar's limits; instants outside raise BeyondCalendar.
    """

    spec: Spec
    zone: ZoneInfo
    opens: list[int]
    closes: list[int]
    totals: list[int]
    begin: int
    end: int
    day_s: int
    hash: str

    @property
    def name(self) -> str:
        """The calendar's name in desk.yaml."""
        return self.spec.name

    def passed(self, at: int) -> int:
        """Business seconds from the beginning of the calendar to `at`. Raises BeyondCalendar. O(log n)."""
        if not self.begin <= at <= self.end:
            raise BeyondCalendar(self.spec)
        i = bisect_right(self.opens, at) - 1
        if i < 0:
            return 0
        return self.totals[i] - self.closes[i] + min(at, self.closes[i])

    def elapsed(self, start: int, end: int) -> int:
        """Business seconds between two instants; 0 when `end` is before `start`. Raises BeyondCalendar."""
        return max(0, self.passed(end) - self.passed(start))

    def spent(self, start: int, end: int) -> int:
        """Like `elapsed`, with closed time instead of an error outside the calendar.

        Past events must be counted even if the calendar was not extended in time.
        """
        return self.elapsed(*(min(max(at, self.begin), self.end) for at in (start, end)))

    def add(self, start: int, seconds: int) -> int:
        """The earliest instant t >= start with elapsed(start, t) == seconds. Raises BeyondCalendar.

        A due time reached exactly at closing is that closing, not the next opening; for 0 seconds it is `start`.
        """
        if seconds <= 0:
            return start
        goal = self.passed(start) + seconds
        i = bisect_left(self.totals, goal)
        if i == len(self.totals):
            raise BeyondCalendar(self.spec)
        return self.closes[i] - self.totals[i] + goal

    def later(self, start: int, seconds: int) -> int | None:
        """Like `add`, or None past the end of the calendar."""
        try:
            return self.add(start, seconds)
        except BeyondCalendar:
            return None

    def end_of(self, start: int, seconds: int) -> int:
        """Like `add`, but at most the calendar's end: for what must end even if the calendar is not extended."""
        try:
            return self.add(start, seconds)
        except BeyondCalendar:
            return max(start, self.end)

    def is_open(self, at: int) -> bool:
        """Whether business time runs at the instant."""
        i = bisect_right(self.opens, at) - 1
        return i >= 0 and at < self.closes[i]

    def opens_after(self, at: int) -> int | None:
        """The next opening after an instant at which the calendar is closed; None while it is open, and past the end."""
        i = bisect_right(self.opens, at)
        return None if self.is_open(at) or i == len(self.opens) else self.opens[i]

    def seconds(self, length: Length) -> int:
        """Business seconds of a length, `bd` being this calendar's working day."""
        return length.within(self.day_s)

    def local(self, at: int) -> datetime:
        """The wall clock of the calendar's zone at an instant."""
        return zones.local(at, self.zone)


def compiled(spec: Spec) -> Calendar:
    """Every window of every covered date in UTC seconds, merged. Raises BeyondCalendar if never open."""
    zone = ZoneInfo(spec.tz)
    opens: list[int] = []
    closes: list[int] = []
    for opening, closing in sorted(_intervals(spec, zone)):
        if closes and opening <= closes[-1]:
            closes[-1] = max(closes[-1], closing)
        else:
            opens.append(opening)
            closes.append(closing)
    if not opens:
        raise BeyondCalendar(spec)
    totals = list(accumulate(c - o for o, c in zip(opens, closes, strict=True)))
    begin, midnight = zones.instant(spec.first, 0, zone), zones.instant(spec.last, 1440, zone, closing=True)
    end = max(midnight, closes[-1])
    return Calendar(spec, zone, opens, closes, totals, begin, end, spec.working_day(), spec.hash())


def ever_opens(spec: Spec) -> bool:
    """Whether there is any open time: windows that fall entirely into a clock change do not count."""
    return any(_intervals(spec, ZoneInfo(spec.tz)))


def _intervals(spec: Spec, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for day, base in zip(spec.dates(), zones.steady_midnights(spec.first, spec.last, zone), strict=True):
        for opening, closing in spec.plan(day):
            if base is not None:
                yield base + opening * 60, base + closing * 60
                continue
            start = zones.instant(day, opening, zone)
            stop = zones.instant(day, closing, zone, closing=True)
            if start < stop:  # a window inside the skipped hour does not exist
                yield start, stop
