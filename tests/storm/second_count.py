"""A second program for the clocks: it reads desk.yaml and the history of tickets, and nothing of the product.

Only what people and the ticket's own timers did is read; lines about clocks, levels and promises are not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import yaml

UNITS = {"s": 1, "m": 60, "h": 3600}
STOPS = {"claim": ("claimed", "resolved"), "response": ("replied", "resolved")}
STOPS |= {
    "resolution": ("resolved",),
    "update": ("replied", "resolved"),
    "workaround": ("worked_around", "resolved"),
}
PAUSED = ("workaround", "resolution", "update")
MEANT_ONCE = ("workaround", "resolution")  # begin when a change of priority promises them first
TAKEN, SPOKEN, STILL = ("claim", "assign"), ("reply", "ask"), ("ask", "schedule")
RESUMED = ("answer", "wake", "unanswered", "pause_over")
QUEUED = ("release", "requeue")
FLOOR, SHARE = 30 * 60, 25


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ticket's history; `at` in UTC seconds."""

    id: int
    ticket: int
    at: int
    action: str
    data: Mapping[str, Any]


class Hours:
    """Working time of a calendar, as minutes of the weeks around the one that is counted."""

    def __init__(self, written: Mapping[str, Any], shorter_by: int = 0) -> None:
        zone = ZoneInfo(written["tz"])
        self.spans: list[tuple[int, int]] = []
        day = datetime(2026, 11, 16, tzinfo=UTC)
        while day < datetime(2027, 3, 1, tzinfo=UTC):
            if not _is_off(day, written):
                windows = _windows(day, written)
                self.spans += [_span(day, window, zone, shorter_by) for window in windows]
            day += timedelta(days=1)

    def elapsed(self, start: int, end: int) -> int:
        open_s = 0
        for opening, closing in self._from(start):
            if opening >= end:
                break
            open_s += min(end, closing) - max(start, opening)
        return open_s

    def _from(self, start: int) -> list[tuple[int, int]]:
        """The spans that are not over at `start`; a window may touch the next one."""
        return self.spans[bisect_right(self.spans, start, key=lambda span: span[1]) :]

    def add(self, start: int, seconds: int) -> int:
        if seconds <= 0:
            return start
        for opening, closing in self._from(start):
            begin = max(start, opening)
            if begin >= closing:
                continue
            if closing - begin >= seconds:
                return begin + seconds
            seconds -= closing - begin
        raise AssertionError("past the counted weeks")


