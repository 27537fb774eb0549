"""A made log of incidents, measured by the product and by a program that shares nothing with it: attainment is equal.

Every incident is lived through by the clocks of one policy and stored; then `sla replay` measures the same log by another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.escalation.replay import replay
from bot.reports.period import report
from bot.sla import clock as sla
from bot.sla.check import load_desk
from bot.sla.clock import ClockChange, Segment, SlaClock
from bot.sla.ladder import Ladder
from bot.sla.policies import presets
from bot.sla.policy import Desk
from bot.storage.schema import clocks, segments, tickets
from tests.storm.second_count import Book, Hours, seconds_of
from tests.tickets.company import ANNA, BORIS, CAST, CHATS, at
from tests.undone import Run

LONG, SHORT = 25_000, 200
FIRST, LAST = at("2026-11-17 00:00"), at("2026-12-20 00:00")
END = at("2027-02-10 00:00")
HOUR, DAY = 3600, 86_400
SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
CATEGORIES = ("printing", "network", "email", "access", "meeting", "security", "other")
PRIORITIES = ("P1", "P2", "P3", "P4")
PAUSED = ("workaround", "resolution")
POLICIES = ("workaround", "on-call", "term-and-summer", "round-the-clock")


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident of the log; instants in UTC seconds, `asked` are the spans in which it waited for the employee."""

    number: int
    priority: str
    category: str
    requester: int
    opened: int
    stops: Mapping[str, int]
    asked: Sequence[tuple[int, int]]


def made(random: Random, count: int) -> Iterator[Incident]:
    for number in range(1, count + 1):
        opened = random.randint(FIRST, LAST)
        slow = random.choice([HOUR, 4 * HOUR, DAY, 4 * DAY])
        moments = sorted(opened + int(random.expovariate(1) * slow) for _ in range(9))
        claimed, replied, helped, *asks, solved = moments
        asked = [(asks[0], asks[1]), (asks[2], asks[3])][: random.choice([0, 0, 1, 2])]
        stops = {
            "claim": claimed,
            "response": replied,
            "workaround": min(helped, solved),
            "resolution": solved,
        }
        who = random.choice([ANNA, BORIS])
        yield Incident(
            number, random.choice(PRIORITIES), random.choice(CATEGORIES), who, opened, stops, asked
        )


# ── the product ─────────────────────────────────────────────────────────────────────────────────────────


def stored(tx: Connection, desk: Desk, log: Sequence[Incident]) -> None:
    """Every incident through the product's clocks into its tables."""
    rows: dict[str, list[dict[str, Any]]] = {"tickets": [], "clocks": [], "segments": []}
    for one in log:
        rows["tickets"].append(_ticket(desk, one))
        rule = desk.rule_for(one.priority, "incident", one.category, desk.category(one.category).team)
        for kind in desk.targets(rule):
            if kind == "update":
                continue
            clock, spans = _lived(desk, one, kind, desk.targets(rule)[kind])
            number = len(rows["clocks"]) + 1
            place = {"rule": rule.id, "chain": rule.chain, "calendar": rule.calendar_of(kind)}
            hashes = {"calendar_hash": desk.calendar_for(rule, kind).hash, "policy_hash": desk.policy_hash}
            rows["clocks"].append(asdict(clock) | place | hashes | {"id": number, "ticket": one.number})
            rows["segments"] += [asdict(span) | {"clock": number} for span in spans]
    for table in (tickets, clocks, segments):
        tx.execute(insert(table), rows[table.name])


def _lived(desk: Desk, one: Incident, kind: str, target_s: int) -> tuple[SlaClock, list[Segment]]:
    rule = desk.rule_for(one.priority, "incident", one.category, desk.category(one.category).team)
    calendar, spans = desk.calendar_for(rule, kind), []
    turn: ClockChange = sla.start(kind, target_s, one.opened, calendar, Ladder())
    begun = turn.opened
    for start, end in one.asked if kind in PAUSED else ():
        if start >= one.stops[kind]:
            break
        turn = sla.pause(turn.clock, calendar, start, "waiting_user")
        spans.append(_closed(begun, turn))
        begun = None
        if end >= one.stops[kind]:
            break
        turn = sla.resume(turn.clock, calendar, Ladder(), (), end, "resumed")
        begun = turn.opened
    turn = sla.stop(turn.clock, calendar, one.stops[kind])
    if begun is not None:
        spans.append(_closed(begun, turn))
    return turn.clock, spans


def _closed(begun: Segment | None, turn: ClockChange) -> Segment:
    assert begun is not None
    assert turn.closed is not None
    return replace(begun, ended_at=turn.closed.ended_at, end_reason=turn.closed.end_reason)


