"""What `firstline report` says of a period: the names of these fields are the keys of its JSON (docs/reports.md)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reports.measures import Share

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles in hours, interpolated; None when nothing was measured."""

    n: int
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p90: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class PeriodOf:
    """Whole days in the desk's zone; `to` is included. `start` and `stop` are UTC seconds, `stop` excluded."""

    first: str
    to: str
    start: int
    stop: int
    zone: str
    calendar: str
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attained:
    """Promises of one kind that ended in the period. Voided breaches are in neither count."""

    kind: str
    priority: str
    category: str
    team: str
    met: int
    missed: int
    voided: int


@dataclass(frozen=True, slots=True)
class AttainedClass:
    """The same promises by class of service; "-" is a rule without one, or an imported ticket."""

    kind: str
    priority: str
    service_class: str
    team: str
    met: int
    missed: int
    voided: int


@dataclass(frozen=True, slots=True)
class ResolveTime:
    wall: Spread
    business: Spread


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Hand-overs from team to team, of tickets opened in the period whose history names its teams."""

    tickets: int
    mean: float | None
    none: Share
    three_or_more: Share
    ping_pong: Share


@dataclass(frozen=True, slots=True)
class LevelOne:
    """Resolved tickets: `solved` without leaving their first team; handed over, of which the closing engineer said that the first
    team `could` or `could_not` have solved them, or nothing. `capable`: solved there, of all that could have been."""

    solved: int
    could: int
    could_not: int
    unsaid: int
    capable: Share


@dataclass(frozen=True, slots=True)
class Stars:
    mean: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Deflected:
    """Sessions of self-help begun in the period. `confirmed`: "it helped", and no ticket in seven days."""

    sessions: int
    confirmed: int
    came_back: int
    abandoned: int
    escalated: int
    other: int


@dataclass(frozen=True, slots=True)
class BacklogAges:
    """Tickets not resolved at the end of the period, by age in working days; `quiet`: nothing happened for two."""

    open: int
    to_1: int
    to_3: int
    to_7: int
    to_30: int
    over_30: int
    quiet: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who had the tickets resolved in the period, in working hours; `place` is queue, hands or employee."""

    team: str
    place: str
    hours: float


@dataclass(frozen=True, slots=True)
class TimeShare:
    """Where the time of resolved tickets went. `closed_hours`: real hours outside working time."""

    holders: tuple[Holder, ...]
    closed_hours: float


@dataclass(frozen=True, slots=True)
class Carried:
    """What one engineer carried; by name, not by rank."""

    name: str
    taken: int
    hours: float
    open: int


@dataclass(frozen=True, slots=True)
class Integrity:
    """What makes other figures doubtful."""

    late_retargets: int
    long_pauses: int
    last_minute_reopened: int
    voided: int
    engine_gaps: int


@dataclass(frozen=True, slots=True)
class CostLine:
    """Cost of the resolved tickets of one group; `each` is per ticket, `p50_hours` what half took in working hours."""

    name: str
    tickets: int
    hours: float
    cost: float
    price: float
    each: float | None
    p50_hours: float | None


@dataclass(frozen=True, slots=True)
class Money:
    """`tickets`: resolved ones whose hours in hand are known; all others are in no figure of money."""

    currency: str
    tickets: int
    unknown: int
    hours: float
    cost: float
    each: float | None
    by_tier: tuple[CostLine, ...]
    by_category: tuple[CostLine, ...]
    by_department: tuple[CostLine, ...]
    by_class: tuple[CostLine, ...]
    saved_minutes: float
    saved: float
    employee_hours: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of a period; see docs/reports.md for each definition."""

    period: PeriodOf
    tickets: int
    imported: int
    resolved: int
    by_priority: dict[str, int]
    opened: tuple[tuple[int, ...], ...]
    resolve_hours: ResolveTime
    attainment: tuple[Attained, ...]
    attainment_by_class: tuple[AttainedClass, ...]
    claim_hours: Spread
    response_hours: Spread
    working_hours: Spread
    confirmed_hours: Spread
    reassignments: Reassigned
    reopened: Share
    first_contact: Share
    first_line: Share
    level_one: LevelOne
    csat: Stars
    self_help: Deflected
    backlog: BacklogAges
    time_share: TimeShare
    engineers: tuple[Carried, ...]
    integrity: Integrity
    money: Money
