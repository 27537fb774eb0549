"""The figures of `firstline sla report` and /quality: those of `firstline report`, by class, rule, priority, category or team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sqlalchemy import Connection, func, select

from bot.reports.gaps import gaps_between
from bot.reports.insight.money import class_of, spending
from bot.reports.insight.times import Times
from bot.reports.measures import Figures, Solved, figures
from bot.sla.clock import ClockState
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage.schema import clocks, runs, tickets
from bot.tickets.chronicle.cases import StayPlace
from bot.tickets.chronicle.reading import Chronicle, chronicle, chronicle_of, kept, uncollected

ALL = "all"
HOUR = 3600


class GroupFacts(Protocol):
    """What tickets and promises are grouped by."""

    @property
    def rule(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def team(self) -> str: ...


GROUPS: Mapping[str, Callable[[Desk, GroupFacts], str]] = {
    "class": lambda desk, one: class_of(desk, one.rule),
    "rule": lambda _, one: one.rule or "-",
    "priority": lambda _, one: one.priority,
    "category": lambda _, one: one.category,
    "team": lambda _, one: one.team,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a period [first, last) in UTC seconds, by group, in total, and the gaps of the engine in it."""

    by: str
    first: int
    last: int
    groups: tuple[Figures, ...]
    total: Figures
    base: Figures | None
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Used:
    """The business seconds that one ended promise took."""

    kind: str
    rule: str
    priority: str
    category: str
    team: str
    seconds: int


def report(tx: Connection, desk: Desk, first: int, last: int, by: str) -> Report:
    """The period's figures by `by` (a key of GROUPS). Only reads."""
    key = GROUPS[by]
    with uncollected():
        found = chronicle(tx, desk, first, last, {})
        solved = _solved(tx, desk, found, first, last, key)
    promises, used = kept(tx, desk, first, last, found), _used(tx, desk, first, last)

    def of(group: str) -> Figures:
        mine = [one for one in promises if group in (key(desk, one), ALL)]
        took: dict[str, list[int]] = defaultdict(list)
        for one in used:
            if group in (key(desk, one), ALL):
                took[one.kind].append(one.seconds)
        return figures(group, mine, took, [one for one in solved if group in (one.group, ALL)])

    happened = {key(desk, one) for one in promises} | {one.group for one in solved}
    names = list(dict.fromkeys([*_order(desk, by), *sorted(happened)]))
    groups = tuple(of(name) for name in names)
    cheapest = min(desk.services.values(), key=lambda one: one.price, default=None)
    base = next((one for one in groups if by == "class" and cheapest and one.group == cheapest.id), None)
    return Report(by, first, last, groups, of(ALL), base, gaps_between(tx, first, last))


def spent_on(tx: Connection, desk: Desk, ids: Sequence[int], now: int) -> tuple[int, float]:
    """The business seconds for which people had these tickets in hand, and what that costs by the rates of their teams."""
    found = chronicle_of(tx, desk, ids, now)
    times = Times(desk, found.cases, found.stays, 0, now)
    hands = times.at(StayPlace.HANDS)
    teams, codes = times.teams
    rates = np.asarray([desk.rate(team) for team in teams], np.float64)[codes] if teams else codes
    return int(times.took[hands].sum()), float((times.took / HOUR * rates)[hands].sum())


def _order(desk: Desk, by: str) -> Sequence[str]:
    """The file's groups, which are shown even without tickets."""
    return {"class": list(desk.services), "priority": desk.file.priority_matrix.priorities}.get(by, ())


def _used(tx: Connection, desk: Desk, first: int, last: int) -> list[_Used]:
    mine = (
        (clocks.c.state == ClockState.STOPPED.value) & (clocks.c.scope == "") & clocks.c.outcome.is_not(None)
    )
    within = (clocks.c.stopped_at >= first) & (clocks.c.stopped_at < last)
    team = func.coalesce(func.nullif(tickets.c.owner_team, ""), tickets.c.team)
    columns = (
        clocks.c.kind,
        clocks.c.rule,
        tickets.c.priority,
        tickets.c.category,
        team,
        clocks.c.consumed_s,
    )
    rows = tx.execute(select(*columns).join(tickets, tickets.c.id == clocks.c.ticket).where(mine & within))
    return [
        _Used(
            kind,
            rule or "",
            desk.today(Section.PRIORITIES, priority),
            desk.today(Section.CATEGORIES, category),
            desk.today(Section.TEAMS, owner),
            consumed_s,
        )
        for kind, rule, priority, category, owner, consumed_s in rows
    ]


def _solved(
    tx: Connection,
    desk: Desk,
    found: Chronicle,
    first: int,
    last: int,
    key: Callable[[Desk, GroupFacts], str],
) -> list[Solved]:
    """Tickets whose final solution lies in the period."""
    times = Times(desk, found.cases, found.stays, first, last)
    spent = spending(desk, times)
    known = {case.number: index for index, case in enumerate(spent.cases)}
    begun = _begun(tx, first, last)
    solved = []
    for case in times.resolved:
        place, began_at = known.get(case.number), begun.get(int(case.number))
        solved.append(
            Solved(
                key(desk, case),
                case,
                0 if place is None else int(spent.hands_s[place]),
                0.0 if place is None else float(spent.cost[place]),
                0.0 if place is None else float(spent.price[place]),
                None if began_at is None else case.opened_at - began_at,
            )
        )
    return solved


def _begun(tx: Connection, first: int, last: int) -> dict[int, int]:
    """When the self-help that each ticket came from was begun, UTC seconds."""
    within = (tickets.c.resolved_at >= first) & (tickets.c.resolved_at < last)
    rows = tx.execute(
        select(tickets.c.id, runs.c.started_at).join(runs, runs.c.id == tickets.c.run).where(within)
    )
    return dict(rows.all())