def _ticket(desk: Desk, one: Incident) -> dict[str, Any]:
    team = desk.category(one.category).team
    facts = {"type": "incident", "summary": "-", "transcript": [], "tried": [], "impact": "one"}
    facts |= {"urgency": "degraded", "team": team, "owner_team": team, "state": "closed"}
    times = {"opened_at": one.opened, "resolved_at": one.stops["resolution"], "closed_at": END}
    whose = {"id": one.number, "requester": one.requester, "priority": one.priority, "category": one.category}
    return facts | times | whose


# ── the second program ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Judged:
    """One promise of one incident: whether it was kept by its deadline, and whether its hours were enough."""

    number: int
    priority: str
    kind: str
    kept: bool
    enough: bool


def judged(book: Book, log: Sequence[Incident]) -> Iterator[Judged]:
    for one in log:
        rule = book.rule({"priority": one.priority, "category": one.category})
        for kind, length in rule["targets"].items():
            if kind == "update":
                continue
            hours, stop = book.hours_of(rule, kind), one.stops[kind]
            spans = list(_ran(one, kind, stop))
            target = seconds_of(length, book.day_of(rule, kind))
            used = sum(hours.elapsed(*span) for span in spans)
            yield Judged(one.number, one.priority, kind, _in_time(hours, spans, target), used <= target)


def _ran(one: Incident, kind: str, stop: int) -> Iterator[tuple[int, int]]:
    since = one.opened
    for start, end in one.asked if kind in PAUSED else ():
        if start >= stop:
            break
        yield since, start
        since = min(end, stop)
    if since < stop or since == one.opened:
        yield since, stop


def _in_time(hours: Hours, spans: Sequence[tuple[int, int]], left: int) -> bool:
    """Whether it ended, or stood still, before its deadline: one that passes while the clock runs is missed."""
    for start, end in spans:
        used = hours.elapsed(start, end)
        if used > left or (used == left and hours.add(start, left) < end):
            return False
        left -= used
    return True


def _counted(found: Sequence[Judged], what: str) -> dict[tuple[str, str], tuple[int, int]]:
    count = Counter((one.priority, one.kind) for one in found)
    good = Counter((one.priority, one.kind) for one in found if getattr(one, what))
    return {key: (good[key], count[key]) for key in count}


# ── the comparison ──────────────────────────────────────────────────────────────────────────────────────


def compared(
    tx: Connection, log: Sequence[Incident], names: Sequence[str], shorter_by: int
) -> tuple[int, list[str]]:
    """How many shares were compared, and which of them, or which promises, differ."""
    alone = list(judged(book_of(SHIPPED, shorter_by), log))
    outcomes = {(row.ticket, row.kind): row.outcome == "met" for row in tx.execute(select(clocks))}
    differ = [str(one) for one in alone if outcomes.pop((one.number, one.kind)) is not one.kept]
    differ += map(str, outcomes)
    found = {one.group: one for one in report(tx, _desk(SHIPPED), FIRST, END, "priority").groups}
    theirs = _counted(alone, "kept")
    for (priority, kind), share in theirs.items():
        ours = found[priority].kept[kind]
        if (ours.count, ours.of) != share:
            differ.append(f"report {priority} {kind}: {ours} instead of {share}")
    total = len(theirs)
    for name in names:
        written = presets.applied(SHIPPED, presets.block(name))
        measured = _counted(list(judged(book_of(written, shorter_by), log)), "enough")
        for line in replay(tx, _desk(written), "priority"):
            total += 1
            kept, of = measured.get((line.group, line.kind), (0, 0))
            if (line.would_keep, line.count - line.without) != (kept, of):
                differ.append(f"{name} {line} instead of {kept} of {of}")
    return total, differ


@cache
def book_of(text: str, shorter_by: int) -> Book:
    return Book(text, shorter_by)


@cache
def _desk(text: str) -> Desk:
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    return found


def test_the_attainment_of_a_made_log_is_that_of_an_independent_program(
    shared_sqlite: Run, at_length: bool
) -> None:
    log = list(made(Random(2026), LONG if at_length else SHORT))
    names = POLICIES if at_length else POLICIES[:1]

    def measured(tx: Connection) -> None:
        stored(tx, _desk(SHIPPED), log)
        total, differ = compared(tx, log, names, 0)
        _, control = compared(tx, log, (), 60 if at_length else HOUR)
        print(f"\n{len(log)} incidents, {total} shares, {len(differ)} differ; the control: {len(control)}")
        assert not differ, differ[:5]
        assert total >= 12 * len(names)
        assert control

    shared_sqlite(measured, CAST, CHATS)
