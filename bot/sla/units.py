"""Lengths of time as authors write them: "90s", "30m", "4h", "1bd", and sums such as "1h 30m"."""

import re
from dataclasses import dataclass

from bot.errors import FirstlineError

SECONDS = {"s": 1, "m": 60, "h": 3600}
_LENGTH = re.compile(r"(?:[0-9]+(?:bd|[smh]) ?)+")
_PART = re.compile(r"([0-9]+)(bd|[smh])")
_LONG = re.compile(r"(?<=[0-9])(?:hours?|hrs?|minutes?|mins?|seconds?|secs?)")
_BARE_DAY = re.compile(r"\d+ ?(?:d|days?)\b|\d+ ?(?:д|дн|дня|дней|день)\b")


class NotALength(FirstlineError):
    """A length of time is written as 90s, 30m, 4h or 1bd (working day)."""


class BareDay(NotALength):
    """A bare "d" is refused: say 1bd (a working day of the calendar) or 24h."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of business time: seconds plus whole working days of the calendar that measures it."""

    seconds: int
    days: int = 0

    def within(self, day_s: int) -> int:
        """Business seconds, where one working day is `day_s` seconds."""
        return self.seconds + self.days * day_s


def length(text: str) -> Length:
    """Read a length. Raises BareDay for "2d", NotALength for other invalid texts."""
    if _BARE_DAY.search(text):
        raise BareDay
    if not _LENGTH.fullmatch(text):
        raise NotALength
    seconds = days = 0
    for amount, unit in _PART.findall(text):
        if unit == "bd":
            days += int(amount)
        else:
            seconds += int(amount) * SECONDS[unit]
    return Length(seconds, days)


def nearest(text: str) -> str | None:
    """The length probably meant by "2 h", "4H" or "30min"; else None."""
    bare = _LONG.sub(lambda word: word[0][0], "".join(text.lower().split()))
    return bare if _LENGTH.fullmatch(bare) else None


def plain(text: str) -> int:
    """Read a length that needs no calendar (no bd), in seconds. Raises NotALength."""
    read = length(text)
    if read.days:
        raise NotALength
    return read.seconds
