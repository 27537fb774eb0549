"""The slow oracle: walks every minute of UTC, reads the wall clock at it, and knows nothing of our code."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

RU_DAYS = Path(__file__).parents[2] / "bot" / "sla" / "ru_days.yaml"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class MinuteWalk:
    """Which minutes of a calendar (plain data, as in desk.yaml) are open; everything else is counting."""

    def __init__(self, calendar: dict[str, Any]) -> None:
        self.calendar = calendar
        zone = ZoneInfo(calendar["tz"])
        self.first = date.fromisoformat(calendar["covers"]["from"])
        self.last = date.fromisoformat(calendar["covers"]["to"])
        start = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC) - 2 * DAY
        minutes = ((self.last - self.first).days + 6) * 1440
        self.begin = int(start.timestamp())
        self.walls = [(start + MINUTE * n).astimezone(zone).replace(tzinfo=None) for n in range(minutes)]
        self.shown_last = {wall: n for n, wall in enumerate(self.walls)}
        self.open = [False] * minutes
        self._open_all()
        self.counted = [0]
        for is_open in self.open:
            self.counted.append(self.counted[-1] + is_open)

    def passed(self, at: int) -> int:
        """Open seconds before the instant `at` (UTC seconds), counted minute by minute."""
        minute, second = divmod(at - self.begin, 60)
        return self.counted[minute] * 60 + (second if self.open[minute] else 0)

    def is_open(self, at: int) -> bool:
        """Whether the minute that begins at `at` (UTC seconds) is open."""
        return self.open[(at - self.begin) // 60]

    def add(self, at: int, seconds: int) -> int | None:
        """The first second with so many open ones behind it since `at`; None when the walk ends before."""
        goal = self.passed(at) + seconds
        minute = (at - self.begin) // 60
        while minute < len(self.open) and self.counted[minute + 1] * 60 < goal:
            minute += 1
        if minute == len(self.open):
            return None
        return max(at, self.begin + minute * 60 + goal - self.counted[minute] * 60)

    def due(self, at: int, seconds: int, pauses: list[tuple[int, int]]) -> int | None:
        """The same outside some pauses of whole minutes: every minute is asked whether it is open, and whether it is paused."""
        minute, left = (at - self.begin) // 60, seconds
        while minute < len(self.open):
            instant = self.begin + minute * 60
            if left == 0 or (left < 60 and self._counts(minute, pauses)):
                return max(at, instant + left)
            left -= 60 * self._counts(minute, pauses)
            if left == 0:
                return instant + 60
            minute += 1
        return None

    def _counts(self, minute: int, pauses: list[tuple[int, int]]) -> bool:
        instant = self.begin + minute * 60
        return self.open[minute] and not any(start <= instant < end for start, end in pauses)

    def working_day(self) -> int:
        """Seconds of one `bd`: as the author says, else the commonest total of a weekday; of equally common ones the longest."""
        if "day" in self.calendar:
            return int(self.calendar["day"][:-1]) * 60
        totals = [len(_minutes(self._of_week(weekday))) for weekday in WEEKDAYS]
        return 60 * max(filter(None, totals), key=lambda total: (totals.count(total), total))

    def _open_all(self) -> None:
        day = self.first
        while day <= self.last:
            for opening, closing in self.windows(day):
                start = self._first_at_or_after(opening)
                stop = self._last_at(closing)
                self.open[start:stop] = [True] * max(0, stop - start)
            day += DAY

    def _first_at_or_after(self, wall: datetime) -> int:
        return next(n for n, shown in enumerate(self.walls) if shown >= wall)

    def _last_at(self, wall: datetime) -> int:
        last = self.shown_last.get(wall)
        # The minute before it is shown once: the window has nothing of the hour that is repeated.
        whole = last is None or self.walls.count(wall - MINUTE) == 1
        return self._first_at_or_after(wall) if whole or last is None else last

    def windows(self, day: date) -> list[tuple[datetime, datetime]]:
        """The windows of a date as naive wall-clock times."""
        texts, short = self._texts(day)
        minutes, worked = _spans(texts), _minutes(texts)
        how = self.calendar.get("short_day", {})
        cut = int(how["cut"][:-1]) if short and "cut" in how else short
        worked = worked[cut:] if how.get("from") == "start" else worked[: max(0, len(worked) - cut)]
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (the oracle walks naive wall clocks)
        return [
            (midnight + MINUTE * opening, midnight + MINUTE * closing)
            for opening, closing in _runs(worked, minutes)
        ]

    def _texts(self, day: date) -> tuple[list[str], int]:
        if day.isoformat() in self.calendar.get("overrides", {}):
            return self.calendar["overrides"][day.isoformat()], 0
        entry = RU.get(day) if self.calendar.get("production_calendar") == "ru" else None
        if entry == "off":
            return [], 0
        weekday = entry.get("like", WEEKDAYS[day.weekday()]) if entry else WEEKDAYS[day.weekday()]
        texts = next((one for one in map(self._in(day, weekday), self._seasons()) if one is not None), None)
        usual = self._of_week(weekday) if texts is None else texts
        return usual, entry.get("short", 0) if entry else 0

    def _seasons(self) -> list[dict[str, Any]]:
        return list(self.calendar.get("seasons", {}).values())

    def _in(self, day: date, weekday: str) -> Callable[[dict[str, Any]], list[str] | None]:
        """What a season says of a weekday, or None; days are compared as they are written."""

        def said(season: dict[str, Any]) -> list[str] | None:
            first, last = season["from"], season["to"]
            written = day.isoformat()[-len(first) :]
            inside = first <= written <= last if first <= last else not last < written < first
            return _named(season["week"], weekday) if inside else None

        return said

    def _of_week(self, weekday: str) -> list[str]:
        return _named(self.calendar["week"], weekday) or []


def _named(week: dict[str, list[str]], weekday: str) -> list[str] | None:
    """The windows of a weekday; None where it is not named."""
    for key, texts in week.items():
        for part in key.replace(" ", "").split(","):
            day, _, last = part.partition("-")
            while day != weekday and day != (last or day):
                day = WEEKDAYS[(WEEKDAYS.index(day) + 1) % 7]
            if day == weekday:
                return texts
    return None


def _spans(texts: list[str]) -> list[tuple[int, int]]:
    """Windows as minutes of their date."""
    spans = []
    for text in texts:
        opening, closing = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
        spans.append((opening, closing if closing > opening else closing + 1440))
    return spans


def _minutes(texts: list[str]) -> list[int]:
    """Every minute of the windows, in order."""
    return sorted(minute for opening, closing in _spans(texts) for minute in range(opening, closing))


def _runs(worked: list[int], windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The minutes that are left of each window."""
    runs = []
    for opening, closing in windows:
        left = [minute for minute in worked if opening <= minute < closing]
        if left:
            runs.append((left[0], left[-1] + 1))
    return runs


RU = {
    day: entry for year in yaml.safe_load(RU_DAYS.read_text("utf-8")).values() for day, entry in year.items()
}
