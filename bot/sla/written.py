"""The scalars of desk.yaml: business time, dates, windows, one value or a list of them. Checked as they are read."""

from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bot.errors import FirstlineError
from bot.sla import units, windows


def _length(least: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            read = units.length(text)
        except units.BareDay:
            raise PydanticCustomError("E317", "bare day", {"written": text}) from None
        except units.NotALength:
            raise PydanticCustomError("E316", "not a length", {"written": text}) from None
        if read.seconds + read.days < least:
            raise PydanticCustomError("E325", "too short", {"written": text})
        return text

    return check


def read_span(text: str) -> tuple[date, date]:
    """The first and the last day of "2026-12-01/2026-12-10". Raises ValueError."""
    first, last = map(date.fromisoformat, text.split("/"))
    if last < first:
        raise ValueError(text)
    return first, last


def read_rate(text: str) -> tuple[int, int]:
    """The number and the seconds of "15/1m". Raises ValueError."""
    many, slash, length = text.partition("/")
    if not slash or not many.isdecimal() or not int(many):
        raise ValueError(text)
    return int(many), units.plain(length)


def _checked(read: Callable[[str], object], code: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            read(text)
        except (FirstlineError, ValueError):
            raise PydanticCustomError(code, "not readable", {"written": text}) from None
        return text

    return check


def listed(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def for_all(value: Any) -> Any:
    return {"default": value} if isinstance(value, str) else value


LengthText = Annotated[str, AfterValidator(_length(1))]
"""Business time: 30m, 4h, 1bd; in the seconds of the rule's calendar."""
LengthOrNone = Annotated[str, AfterValidator(_length(0))]
WindowText = Annotated[str, AfterValidator(_checked(windows.window, "E307"))]
ClockText = Annotated[str, AfterValidator(_checked(time.fromisoformat, "E340"))]
DateText = Annotated[str, AfterValidator(_checked(date.fromisoformat, "E314"))]
SpanText = Annotated[str, AfterValidator(_checked(read_span, "E341"))]
"""Two dates, both included: 2026-12-01/2026-12-10."""
SecondsText = Annotated[str, AfterValidator(_checked(units.plain, "E316"))]
"""Real time: 30s, 5m."""
RateText = Annotated[str, AfterValidator(_checked(read_rate, "E342"))]
"""So many in so much real time: 15/1m."""
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
Plain = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
Words = str | Annotated[dict[str, str], Field(min_length=1)]
