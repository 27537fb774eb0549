"""Random calendars as authors write them: lunches, nights, holidays, the weeks when clocks change."""

import json
from datetime import date, timedelta
from random import Random
from typing import Any

from bot.sla.calendar import Spec
from bot.sla.calendars import read_calendars
from bot.sla.production import production
from bot.sla.windows import DAYS
from bot.yamlfiles.reading import read

# A zone and a date near which its clocks change: at night, at midnight, by half an hour, by a whole day, or never.
MOMENTS = [
    ("Europe/Moscow", date(2026, 5, 1)),
    ("Europe/Moscow", date(2025, 10, 28)),
    ("Europe/Berlin", date(2026, 3, 25)),
    ("Europe/Berlin", date(2026, 10, 21)),
    ("America/New_York", date(2027, 3, 10)),
    ("America/New_York", date(2026, 10, 28)),
    ("America/Havana", date(2026, 3, 4)),
    ("America/Havana", date(2026, 10, 29)),
    ("America/Santiago", date(2026, 9, 2)),
    ("America/Santiago", date(2026, 4, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 1)),
    ("Africa/Casablanca", date(2026, 2, 11)),
    ("Africa/Casablanca", date(2026, 3, 18)),
    ("Asia/Beirut", date(2026, 3, 25)),
    ("Asia/Kolkata", date(2027, 2, 17)),
    ("Pacific/Apia", date(2026, 1, 1)),
    ("Pacific/Apia", date(2011, 12, 27)),  # there was no 30th
    ("Pacific/Kwajalein", date(1993, 8, 18)),  # there was no 21st
    ("Pacific/Chatham", date(2026, 4, 2)),
    ("Pacific/Chatham", date(2026, 9, 23)),
    ("Antarctica/Troll", date(2026, 3, 26)),  # two hours
    ("Asia/Pyongyang", date(2015, 8, 12)),
    ("America/Caracas", date(2016, 4, 28)),
    ("Europe/Dublin", date(2026, 10, 21)),
    ("Asia/Tehran", date(2022, 3, 20)),
    ("Asia/Tehran", date(2022, 9, 18)),
    ("Europe/London", date(2028, 2, 25)),
    ("Europe/Moscow", date(2026, 12, 28)),
]


def authored(random: Random) -> dict[str, Any]:
    """One calendar as plain data under the keys of desk.yaml."""
    tz, first = random.choice(MOMENTS)
    last = first + timedelta(days=random.randint(2, 12))
    calendar: dict[str, Any] = {
        "tz": tz,
        "week": _week(random),
        "covers": {"from": first.isoformat(), "to": last.isoformat()},
    }
    if random.random() < 0.5:
        calendar["production_calendar"] = random.choice(tables(calendar["covers"]))
    if random.random() < 0.4:
        calendar["short_day"] = {
            "cut": f"{random.choice([0, 30, 60, 150])}m",
            "from": random.choice(["end", "start"]),
        }
    if random.random() < 0.5:
        calendar["seasons"] = _seasons(random, first, last)
    for _ in range(random.choice([0, 0, 1, 3])):
        day = first + timedelta(days=random.randint(0, (last - first).days))
        calendar.setdefault("overrides", {})[day.isoformat()] = _windows(random)
    return calendar


def tables(covers: dict[str, str]) -> list[str]:
    """The production calendars that know all of these days; the others refuse to be asked about them."""
    known = production("ru")
    inside = known.first.isoformat() <= covers["from"] and covers["to"] <= known.last.isoformat()
    return ["ru", "none"] if inside else ["none"]


def spec(calendar: dict[str, Any]) -> Spec | None:
    """The same calendar through our own reader; None when it is refused because it never opens."""
    document = read("desk.yaml", json.dumps({"calendars": {"random": calendar}})).document
    assert document is not None
    specs, complaints = read_calendars(document)
    errors = [complaint for complaint in complaints if not complaint.is_warning]
    assert [complaint.code for complaint in errors] in ([], ["E310"]), errors
    return specs.get("random")


def _seasons(random: Random, first: date, last: date) -> dict[str, Any]:
    """One season, or two that meet: with a year or without, over the New Year, beginning before or ending after."""
    edge, days = first - timedelta(days=random.randint(0, 3)), (last - first).days
    found: dict[str, Any] = {}
    shown = random.choice(["%Y-%m-%d", "%m-%d"])
    for name in ("one", "two")[: random.choice([1, 2])]:
        until = edge + timedelta(days=random.randint(0, days))
        found[name] = {"from": f"{edge:{shown}}", "to": f"{until:{shown}}", "week": _week(random)}
        edge = until + timedelta(days=1)
    return found


def _week(random: Random) -> dict[str, list[str]]:
    if random.random() < 0.15:
        return {"mon-sun": ["00:00-24:00"]}
    cut = random.randint(1, 6)
    keys = [f"mon-{DAYS[cut - 1]}", f"{DAYS[cut]}-sun"]
    if random.random() < 0.4:
        keys = random.choice(
            [["mon,wed,fri", "sat-sun"], ["sat-mon", "tue,thu-fri"], ["sun", "mon-thu, fri"]]
        )
    return {key: _windows(random) for key in keys[: random.choice([1, 2, 2])]}


def _windows(random: Random) -> list[str]:
    """Up to three disjoint windows, the last of which may run into the next day."""
    last = random.choice(
        [240, 1440, 1440]
    )  # the small hours, when clocks change, more often than people work then
    edges = sorted(random.sample(range(0, last, random.choice([1, 15, 30])), random.choice([0, 2, 2, 4, 6])))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    if spans and random.random() < 0.3:
        spans[-1] = (spans[-1][1], random.randint(0, max(0, spans[0][0] - 1)))
    return [f"{_clock(opening)}-{_clock(closing)}" for opening, closing in spans]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