@dataclass(slots=True)
class Counted:
    """One clock as this program sees it."""

    kind: str
    cycle: int
    target: int
    hours: Hours
    began: int
    spans: list[tuple[int, int]] = field(default_factory=list)
    since: int | None = None
    state: str = "running"
    floor_until: int = 0
    floor_s: int = 0
    breached: int | None = None
    outcome: str | None = None
    plain: bool = True  # never paused, changed or continued

    @property
    def consumed(self) -> int:
        return sum(self.hours.elapsed(*span) for span in self.spans)

    @property
    def due(self) -> int | None:
        if self.state != "running" or self.since is None:
            return None
        if self.breached is not None:
            return self.breached
        return max(self.hours.add(self.since, self.target - self.consumed), self.floor_until)

    def reach(self, at: int) -> None:
        """Time has come to `at`: a deadline before it is missed."""
        due = self.due
        if due is not None and self.breached is None and due < at:
            self.breached = due

    def end(self, at: int, state: str) -> None:
        if self.since is not None:
            self.spans.append((self.since, at))
        self.since, self.state = None, state
        if state == "stopped":
            self.outcome = "met" if self.breached is None else "missed"

    def go_on(self, at: int) -> None:
        self.state, self.since, self.outcome, self.plain = "running", at, None, False
        if self.floor_s:
            self.floor_until, self.floor_s = self.hours.add(at, self.floor_s), 0

    def change(self, target: int, hours: Hours, at: int) -> None:
        before, left, self.plain = self.due, self.target - self.consumed, False
        self.target, self.hours = target, hours
        floor = min(FLOOR, target * SHARE // 100)
        if self.state == "paused":
            self.floor_s = floor if target - self.consumed < min(floor, left) else self.floor_s
            return
        due, least = self.due, hours.add(at, floor)
        assert due is not None
        assert before is not None
        if self.breached is None and due < min(before, least) and self.floor_until <= at:
            self.floor_until = least


class Book:
    """What desk.yaml says; every window of its calendars `shorter_by` seconds shorter."""

    def __init__(self, desk: str, shorter_by: int = 0) -> None:
        self.desk = yaml.safe_load(desk)
        self.hours = {name: Hours(written, shorter_by) for name, written in self.desk["calendars"].items()}

    def hours_of(self, rule: Mapping[str, Any], kind: str) -> Hours:
        """The hours in which a rule counts one kind of clock."""
        written = rule["calendar"]
        return self.hours[written if isinstance(written, str) else written.get(kind, written["default"])]

    def rule(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The first rule for a ticket with these facts."""
        for rule in self.desk["rules"]:
            if _meets(rule.get("when", {}), facts):
                found: Mapping[str, Any] = rule
                return found
        raise AssertionError("the last rule is for everything")

    def day_of(self, rule: Mapping[str, Any], kind: str) -> int:
        """Seconds of a working day of the calendar in which a rule counts one kind of clock."""
        written = rule["calendar"]
        name = written if isinstance(written, str) else written.get(kind, written["default"])
        calendar = self.desk["calendars"][name]
        if "day" in calendar:
            return seconds_of(calendar["day"])
        days = [_windows_of(day, calendar["week"]) for day in range(7)]
        totals = [sum(end - start for start, end in map(_edges, windows)) * 60 for windows in days if windows]
        return max(totals, key=totals.count)

    def priority(self, impact: str, urgency: str, facts: Mapping[str, Any]) -> str:
        """The priority that a ticket with these facts (category, type, vip) is opened with."""
        matrix = self.desk["priority_matrix"]
        known = sorted({priority for row in matrix["table"].values() for priority in row.values()})
        place = known.index(matrix["table"][impact][urgency])
        for override in matrix["overrides"]:
            if _meets(override["when"], facts):
                if "at_least" in override:
                    place = min(place, known.index(override["at_least"]))
                place = max(0, place - override.get("up", 0))
        return known[place]


class Count:
    """Every clock of every ticket, after some lines of history."""

    def __init__(self, book: Book) -> None:
        self._book, self._hours_of = book, book.hours_of
        self._given: set[int] = set()
        self._rules: dict[int, Mapping[str, Any]] = {}
        self._category: dict[int, str] = {}
        self.clocks: dict[int, list[Counted]] = {}

    def read(self, lines: Sequence[Line], categories: Mapping[int, str], until: int) -> None:
        """Take in lines in their order, then let time pass until `until`."""
        self._category = dict(categories)
        for line in lines:
            for clock in self.clocks.get(line.ticket, ()):
                clock.reach(line.at)
            self._take(line)
        for clocks in self.clocks.values():
            for clock in clocks:
                clock.reach(until + 1)

    def _take(self, line: Line) -> None:
        action, ticket, at = line.action, line.ticket, line.at
        clocks = self.clocks.setdefault(ticket, [])
        if action == "open":
            self._rules[ticket] = self._rule(ticket, line.data["priority"])
        if action == "approve" or (action == "open" and line.data["state"] != "approval"):
            first = [kind for kind in self._rules[ticket]["targets"] if kind != "update"]
            clocks += [self._begin(ticket, kind, 1, at) for kind in first]
        if action in TAKEN:
            self._stop(clocks, "claimed", at)
        if action in SPOKEN:
            self._stop(clocks, "replied", at)
            self._next(clocks, ticket, "update", at)
        if action in STILL:
            for clock in clocks:
                if clock.state == "running" and clock.kind in PAUSED:
                    clock.end(at, "paused")
                    clock.plain = False
        if action in RESUMED or action in ("transfer", "return"):
            for clock in clocks:
                if clock.state == "paused":
                    clock.go_on(at)
        if action == "workaround":
            self._stop(clocks, "worked_around", at)
            self._given.add(ticket)
        if action == "resolve":
            self._stop(clocks, "resolved", at)
        if action in ("reject", "reopen"):
            again = MEANT_ONCE if ticket not in self._given else ("resolution",)
            for clock in clocks:
                if clock.kind in again and clock.state == "stopped":
                    clock.go_on(at)
                    clock.floor_until = clock.hours.add(at, FLOOR)
        if action in ("cancel", "merge"):
            for clock in clocks:
                if clock.state in ("running", "paused"):
                    clock.end(at, "cancelled")
        claims = [clock for clock in clocks if clock.kind == "claim"]
        if action in QUEUED and claims[-1].state == "stopped":
            self._next(clocks, ticket, "claim", at)
        if action == "prioritize":
            self._change(clocks, ticket, line.data["to"], at)

    def _begin(self, ticket: int, kind: str, cycle: int, at: int) -> Counted:
        rule = self._rules[ticket]
        hours = self._hours_of(rule, kind)
        return Counted(kind, cycle, seconds_of(rule["targets"][kind]), hours, at, since=at)

    def _stop(self, clocks: Sequence[Counted], event: str, at: int) -> None:
        for clock in clocks:
            if clock.state in ("running", "paused") and event in STOPS[clock.kind]:
                clock.end(at, "stopped")

    def _next(self, clocks: list[Counted], ticket: int, kind: str, at: int) -> None:
        resolution = next((one for one in clocks if one.kind == "resolution"), None)
        if resolution is None or kind not in self._rules[ticket]["targets"]:
            return
        cycle = 1 + max((one.cycle for one in clocks if one.kind == kind), default=0)
        clocks.append(begun := self._begin(ticket, kind, cycle, at))
        if resolution.state == "paused":
            begun.end(at, "paused")
            begun.plain = False

    def _change(self, clocks: list[Counted], ticket: int, priority: str, at: int) -> None:
        rule = self._rules[ticket] = self._rule(ticket, priority)
        for clock in clocks:
            if clock.state not in ("running", "paused"):
                continue
            if clock.kind not in rule["targets"]:
                clock.end(at, "cancelled")
                continue
            clock.change(seconds_of(rule["targets"][clock.kind]), self._hours_of(rule, clock.kind), at)
        for kind in MEANT_ONCE:
            before = [clock for clock in clocks if clock.kind == kind]
            met = kind == "workaround" and ticket in self._given
            if kind in rule["targets"] and not met and all(one.state == "cancelled" for one in before):
                self._next(clocks, ticket, kind, at)

    def _rule(self, ticket: int, priority: str) -> Mapping[str, Any]:
        return self._book.rule({"priority": priority, "category": self._category[ticket]})


def seconds_of(length: str, day_s: int = 8 * 3600) -> int:
    """The seconds of a length with one unit, in a calendar whose working day has `day_s`."""
    unit = length.lstrip("0123456789")
    return int(length.removesuffix(unit)) * (UNITS | {"bd": day_s})[unit]


def _is_in(weekday: int, days: str) -> bool:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    first, _, last = days.partition("-")
    return names.index(first) <= weekday <= names.index(last or first)


def _meets(when: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(
        facts.get(name) in (wanted if isinstance(wanted, list) else [wanted]) for name, wanted in when.items()
    )


def _windows(day: datetime, written: Mapping[str, Any]) -> Sequence[str]:
    """The windows of a day: those of the season it lies in, else those of the week."""
    for season in written.get("seasons", {}).values():
        first, last = str(season["from"]), str(season["to"])
        if first <= f"{day:%Y-%m-%d}"[-len(first) :] <= last:
            named = _windows_of(day.weekday(), season["week"])
            if named is not None:
                return named
    return _windows_of(day.weekday(), written["week"]) or ()


def _windows_of(weekday: int, week: Mapping[str, Sequence[str]]) -> Sequence[str] | None:
    return next((windows for days, windows in week.items() if _is_in(weekday, days)), None)


def _is_off(day: datetime, written: Mapping[str, Any]) -> bool:
    """The New Year of the production calendar; the counted week has no holiday."""
    holidays = datetime(2026, 12, 31, tzinfo=UTC) <= day < datetime(2027, 1, 11, tzinfo=UTC)
    return holidays and written.get("production_calendar") == "ru"


def _edges(window: str) -> tuple[int, int]:
    opening, closing = (
        int(hour) * 60 + int(minute) for hour, minute in (edge.split(":") for edge in window.split("-"))
    )
    return opening, closing


def _span(day: datetime, window: str, zone: ZoneInfo, shorter_by: int) -> tuple[int, int]:
    opening, closing = _edges(window)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    first = int(midnight.timestamp())
    return first + opening * 60, first + closing * 60 - shorter_by
