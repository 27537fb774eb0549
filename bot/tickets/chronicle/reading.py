"""Reads the lives of all tickets of a period with few statements: a year is 100,000 tickets. Only reads."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Integer, Select, case, func, literal, or_, select

from bot.sla.clock import ClockState
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import clocks, history, tickets
from bot.tickets.chronicle.cases import ACTS, Stays, TicketCase, Walk
from bot.tickets.ticket import State

WEEK = 7 * 86_400
PORTION = 5_000  # rows of the history in memory at a time
_DONE = (State.RESOLVED.value, State.CLOSED.value)
_ENDED = (*_DONE, State.CANCELLED.value, State.MERGED.value)
_CARRYING = ("transfer", "return")
_APPROVING = ("approve", "deny")
_PROMISE = (clocks.c.kind == "resolution") & (clocks.c.scope == "")
_PROMISE &= clocks.c.state != ClockState.CANCELLED.value  # by a rule that promised no resolution


class _Facts(NamedTuple):
    id: int
    type: str
    priority: str
    category: str
    team: str
    owner_team: str
    requester: int
    opened_at: int
    resolved_at: int | None
    closed_at: int | None
    state: str
    stars: int | None
    outcome: str | None
    rule: str | None
    calendar: str | None


class PromiseCount(NamedTuple):
    """How many promises of one kind ended in the period: `outcome` is "met", "missed" or "voided"."""

    kind: str
    priority: str
    category: str
    team: str
    rule: str
    outcome: str
    n: int


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Tickets of a period, and where they stayed."""

    cases: list[TicketCase]
    stays: Stays


Act = tuple[int, int, str, str, str | None, int | None, str | None]
"""Ticket, instant, actor, action; team, engineer and former priority where the action names them. Oldest first."""
_NO_ACTS: tuple[int, Iterator[Act]] = (0, iter(()))


def _streamed(found: typed.Found) -> Iterator[Act]:
    """Row by row, a portion in memory at a time."""
    for portion in found.partitions(PORTION):
        yield from cast("Sequence[Act]", portion)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector's search among a million new objects, which takes as long as making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chronicle(tx: Connection, desk: Desk, first: int, last: int, departments: Mapping[int, str]) -> Chronicle:
    """Every ticket that was opened, resolved or open in [first, last); `last` cuts what has not ended."""
    return _lives(tx, desk, _within(first, last), last, departments)


def chronicle_of(tx: Connection, desk: Desk, ids: Sequence[int], last: int) -> Chronicle:
    """The same of some tickets, as far as they have come at `last` (UTC seconds)."""
    return _lives(tx, desk, tickets.c.id.in_(ids), last, {})


def _lives(
    tx: Connection, desk: Desk, within: ColumnElement[bool], last: int, departments: Mapping[int, str]
) -> Chronicle:
    facts = (*(tickets.c[name] for name in _Facts._fields[:-2]), clocks.c.rule, clocks.c.calendar)
    promise = _PROMISE & (tickets.c.id == clocks.c.ticket)
    rows = tx.execute(
        select(*facts).outerjoin_from(tickets, clocks, promise).where(within).order_by(tickets.c.id)
    ).all()
    acts = groupby(_streamed(tx.execute(_acts(within, last))), itemgetter(0))
    number, mine = next(acts, _NO_ACTS)
    touched = _touched(tx, within, last)
    teams = _Today(desk, Section.TEAMS)
    priorities, categories = _Today(desk, Section.PRIORITIES), _Today(desk, Section.CATEGORIES)
    found, stays = list[TicketCase](), Stays()
    for index, row in enumerate(rows):
        fact = _Facts(*row)
        team = teams[fact.owner_team or fact.team]
        of_it: Sequence[Act] = ()
        if number == fact.id:
            of_it = list(mine)
            number, mine = next(acts, _NO_ACTS)
        asks = fact.state == State.APPROVAL.value or (bool(of_it) and of_it[0][3] in _APPROVING)
        walk = Walk(stays, index, fact.opened_at, team, asks_first=asks)
        for _, at, actor, action, to_team, engineer, before in of_it:
            if action == "prioritize":
                walk.retargeted(at, before or "")
            else:
                walk.act(at, actor, action, to_team and teams[to_team], engineer)
        ended = fact.resolved_at if fact.resolved_at is not None else fact.closed_at
        walk.end(last if ended is None or ended > last else ended)
        is_done = fact.state in _DONE and fact.resolved_at is not None and fact.resolved_at < last
        closed = fact.closed_at if fact.closed_at is not None and fact.closed_at < last else None
        found.append(
            TicketCase(
                str(fact.id),
                "",
                fact.type,
                priorities[fact.priority],
                categories[fact.category],
                team,
                departments.get(fact.requester, ""),
                fact.rule or "",
                fact.calendar or "",
                fact.opened_at,
                walk.begun_at,
                walk.claimed_at,
                walk.replied_at,
                fact.resolved_at if is_done else None,
                closed,
                closed if is_done and fact.outcome == "confirmed" else None,
                is_done,
                touched.get(fact.id),
                fact.stars,
                walk.reopened,
                len(walk.teams) - 1,
                walk.teams,
                walk.is_first_contact if is_done else None,
                None,
                walk.retargets,
                walk.first_resolved_at,
            )
        )
    return Chronicle(found, stays)


