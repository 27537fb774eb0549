"""Reads the data of a period's figures: clocks that ended in it, tickets solved in it, gaps of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.reports.measures import Ended, Figures, Solved, figures
from bot.reports.works import BACK, Deed, work_of
from bot.sla.clock import ClockState
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage.schema import clocks, gaps, history, runs, tickets
from bot.tickets.ticket import MOVES, State

PORTION = 500  # ids in one statement
ALL = "all"
GROUPS: Mapping[str, Callable[[Desk, Any], str]] = {
    "class": lambda desk, row: service.id if (service := desk.service(row.rule or "")) else "-",
    "rule": lambda _, row: row.rule or "-",
    "priority": lambda desk, row: desk.today(Section.PRIORITIES, row.priority),
    "category": lambda desk, row: desk.today(Section.CATEGORIES, row.category),
    "team": lambda desk, row: desk.today(Section.TEAMS, row.owner_team or row.team),
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


def report(tx: Connection, desk: Desk, first: int, last: int, by: str) -> Report:
    """The period's figures by `by` (a key of GROUPS). Only reads."""
    key = GROUPS[by]
    ended = [_ended(desk, row, key) for row in _clocks(tx, first, last)]
    ended += [Ended(key(desk, row), row.kind, "missed", None) for row in _overdue(tx, first, last)]
    solved = _solved(tx, desk, first, last, key)
    rates = {team: desk.rate(team) for team in desk.teams}

    def of(group: str) -> Figures:
        mine = [one for one in ended if group in (one.group, ALL)]
        return figures(
            group, mine, [one for one in solved if group in (one.group, ALL)], rates, desk.rate("")
        )

    happened = {one.group for one in ended} | {one.group for one in solved}
    names = list(dict.fromkeys([*_order(desk, by), *sorted(happened)]))
    groups = tuple(of(name) for name in names)
    cheapest = min(desk.services.values(), key=lambda one: one.price, default=None)
    base = next((one for one in groups if by == "class" and cheapest and one.group == cheapest.id), None)
    return Report(by, first, last, groups, of(ALL), base, gaps_between(tx, first, last))


def gaps_between(tx: Connection, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The spans in [first, last) in which no timer was handled, UTC seconds."""
    inside = (gaps.c.ended_at > first) & (gaps.c.began_at < last)
    rows = tx.execute(select(gaps.c.began_at, gaps.c.ended_at).where(inside).order_by(gaps.c.began_at))
    return tuple((began_at, ended_at) for began_at, ended_at in rows)


def _order(desk: Desk, by: str) -> Sequence[str]:
    """The file's groups, which are shown even without tickets."""
    return {"class": list(desk.services), "priority": desk.file.priority_matrix.priorities}.get(by, ())


_FACTS = (tickets.c.priority, tickets.c.category, tickets.c.team, tickets.c.owner_team)


def _clocks(tx: Connection, first: int, last: int) -> Sequence[Any]:
    mine = (clocks.c.state == "stopped") & (clocks.c.scope == "") & clocks.c.outcome.is_not(None)
    within = (clocks.c.stopped_at >= first) & (clocks.c.stopped_at < last)
    columns = (clocks.c.kind, clocks.c.rule, clocks.c.outcome, clocks.c.void_reason, clocks.c.consumed_s)
    joined = select(*columns, *_FACTS).join(tickets, tickets.c.id == clocks.c.ticket)
    return tx.execute(joined.where(mine & within)).all()


def _overdue(tx: Connection, first: int, last: int) -> Sequence[Any]:
    """The clocks that passed their deadline in the period and have not ended: a promise is broken then, not when the late
    act comes."""
    is_open = clocks.c.state.in_((ClockState.RUNNING.value, ClockState.PAUSED.value))
    within = (clocks.c.breached_at >= first) & (clocks.c.breached_at < last)
    joined = select(clocks.c.kind, clocks.c.rule, *_FACTS).join(tickets, tickets.c.id == clocks.c.ticket)
    return tx.execute(joined.where(is_open & within & (clocks.c.scope == ""))).all()


def _ended(desk: Desk, row: Any, key: Callable[[Desk, Any], str]) -> Ended:
    voided = row.outcome == "missed" and row.void_reason is not None
    return Ended(key(desk, row), row.kind, "voided" if voided else row.outcome, row.consumed_s)


def _solved(
    tx: Connection, desk: Desk, first: int, last: int, key: Callable[[Desk, Any], str]
) -> list[Solved]:
    """Tickets whose final solution lies in the period."""
    done = tickets.c.state.in_((State.RESOLVED.value, State.CLOSED.value))
    within = (tickets.c.resolved_at >= first) & (tickets.c.resolved_at < last)
    promise = (clocks.c.ticket == tickets.c.id) & (clocks.c.kind == "resolution") & (clocks.c.scope == "")
    promise &= clocks.c.state != ClockState.CANCELLED.value  # by a rule that promised no resolution
    more = (tickets.c.id, tickets.c.stars, tickets.c.outcome, tickets.c.opened_at, tickets.c.closed_at)
    began = runs.c.started_at.label("began_at")
    rows = tx.execute(
        select(clocks.c.rule, clocks.c.calendar, began, *more, *_FACTS)
        .outerjoin_from(tickets, clocks, promise)
        .outerjoin(runs, runs.c.id == tickets.c.run)
        .where(done & within)
        .order_by(tickets.c.id)
    ).all()
    deeds = _deeds(tx, desk, [row.id for row in rows])
    found = []
    for row in rows:
        calendar = desk.calendar(row.calendar or desk.default_rule.usual_calendar)
        service = desk.service(row.rule or "")
        found.append(
            Solved(
                key(desk, row),
                work_of(deeds[row.id], _began_in(desk, deeds[row.id], row), calendar),
                service.price if service else 1.0,
                row.stars,
                row.closed_at - row.opened_at if row.outcome == "confirmed" else None,
                row.opened_at - row.began_at if row.began_at is not None else None,
            )
        )
    return found


def spent_on(tx: Connection, desk: Desk, ids: Sequence[int]) -> tuple[int, float]:
    """The business seconds for which people had these tickets in hand, and what that costs by the rates of their teams."""
    seconds, money = 0, 0.0
    for deeds in _deeds(tx, desk, ids).values():
        team = str(next((deed.data.get("team", "") for deed in deeds if deed.action == "open"), ""))
        for name, spent in work_of(deeds, team, desk.usual).hands.items():
            seconds += spent
            money += spent / 3600 * desk.rate(name)
    return seconds, money


def _began_in(desk: Desk, deeds: Sequence[Deed], row: Any) -> str:
    team: str = next((deed.data.get("team", "") for deed in deeds if deed.action == "open"), "")
    return team or desk.today(Section.TEAMS, row.owner_team or row.team)


def _deeds(tx: Connection, desk: Desk, ids: Sequence[int]) -> dict[int, list[Deed]]:
    """The history of some tickets, as far as it moved them; a team is called what it is called today."""
    found: dict[int, list[Deed]] = {number: [] for number in ids}
    wanted = ("open", *MOVES, *BACK)
    for start in range(0, len(ids), PORTION):
        mine = history.c.ticket.in_(ids[start : start + PORTION]) & history.c.action.in_(wanted)
        for row in tx.execute(select(history).where(mine).order_by(history.c.id)):
            team = {"team": desk.today(Section.TEAMS, row.data["team"])} if "team" in row.data else {}
            found[row.ticket].append(Deed(row.at, row.actor, row.action, row.data | team))
    return found
