"""Production calendars: the dates on which a country's five-day week differs from Monday to Friday."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from bot.sla.windows import DAYS

FILES = {"ru": "ru_days.yaml"}
"""Known production calendars and the reviewed table of each, beside this file (no library, no network)."""


@dataclass(frozen=True, slots=True)
class Day:
    """How one date differs: a day off, worked like another weekday, shorter by minutes of open time."""

    off: bool = False
    like: int | None = None
    short: int = 0


@dataclass(frozen=True, slots=True)
class Production:
    """One country's table. It is not valid outside `first`..`last`."""

    name: str
    first: date
    last: date
    days: dict[date, Day]


NONE = Production("none", date.min, date.max, {})


@cache
def production(name: str) -> Production:
    """The shipped table of that name. Raises KeyError for an unknown one."""
    if name == "none":
        return NONE
    text = (Path(__file__).parent / FILES[name]).read_text(encoding="utf-8")
    return from_years(name, yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def from_years(name: str, years: dict[int, dict[date, str | dict[str, str | int]]]) -> Production:
    """A table from its reviewed form: year -> date -> "off" | {like: mon, short: minutes}."""
    days = {day: _day(entry) for entries in years.values() for day, entry in entries.items()}
    return Production(name, date(min(years), 1, 1), date(max(years), 12, 31), days)


def _day(entry: str | dict[str, str | int]) -> Day:
    if isinstance(entry, str):
        return Day(off=True)
    like = entry.get("like")
    return Day(like=None if like is None else DAYS.index(str(like)), short=int(entry.get("short", 0)))