def kept(tx: Connection, desk: Desk, first: int, last: int) -> list[PromiseCount]:
    """The promises to employees that ended in [first, last), counted; one that still runs has ended when it is broken, not
    when the late act comes."""
    stopped: ColumnElement[bool] = (clocks.c.state == ClockState.STOPPED.value) & clocks.c.outcome.is_not(
        None
    )
    stopped &= (clocks.c.stopped_at >= first) & (clocks.c.stopped_at < last)
    broken: ColumnElement[bool] = clocks.c.state.in_((ClockState.RUNNING.value, ClockState.PAUSED.value))
    broken &= (clocks.c.breached_at >= first) & (clocks.c.breached_at < last)
    mine: ColumnElement[bool] = (clocks.c.scope == "") & (stopped | broken)
    voided = (clocks.c.outcome == "missed") & clocks.c.void_reason.is_not(None)
    outcome = case((broken, "missed"), (voided, "voided"), else_=clocks.c.outcome).label("outcome")
    team = func.coalesce(func.nullif(tickets.c.owner_team, ""), tickets.c.team).label("of_team")
    of = (clocks.c.kind, tickets.c.priority, tickets.c.category, team, clocks.c.rule, outcome)
    counted = (
        select(*of, func.count()).join(tickets, tickets.c.id == clocks.c.ticket).where(mine).group_by(*of)
    )
    found: Counter[PromiseCount] = Counter()
    for kind, priority, category, owner, rule, ended, n in tx.execute(counted):
        names = (desk.today(Section.PRIORITIES, priority), desk.today(Section.CATEGORIES, category))
        found[PromiseCount(kind, *names, desk.today(Section.TEAMS, owner), rule or "", ended, 0)] += n
    return [one._replace(n=n) for one, n in sorted(found.items())]


def weeks(tx: Connection, first: int, last: int) -> list[tuple[int, int, int]]:
    """Promises to resolve that ended in [first, last): the number of the week from `first` on, met, missed."""
    week = (clocks.c.stopped_at - first) / literal(WEEK, Integer)
    number = func.floor(week).label("number")
    mine = _PROMISE & (clocks.c.state == ClockState.STOPPED.value) & clocks.c.void_reason.is_(None)
    within = mine & (clocks.c.stopped_at >= first) & (clocks.c.stopped_at < last)
    met = func.sum(case((clocks.c.outcome == "met", 1), else_=0))
    missed = func.sum(case((clocks.c.outcome == "missed", 1), else_=0))
    rows = tx.execute(select(number, met, missed).where(within).group_by(number).order_by(number))
    return [(int(at), int(kept), int(late)) for at, kept, late in rows]


class _Today(dict[str, str]):
    """What names are called today."""

    def __init__(self, desk: Desk, section: Section) -> None:
        super().__init__()
        self._of = desk, section

    def __missing__(self, name: str) -> str:
        desk, section = self._of
        self[name] = desk.today(section, name)
        return self[name]


def _within(first: int, last: int) -> ColumnElement[bool]:
    later = (tickets.c.opened_at >= first) | (tickets.c.resolved_at >= first) | (tickets.c.closed_at >= first)
    return (tickets.c.opened_at < last) & or_(later, tickets.c.closed_at.is_(None))


def _acts(within: ColumnElement[bool], last: int) -> Select[Act]:
    def told(key: str, *actions: str) -> ColumnElement[Any]:
        return case((history.c.action.in_(actions), history.c.data[key].as_string()), else_=None)

    engineer = case((history.c.action == "assign", history.c.data["engineer"].as_integer()), else_=None)
    facts = (told("team", *_CARRYING), engineer, told("from", "prioritize"))
    mine = select(history.c.ticket, history.c.at, history.c.actor, history.c.action, *facts)
    wanted = within & history.c.action.in_(ACTS) & (history.c.at < last)
    found = mine.join(tickets, tickets.c.id == history.c.ticket).where(wanted)
    return found.order_by(history.c.ticket, history.c.id)


def _touched(tx: Connection, within: ColumnElement[bool], last: int) -> dict[int, int]:
    """When something was last done to each ticket that is open, UTC seconds."""
    is_open = tickets.c.state.not_in(_ENDED) | (tickets.c.closed_at >= last)
    mine = select(history.c.ticket, func.max(history.c.at)).join(tickets, tickets.c.id == history.c.ticket)
    rows = tx.execute(mine.where(within & is_open & (history.c.at < last)).group_by(history.c.ticket))
    return dict(rows.all())
