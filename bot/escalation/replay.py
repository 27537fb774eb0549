"""Replays the desk's history under another desk.yaml. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.people.directory import VIP
from bot.sla import clock as sla
from bot.sla.clock import Segment
from bot.sla.deskfile import Rule
from bot.sla.policy import Asker, Desk
from bot.storage import typed
from bot.storage.schema import clocks, people, tickets
from bot.tickets.clocks import clock_rows


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished clock, with its ticket's facts and its requester's."""

    id: int
    kind: str
    outcome: str
    priority: str
    type: str
    category: str
    team: str
    department: str
    office: str
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One kind of clock for one group: how many were met, of how many; then, and under the other file."""

    group: str
    kind: str
    count: int
    kept: int
    would_keep: int
    without: int
    """Promises that the other desk does not make at all."""


def replay(tx: Connection, other: Desk, by: str) -> list[ReplayLine]:
    """Every finished clock, measured again by another desk's rules and calendars, counted by a key of GROUPS.

    People are assumed to have worked as they did: the spans of each clock stay, only their business time and the
    targets change.
    """
    found = list(_finished(tx))
    spans = clock_rows.segments_of_ids(tx, [row.id for row in found])
    totals: dict[tuple[str, str], Counter[str]] = {}
    for row in found:
        count = totals.setdefault((GROUPS[by](other, row), row.kind), Counter())
        count["count"] += 1
        count["kept"] += row.outcome == "met"
        would = _would_keep(row, spans[row.id], other)
        count["without" if would is None else "would" if would else "miss"] += 1
    return [
        ReplayLine(group, kind, count["count"], count["kept"], count["would"], count["without"])
        for (group, kind), count in sorted(totals.items())
    ]


def _would_keep(row: Finished, spans: Sequence[Segment], other: Desk) -> bool | None:
    """Whether the same work would have met the other desk's target; None when it has none."""
    rule = _rule(row, other)
    target_s = other.targets(rule).get(row.kind)
    if target_s is None:
        return None
    return sla.consumed(spans, other.calendar_for(rule, row.kind)) <= target_s


def _rule(row: Finished, other: Desk) -> Rule:
    """The other desk's rule for the ticket."""
    asker = Asker(row.department, row.office, VIP in row.roles)
    return other.rule_for(row.priority, row.type, row.category, row.team, asker=asker)


def _class(other: Desk, row: Finished) -> str:
    service = other.service(_rule(row, other).id)
    return service.id if service is not None else "-"


GROUPS: Mapping[str, Callable[[Desk, Finished], str]] = {
    "rule": lambda other, row: _rule(row, other).id,
    "class": _class,
    "priority": lambda _, row: row.priority,
}


def _finished(tx: Connection) -> Sequence[Finished]:
    """The finished SLA clocks, without OLA clocks, each with its ticket's facts."""
    columns = (clocks.c.id, clocks.c.kind, clocks.c.outcome)
    facts = (tickets.c.priority, tickets.c.type, tickets.c.category, tickets.c.team)
    whose = (people.c.department, people.c.office, people.c.roles)
    ended = (clocks.c.state == "stopped") & (clocks.c.scope == "") & clocks.c.outcome.is_not(None)
    found = select(*columns, *facts, *whose).join(tickets, tickets.c.id == clocks.c.ticket)
    return typed.every(
        Finished, tx.execute(found.join(people, people.c.id == tickets.c.requester).where(ended))
    )
