"""Opening hours as authors write them: days ("mon-fri", "sat,sun"), windows ("09:00-18:00")."""

import re
from collections.abc import Iterable
from itertools import pairwise

from bot.errors import FirstlineError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440
_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")

Window = tuple[int, int]
"""[open, close) in minutes of wall time from the midnight of the shift's own date; close may pass 1440."""


class NotAWindow(FirstlineError):
    """A window is written as "09:00-18:00"; "22:00-06:00" is a night shift, "00:00-24:00" a day."""


class EmptyWindow(NotAWindow):
    """A window cannot open and close at one minute; the whole day is "00:00-24:00"."""


class NotADay(FirstlineError):
    """Days are mon tue wed thu fri sat sun, a range (mon-fri) or a list (sat,sun)."""


def window(text: str) -> Window:
    """Read one window. A close before the open is the next day's. Raises NotAWindow, EmptyWindow."""
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        raise NotAWindow
    hour, minute, to_hour, to_minute = map(int, found.groups())
    opening, closing = hour * 60 + minute, to_hour * 60 + to_minute
    if minute > 59 or to_minute > 59 or opening >= DAY_MINUTES or closing > DAY_MINUTES:
        raise NotAWindow
    if opening == closing:
        raise EmptyWindow
    return opening, closing if closing > opening else closing + DAY_MINUTES


def days(text: str) -> list[int]:
    """Read the days of a week's key, 0 = Monday; ranges may wrap (sat-mon). Raises NotADay."""
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise NotADay
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        found += [(start + step) % 7 for step in range(length + 1)]
    return found


def overlapping(windows: Iterable[Window]) -> bool:
    """Whether two windows of one date share a minute; touching ones (13:00 and 13:00) do not."""
    ordered = sorted(windows)
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


def total(windows: Iterable[Window]) -> int:
    """Minutes of wall time in the windows."""
    return sum(closing - opening for opening, closing in windows)


def shorten(windows: Iterable[Window], cut: int, *, from_end: bool) -> tuple[Window, ...]:
    """The windows less `cut` minutes of *open* time, taken from the end of the day or from its beginning.

    A lunch break is not open time: 10-13 and 14-14:30, one hour cut from the end, leaves 10-12:30.
    """
    kept = sorted(windows, reverse=from_end)
    shortened: list[Window] = []
    for opening, closing in kept:
        taken = min(cut, closing - opening)
        cut -= taken
        left = (opening, closing - taken) if from_end else (opening + taken, closing)
        if left[0] < left[1]:
            shortened.append(left)
    return tuple(sorted(shortened))
