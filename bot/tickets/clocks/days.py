"""Reads the moment that an engineer offers to the employee: "25.11 14:00", "+3", "завтра в 11", "on Monday"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_HOUR = 9  # of a day that was named without an hour
LAST_OFFER = 16  # the hour from which "today at 17" is no offer any more
SATURDAY = 5
NEAR = timedelta(days=3)  # how far ahead the date of an example lies

_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?(?![\d.:])")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAYS = re.compile(r"\+(\d{1,2})\b|\b(?:через|in)\s+(\d{1,2})\s+(?:дн\w*|день|days?)\b", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:через|in\s+a|in\s+one)\s+(?:неделю|week)\b", re.IGNORECASE)
_HOURS = re.compile(r"\b(?:через|in)\s+(?:an\s+|one\s+|(\d{1,2})\s+)?(?:час\w*|hours?)\b", re.IGNORECASE)
_NEXT = (
    (re.compile(r"\b(?:послезавтра|(?:the\s+)?day\s+after\s+tomorrow)\b", re.IGNORECASE), 2),
    (re.compile(r"\b(?:завтра|tomorrow)\b", re.IGNORECASE), 1),
    (re.compile(r"\b(?:сегодня|today)\b", re.IGNORECASE), 0),
)
_WEEKDAYS = (
    re.compile(r"\b(?:понедельник\w*|пн|mon(?:day)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:вторник\w*|вт|tue(?:s|sday)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:сред[уае]|ср|wed(?:nesday)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:четверг\w*|чт|thu(?:rs|rsday)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:пятниц\w+|пт|fri(?:day)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:суббот\w+|сб|sat(?:urday)?)\b", re.IGNORECASE),
    re.compile(r"\b(?:воскресень\w+|вс|sun(?:day)?)\b", re.IGNORECASE),
)
_MONTHS = (
    re.compile(r"январ\w+|jan(?:uary)?", re.IGNORECASE),
    re.compile(r"феврал\w+|feb(?:ruary)?", re.IGNORECASE),
    re.compile(r"март\w+|mar(?:ch)?", re.IGNORECASE),
    re.compile(r"апрел\w+|apr(?:il)?", re.IGNORECASE),
    re.compile(r"ма[яй]|may", re.IGNORECASE),
    re.compile(r"июн\w+|june?", re.IGNORECASE),
    re.compile(r"июл\w+|july?", re.IGNORECASE),
    re.compile(r"август\w*|aug(?:ust)?", re.IGNORECASE),
    re.compile(r"сентябр\w+|sep(?:t|tember)?", re.IGNORECASE),
    re.compile(r"октябр\w+|oct(?:ober)?", re.IGNORECASE),
    re.compile(r"ноябр\w+|nov(?:ember)?", re.IGNORECASE),
    re.compile(r"декабр\w+|dec(?:ember)?", re.IGNORECASE),
)
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([^\W\d]{3,9})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(r"\b([a-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!:)", re.IGNORECASE)
# What may be left once the day is taken out: small words around an hour.
_REST = re.compile(
    r"[\s,]*(?:(?:в|во|на|к|ко|с|до|at|on|by|from|the)[\s,]+)*"
    r"(?:(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm)?(?:\s*(?:ч|час\w*|o'?clock))?)?"
    r"[\s,]*(?:в|во|на|к|at|on|by)?[\s,.!]*",
    re.IGNORECASE,
)


def moment(text: str, zone: str, now: int) -> int | None:
    """The instant (UTC seconds) that words name in `zone`; None for anything else. A day without an hour begins at nine.

    A date without a year is the next such date, a weekday the next such day after today.
    """
    today = datetime.fromtimestamp(now, ZoneInfo(zone))
    if (hours := _HOURS.fullmatch(text.strip())) is not None:
        return now + int(hours[1] or 1) * 3600
    try:
        found = _day(text, today)
        if found is None:
            return None
        date, taken = found
        rest = _REST.fullmatch(text[: taken.start()] + " " + text[taken.end() :])
        if rest is None:
            return None
        hour = int(rest["hour"] or FIRST_HOUR)
        hour = hour % 12 + 12 * (rest["half"].lower() == "pm") if rest["half"] else hour
        exact = date.replace(hour=hour, minute=int(rest["minute"] or 0), second=0, microsecond=0)
    except ValueError:
        return None
    return int(exact.timestamp())


def offered(zone: str, now: int) -> list[int]:
    """The moments that buttons offer (UTC seconds): today at 17, tomorrow at 10 and Monday at 10, as far as they are ahead."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    tomorrow = (today + timedelta(days=1)).replace(hour=10)
    monday = (today + timedelta(days=7 - today.weekday())).replace(hour=10)
    soon = [today.replace(hour=17)] if today.hour < LAST_OFFER and today.weekday() < SATURDAY else []
    soon += [tomorrow] if tomorrow.weekday() < SATURDAY and tomorrow != monday else []
    return [int(one.timestamp()) for one in (*soon, monday)]


def example(zone: str, now: int) -> str:
    """A date in the near future as an engineer would type it: "03.12"."""
    return (datetime.fromtimestamp(now, ZoneInfo(zone)) + NEAR).strftime("%d.%m")


def _day(text: str, today: datetime) -> tuple[datetime, re.Match[str]] | None:
    """The day, and the words that name it. Raises ValueError for a date that no calendar has."""
    if (found := _ISO.search(text)) is not None:
        return today.replace(int(found[1]), int(found[2]), int(found[3])), found
    if (found := _DATE.search(text)) is not None:
        return _dated(today, int(found[1]), int(found[2]), found[3]), found
    if (found := _DAYS.search(text)) is not None:
        return today + timedelta(days=int(found[1] or found[2])), found
    if (found := _WEEK.search(text)) is not None:
        return today + timedelta(days=7), found
    for words, days in _NEXT:
        if (found := words.search(text)) is not None:
            return today + timedelta(days=days), found
    for weekday, words in enumerate(_WEEKDAYS):
        if (found := words.search(text)) is not None:
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1), found
    return _month(text, today)


def _month(text: str, today: datetime) -> tuple[datetime, re.Match[str]] | None:
    """A day with the month in words: "25 ноября", "Nov 25"."""
    for pattern, day, name in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found = pattern.search(text)
        if found is None:
            continue
        months = [number for number, words in enumerate(_MONTHS, 1) if words.fullmatch(found[name])]
        if months:
            return _dated(today, int(found[day]), months[0], None), found
    return None


def _dated(today: datetime, day: int, month: int, year: str | None) -> datetime:
    date = today.replace(int(year or today.year), month, day)
    is_over = not year and date.date() < today.date()
    return date.replace(year=date.year + 1) if is_over else date
