"""Imported tickets as the figures read them. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Integer, func, literal, or_, select

from bot.sla.policy import Desk
from bot.storage.schema import past_tickets
from bot.tickets.chronicle.cases import StayPlace, TicketCase
from bot.tickets.chronicle.reading import WEEK, Chronicle
from bot.tickets.chronicle.stays import Stay, Stays


class _Past(NamedTuple):
    source: str
    number: str
    type: str
    priority: str
    category: str
    team: str
    department: str
    opened_at: int
    claimed_at: int | None
    replied_at: int | None
    resolved_at: int | None
    closed_at: int | None
    is_cancelled: int
    handovers: int | None
    teams: Sequence[str] | None
    reopened: int | None
    stars: int | None
    met: int | None
    stays: Sequence[tuple[str, str, int, int]] | None


def with_past(tx: Connection, desk: Desk, first: int, last: int, found: Chronicle) -> Chronicle:
    """The same with the imported tickets that were opened, resolved or open in [first, last), UTC seconds."""
    rows = past_tickets.c
    later = or_(rows.opened_at >= first, rows.resolved_at >= first, rows.closed_at >= first)
    still = rows.resolved_at.is_(None) & rows.closed_at.is_(None)
    mine = select(*(rows[name] for name in _Past._fields)).where((rows.opened_at < last) & (later | still))
    past = [_Past(*row) for row in tx.execute(mine.order_by(rows.source, rows.number)).all()]
    if not past:
        return found
    stays = [stay for index, one in enumerate(past, len(found.cases)) for stay in _stays(index, one, last)]
    cases = [*found.cases, *(_case(desk, one, last) for one in past)]
    return Chronicle(cases, found.stays.followed_by(Stays.of(stays)), found.ids)


def past_weeks(tx: Connection, first: int, last: int) -> list[tuple[int, int, int]]:
    """Imported tickets resolved in [first, last) of which it is known: the number of the week, met, missed."""
    rows = past_tickets.c
    number = func.floor((rows.resolved_at - first) / literal(WEEK, Integer)).label("number")
    mine = (rows.resolved_at >= first) & (rows.resolved_at < last) & rows.met.is_not(None)
    counted = select(number, func.sum(rows.met), func.count()).where(mine).group_by(number).order_by(number)
    return [(int(at), int(met), int(n - met)) for at, met, n in tx.execute(counted)]


def _case(desk: Desk, past: _Past, last: int) -> TicketCase:
    resolved = past.resolved_at if past.resolved_at is not None and past.resolved_at < last else None
    closed = past.closed_at if past.closed_at is not None and past.closed_at < last else None
    teams = tuple(past.teams) if past.teams else None
    return TicketCase(
        past.number,
        past.source,
        past.type,
        past.priority,
        past.category,
        past.team,
        past.department,
        desk.rule_for(past.priority, past.type, past.category, past.team).id,
        "",
        past.opened_at,
        past.opened_at,
        past.claimed_at,
        past.replied_at,
        resolved,
        closed,
        None,
        resolved is not None,
        None,
        past.stars,
        past.reopened,
        past.handovers,
        teams,
        None,
        None if past.met is None else bool(past.met),
    )


def _stays(index: int, past: _Past, last: int) -> Iterator[Stay]:
    for team, place, begin, end in past.stays or ():
        if begin < last:
            yield index, team, "", StayPlace(place), (begin, min(end, last))
