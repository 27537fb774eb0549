"""Moments as exports write them: day or month first, ISO, Excel's serial days, with or without a zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["iso", "day-first", "month-first", "excel", "epoch"]
_EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001 - wall time of the map's zone
_SERIAL = re.compile(r"\d{4,6}([.,]\d+)?")
_EPOCH = re.compile(r"\d{9,13}")
_PARTS = re.compile(
    r"(?P<a>\d{1,4})[-./ ](?P<b>\d{1,2})[-./ ](?P<c>\d{1,4})"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp][Mm])?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
EARLIEST, LATEST = 1970, 2100


class NotAMoment(ValueError):
    """The text is no moment in this order."""


def moment(text: str, order: Order, zone: ZoneInfo) -> int:
    """UTC seconds. A text without a zone of its own is wall time of `zone`. Raises NotAMoment."""
    plain = text.strip()
    if order == "epoch" and _EPOCH.fullmatch(plain):
        return int(plain) // (1000 if len(plain) > 11 else 1)
    if _SERIAL.fullmatch(plain):
        return _within(_EXCEL + timedelta(seconds=round(float(plain.replace(",", ".")) * 86_400)), zone)
    found = _PARTS.fullmatch(plain)
    if found is None:
        raise NotAMoment(text)
    year, month, day = _date(found["a"], found["b"], found["c"], order)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            raise NotAMoment(text)
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone comes below
    except ValueError:
        raise NotAMoment(text) from None
    return _within(wall, _zone(found["zone"]) or zone)


def _date(first: str, second: str, third: str, order: Order) -> tuple[int, int, int]:
    """Year, month, day. A first part of four digits is a year in any order."""
    if len(first) == 4:
        return int(first), int(second), int(third)
    year = int(third) + (2000 if len(third) <= 2 else 0)
    if order == "day-first":
        return year, int(second), int(first)
    if order == "month-first":
        return year, int(first), int(second)
    raise NotAMoment(f"{first} {second} {third}")


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _within(wall: datetime, zone: ZoneInfo | timezone) -> int:
    if not EARLIEST <= wall.year < LATEST:
        raise NotAMoment(f"{wall:%Y}")
    return int(wall.replace(tzinfo=zone).timestamp())
