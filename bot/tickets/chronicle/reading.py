"""Reads the lives of all tickets of a period with few statements: a year is 100,000 tickets. Only reads."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Connection, Integer, Select, case, func, literal, or_, select

from bot.sla.clock import ClockState
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import clocks, history, tickets
from bot.tickets.chronicle.cases import TicketCase
from bot.tickets.chronicle.stays import Flags, Seconds, Stays, coded
from bot.tickets.chronicle.walking import ACTS, CODES, NOT_YET, Acts, LifeBegun, Walk
from bot.tickets.ticket import State

WEEK = 7 * 86_400
PORTION = 5_000  # rows of the history in memory at a time
FEW = 500  # numbers of tickets in one statement
_DONE = (State.RESOLVED.value, State.CLOSED.value)
_ENDED = (*_DONE, State.CANCELLED.value, State.MERGED.value)
_APART = "\x1f"  # between names that come as one text
_NAMING = ("claim", "resolve")
_CARRYING = ("transfer", "return")
_PROMISE = (clocks.c.kind == "resolution") & (clocks.c.scope == "")
_PROMISE &= clocks.c.state != ClockState.CANCELLED.value  # by a rule that promised no resolution


class _Facts(NamedTuple):
    """Tickets as columns. Instants are UTC seconds, NOT_YET where there is none; `kind` is an index of `_Kind`s."""

    id: Seconds
    requester: Seconds
    opened_at: Seconds
    resolved_at: Seconds
    closed_at: Seconds
    stars: Seconds
    kind: Seconds


class _Kind(NamedTuple):
    """What many tickets have in common, by the names of today."""

    type: str
    priority: str
    category: str
    team: str
    rule: str
    calendar: str
    state: str
    outcome: str


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
    """Tickets of a period, and where they stayed. The first ones are our own: `ids` are their numbers, ascending."""

    cases: list[TicketCase]
    stays: Stays
    ids: Seconds


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


Progress = Callable[[int, int], None]
"""Called with what is done so far, and all there is to do."""


def unseen(_done: int, _of: int) -> None:
    """No one waits for it."""


def chronicle(
    tx: Connection,
    desk: Desk,
    first: int,
    last: int,
    departments: Mapping[int, str],
    progress: Progress = unseen,
) -> Chronicle:
    """Every ticket that was opened, resolved or open in [first, last); `last` cuts what has not ended."""
    return _lives(tx, desk, _within(first, last), last, departments, progress)


def chronicle_of(tx: Connection, desk: Desk, ids: Sequence[int], last: int) -> Chronicle:
    """The same of some tickets, as far as they have come at `last` (UTC seconds)."""
    return _lives(tx, desk, tickets.c.id.in_(ids), last, {}, unseen)


def _lives(
    tx: Connection,
    desk: Desk,
    within: ColumnElement[bool],
    last: int,
    departments: Mapping[int, str],
    progress: Progress,
) -> Chronicle:
    fact, kinds = _facts(tx, desk, within)
    ids, owner = fact.id, coded(kind.team for kind in kinds)
    acts = _read(tx.execute(_acts(within, last)), ids, progress)
    is_done = _of(kinds, fact, lambda kind: kind.state in _DONE) & _before(fact.resolved_at, last)
    closed_at = np.where(_before(fact.closed_at, last), fact.closed_at, NOT_YET)
    ended_at = np.where(fact.resolved_at >= 0, fact.resolved_at, fact.closed_at)
    teams = _teams(_Today(desk, Section.TEAMS), acts, owner[0])
    begun = LifeBegun(
        fact.opened_at,
        np.where(_before(ended_at, last), ended_at, last),
        _of(kinds, fact, lambda kind: kind.state == State.APPROVAL.value),
        owner[1][fact.kind] if len(ids) else fact.kind,
        *teams,
    )
    walk, touched = Walk(acts, begun), _touched(tx, within, last)
    is_confirmed = is_done & _of(kinds, fact, lambda kind: kind.outcome == "confirmed")
    numbers, retargets, kind = ids.tolist(), walk.retargets, [kinds[code] for code in fact.kind.tolist()]
    columns: list[Iterable[Any]] = [
        map(str, numbers),
        repeat(""),
        *(map(itemgetter(place), kind) for place in range(4)),
        [departments.get(requester, "") for requester in fact.requester.tolist()],
        map(itemgetter(4), kind),
        map(itemgetter(5), kind),
        fact.opened_at.tolist(),
        walk.begun_at.tolist(),
        _known(walk.claimed_at),
        _known(walk.replied_at),
        _known(np.where(is_done, fact.resolved_at, NOT_YET)),
        _known(closed_at),
        _known(np.where(is_confirmed, closed_at, NOT_YET)),
        is_done.tolist(),
        map(touched.get, numbers),
        _known(fact.stars),
        walk.reopened.tolist(),
        walk.handovers.tolist(),
        walk.teams,
        [
            yes if done else None
            for yes, done in zip(walk.is_first_contact.tolist(), is_done.tolist(), strict=True)
        ],
        repeat(None),
        [retargets.get(index, ()) for index in range(len(numbers))] if retargets else repeat(()),
        _known(walk.first_resolved_at),
        walk.level_one,
    ]
    return Chronicle(list(map(TicketCase._make, zip(*columns, strict=False))), walk.stays, ids)


def _facts(tx: Connection, desk: Desk, within: ColumnElement[bool]) -> tuple[_Facts, list[_Kind]]:
    """The tickets, by number. Their names come as one text: a year has few different ones, so that each is read once."""
    promise = _PROMISE & (tickets.c.id == clocks.c.ticket)
    plain = (tickets.c.type, tickets.c.priority, tickets.c.category, tickets.c.team, tickets.c.owner_team)
    maybe = (clocks.c.rule, clocks.c.calendar, tickets.c.outcome)
    listed = [*plain, tickets.c.state, *(func.coalesce(one, "") for one in maybe)]
    text = reduce(lambda one, other: one + _APART + other, listed)
    instants = (tickets.c.resolved_at, tickets.c.closed_at, tickets.c.stars)
    columns = (tickets.c.id, tickets.c.requester, tickets.c.opened_at)
    facts = (*columns, *(func.coalesce(one, NOT_YET) for one in instants), text)
    found = select(*facts).outerjoin_from(tickets, clocks, promise).where(within).order_by(tickets.c.id)
    codes: dict[str, int] = defaultdict(lambda: len(codes))
    parts: list[list[Seconds]] = [[np.zeros(0, np.int64)] for _ in facts]
    for portion in tx.execute(found).partitions(PORTION):
        *numbers, texts = zip(*portion, strict=True)
        for part, column in zip(parts, (*numbers, [codes[one] for one in texts]), strict=True):
            part.append(np.asarray(column, np.int64))
    teams, priorities, categories = (
        _Today(desk, one) for one in (Section.TEAMS, Section.PRIORITIES, Section.CATEGORIES)
    )
    kinds = []
    for one in codes:
        type_, priority, category, team, owner, state, rule, calendar, outcome = one.split(_APART)
        names = priorities[priority], categories[category], teams[owner or team]
        kinds.append(_Kind(type_, *names, rule, calendar, state, outcome))
    return _Facts(*map(np.concatenate, parts)), kinds


def _of(kinds: Sequence[_Kind], fact: _Facts, is_so: Callable[[_Kind], bool]) -> Flags:
    """Of which tickets this is so."""
    return np.asarray([*map(is_so, kinds), False], np.bool_)[fact.kind]


def _before(moments: Seconds, last: int) -> Flags:
    reached: Flags = (moments >= 0) & (moments < last)
    return reached


def _known(moments: Seconds) -> list[int | None]:
    return [at if at >= 0 else None for at in moments.tolist()]


def _teams(today: Mapping[str, str], acts: Acts, names: Sequence[str]) -> tuple[list[str], Seconds]:
    """The names of teams: these, and those to which tickets were handed; of each name of the acts, which one it is."""
    codes = {name: code for code, name in enumerate(names)}
    team_of = np.full(len(acts.names), NOT_YET, np.int64)
    for told in np.unique(acts.about[acts.which(*_CARRYING)]).tolist():
        if acts.names[told]:
            team_of[told] = codes.setdefault(today[acts.names[told]], len(codes))
    return list(codes), team_of


def _read(found: typed.Found, ids: Seconds, progress: Progress) -> Acts:
    """The acts as columns; a portion of rows is in memory at a time. Those of tickets that are newer than `ids` are left out."""
    names: dict[str | None, int] = defaultdict(lambda: len(names))
    parts: list[tuple[Seconds, ...]] = []
    for portion in found.partitions(PORTION):
        numbers, moments, actions, told = zip(*portion, strict=True)
        codes = (map(CODES.__getitem__, actions), map(names.__getitem__, told))
        columns = tuple(np.fromiter(one, np.int64, len(numbers)) for one in (numbers, moments, *codes))
        parts.append(columns)
        progress(int(np.searchsorted(ids, columns[0][-1], "right")), len(ids))
    empty = [np.zeros(0, np.int64)] * 4
    number, at, action, said = (np.concatenate(one) for one in zip(*parts, strict=True)) if parts else empty
    case = np.searchsorted(ids, number)
    is_known = case < len(ids)
    is_known[is_known] = ids[case[is_known]] == number[is_known]
    acts = Acts(case, at, action, said, [name or "" for name in names] or [""])
    return acts if is_known.all() else acts.where(is_known)


def kept(tx: Connection, desk: Desk, first: int, last: int, found: Chronicle) -> list[PromiseCount]:
    """The promises to employees that ended in [first, last), counted; one that still runs has ended when it is broken, not
    when the late act comes. `found` are the tickets of this time."""
    stopped: ColumnElement[bool] = (clocks.c.state == ClockState.STOPPED.value) & clocks.c.outcome.is_not(
        None
    )
    stopped &= (clocks.c.stopped_at >= first) & (clocks.c.stopped_at < last)
    broken: ColumnElement[bool] = clocks.c.state.in_((ClockState.RUNNING.value, ClockState.PAUSED.value))
    broken &= (clocks.c.breached_at >= first) & (clocks.c.breached_at < last)
    mine: ColumnElement[bool] = (clocks.c.scope == "") & (stopped | broken)
    voided = (clocks.c.outcome == "missed") & clocks.c.void_reason.is_not(None)
    outcome = case((broken, "missed"), (voided, "voided"), else_=clocks.c.outcome)
    # One text instead of three columns, and neither a join nor a GROUP BY: these take twice as long as counting here.
    said = clocks.c.kind + _APART + outcome + _APART + func.coalesce(clocks.c.rule, "")
    numbers, promises = list[Seconds](), list[Seconds]()
    told: dict[str, int] = defaultdict(lambda: len(told))
    for portion in tx.execute(select(clocks.c.ticket, said).where(mine)).partitions(PORTION):
        tickets_of, texts = zip(*portion, strict=True)
        numbers.append(np.asarray(tickets_of, np.int64))
        promises.append(np.fromiter(map(told.__getitem__, texts), np.int64, len(texts)))
    if not numbers:
        return []
    number, promise = np.concatenate(numbers), np.concatenate(promises)
    ids, keys = _owners(tx, desk, number, found)
    of: dict[tuple[str, str, str], int] = defaultdict(lambda: len(of))
    owner = np.fromiter((of[key] for key in keys), np.int64, len(keys))[np.searchsorted(ids, number)]
    counts = np.bincount(owner * len(told) + promise)
    owners, wordings, counted = list(of), list(told), list[PromiseCount]()
    for pair in np.flatnonzero(counts).tolist():
        kind, ended, rule = wordings[pair % len(told)].split(_APART)
        counted.append(PromiseCount(kind, *owners[pair // len(told)], rule, ended, int(counts[pair])))
    return sorted(counted)


def _owners(
    tx: Connection, desk: Desk, numbers: Seconds, found: Chronicle
) -> tuple[Seconds, list[tuple[str, str, str]]]:
    """Numbers of tickets, ascending, and of each its priority, category and accountable team: of those that were found, and of
    the others among `numbers`."""
    keys = [(one.priority, one.category, one.team) for one in found.cases[: len(found.ids)]]
    places = np.minimum(np.searchsorted(found.ids, numbers), max(0, len(found.ids) - 1))
    is_known = found.ids[places] == numbers if len(found.ids) else np.zeros(len(numbers), np.bool_)
    others = np.unique(numbers[~is_known]).tolist()
    if not others:
        return found.ids, keys
    columns = (tickets.c.id, tickets.c.priority, tickets.c.category, tickets.c.owner_team, tickets.c.team)
    rows = [
        row
        for begin in range(0, len(others), FEW)
        for row in tx.execute(select(*columns).where(tickets.c.id.in_(others[begin : begin + FEW])))
    ]
    known = dict(zip(found.ids.tolist(), keys, strict=True))
    for number, priority, category, owner, team in rows:
        known[number] = (
            desk.today(Section.PRIORITIES, priority),
            desk.today(Section.CATEGORIES, category),
            desk.today(Section.TEAMS, owner or team),
        )
    ids = sorted(known)
    return np.asarray(ids, np.int64), [known[number] for number in ids]


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


def _acts(within: ColumnElement[bool], last: int) -> Select[tuple[int, int, str, str | None]]:
    """Ticket, instant, action, and what it tells (see Acts); oldest first. Only what is needed: a year has half a million."""
    data = history.c.data
    told = case(
        (history.c.action.in_(_NAMING), history.c.actor),
        (history.c.action.in_(_CARRYING), data["team"].as_string()),
        (history.c.action == "assign", data["engineer"].as_string()),
        (history.c.action == "prioritize", data["from"].as_string()),
        (history.c.action == "level_one", data["could"].as_string()),
        else_=None,
    )
    mine = select(history.c.ticket, history.c.at, history.c.action, told)
    wanted = history.c.ticket.in_(select(tickets.c.id).where(within)) & history.c.action.in_(ACTS)
    return mine.where(wanted & (history.c.at < last)).order_by(history.c.ticket, history.c.id)


def _touched(tx: Connection, within: ColumnElement[bool], last: int) -> dict[int, int]:
    """When something was last done to each ticket that is open, UTC seconds."""
    is_open = tickets.c.state.not_in(_ENDED) | (tickets.c.closed_at >= last)
    latest = select(func.max(history.c.at)).where((history.c.ticket == tickets.c.id) & (history.c.at < last))
    rows = tx.execute(select(tickets.c.id, latest.scalar_subquery()).where(within & is_open))
    return {number: at for number, at in rows if at is not None}
