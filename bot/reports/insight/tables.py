"""The tickets and the figures of a period as tables with columns that stay: for sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.reports.insight.figures import HOUR, Measured, PeriodOf
from bot.reports.insight.gathering import gather
from bot.reports.insight.measuring import measure
from bot.reports.insight.money import Amounts, spending
from bot.reports.insight.times import Times
from bot.reports.insight.worktime import spent
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import TicketCase
from bot.tickets.chronicle.reading import Progress, uncollected, unseen

Cell = str | int | float | datetime | None


class TicketLine(NamedTuple):
    """One ticket. Instants are wall time of the desk's zone; hours are working hours, except `wall_hours`."""

    number: str
    source: str
    type: str
    priority: str
    category: str
    team: str
    department: str
    service_class: str
    opened: datetime | None
    claimed: datetime | None
    replied: datetime | None
    resolved: datetime | None
    closed: datetime | None
    wall_hours: float | None
    working_hours: float | None
    hands_hours: float | None
    waited_hours: float | None
    cost: float | None
    price: float | None
    handovers: int | None
    teams: str
    reopened: int | None
    stars: int | None
    could_level_one: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the names in the first row."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def tables(tx: Connection, desk: Desk, period: PeriodOf, progress: Progress = unseen) -> tuple[Table, ...]:
    """Tickets of the period, then its figures: single values, promises, costs."""
    with uncollected():
        gathered = gather(tx, desk, period, progress)
        times = Times(desk, gathered.cases, gathered.stays, period.start, period.stop)
        lines = list(_tickets(desk, times, ZoneInfo(period.zone), period.calendar))
        found = measure(desk, gathered)
    return Table("tickets", TicketLine._fields, lines), *figures_of(found)


def figures_of(found: Measured) -> tuple[Table, ...]:
    """The figures as tables: a line for each single value, each line of promises, each line of costs."""
    costs = [
        (by, *asdict(line).values())
        for by in ("tier", "category", "department", "class")
        for line in getattr(found.money, f"by_{by}")
    ]
    cost_columns = ("by", "name", "tickets", "hours", "cost", "price", "each", "p50_hours")
    promises = ("kind", "priority", "category", "team", "met", "missed", "voided")
    by_class = tuple("service_class" if one == "category" else one for one in promises)
    return (
        Table("measures", ("measure", "value"), list(_flat("", asdict(found)))),
        Table("attainment", promises, [tuple(asdict(one).values()) for one in found.attainment]),
        Table("costs", cost_columns, costs),
        Table("by_class", by_class, [tuple(asdict(one).values()) for one in found.attainment_by_class]),
    )


def _flat(path: str, value: object) -> Iterator[tuple[str, Cell]]:
    """Single values with the path of their keys; what is a list has its own table or is in the JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), inner)
    elif not isinstance(value, (list, tuple)):
        yield path, value if isinstance(value, (int, float)) or value is None else str(value)


def _tickets(desk: Desk, times: Times, zone: ZoneInfo, calendar: str) -> Iterator[TicketLine]:
    spent_on = spending(desk, times)
    places = {(case.source, case.number): index for index, case in enumerate(spent_on.cases)}
    working = spent(
        desk.calendar(calendar),
        times.moments(lambda case: case.opened_at),
        times.moments(lambda case: case.resolved_at if case.is_done else case.opened_at),
    )
    for index, case in enumerate(times.cases):
        place = places.get((case.source, case.number))
        resolved = case.resolved_at if case.is_done else None
        yield TicketLine(
            case.number,
            case.source,
            case.type,
            case.priority,
            case.category,
            case.team,
            case.department,
            _service(desk, case),
            _wall(case.opened_at, zone),
            _wall(case.claimed_at, zone),
            _wall(case.replied_at, zone),
            _wall(resolved, zone),
            _wall(case.closed_at, zone),
            None if resolved is None else (resolved - case.opened_at) / HOUR,
            None if resolved is None else int(working[index]) / HOUR,
            _at(spent_on.hands_s, place, HOUR),
            _at(spent_on.waited_s, place, HOUR),
            _at(spent_on.cost, place, 1),
            _at(spent_on.price, place, 1),
            case.handovers,
            " > ".join(case.teams or ()),
            case.reopened,
            case.stars,
            None if case.could_level_one is None else int(case.could_level_one),
        )


def _at(amounts: Amounts, place: int | None, unit: float) -> float | None:
    return None if place is None else float(amounts[place]) / unit


def _service(desk: Desk, case: TicketCase) -> str:
    service = desk.service(case.rule)
    return service.id if service else ""


def _wall(at: int | None, zone: ZoneInfo) -> datetime | None:
    """Excel knows no zones: the wall clock of the desk."""
    return None if at is None else datetime.fromtimestamp(at, zone).replace(tzinfo=None)
