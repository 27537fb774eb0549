"""How many engineers keep a promise, and what they cost: the desk's own weeks played again with more and fewer hands."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import Connection

from bot.errors import FirstlineError
from bot.reports.insight.figures import HOUR, PeriodOf
from bot.reports.insight.gathering import gather
from bot.reports.insight.times import Times
from bot.reports.planning import erlang
from bot.reports.planning.simulation import Arrival, Interval, Passed, interval, simulate
from bot.sla.calendar import Calendar
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import StayPlace

RUNS = 12  # independent ones
WEEKS = 8  # of a run, the first of which only fills the queue
FEWEST = 30  # tickets with known hours, below which a plan would be a guess
MOST = 40  # engineers
ENOUGH = 99.0  # per cent
NO_WAIT = 0.02  # hours
MONTH = 52 / 12  # weeks
TARGETS = (1, 2, 4, 8, 16, 24)  # hours of the curve
SEED = 20_261_130


class TooLittleHistory(FirstlineError):
    """Too few tickets with known working hours in this time: import a history, or take a longer time."""

    said_as = "fault.too_little_history"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a team had to do: `weeks` of arrivals as (working second of the week, rank), hours in hand of a ticket."""

    team: str
    weeks: tuple[tuple[tuple[int, int], ...], ...]
    handling: tuple[int, ...]
    week_s: int
    rate: float
    currency: str

    @property
    def per_week(self) -> float:
        return fmean(len(week) for week in self.weeks)

    @property
    def erlangs(self) -> float:
        """Engineers that are busy on average."""
        return self.per_week * fmean(self.handling) / self.week_s


@dataclass(frozen=True, slots=True)
class Staffed:
    """One number of engineers. `kept` is the per cent of tickets solved within the target; `erlang` that by Erlang C,
    `erlang_wait_hours` the mean wait by it, None when there are too few."""

    engineers: int
    kept: Interval
    erlang: float
    wait_hours: Interval
    erlang_wait_hours: float | None
    busy: float
    cost: float
    by_target: dict[int, Interval]


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """`cheapest` keeps `attainment` per cent even at the lower end of its interval; None when no number does."""

    load: Demand
    target_hours: float
    attainment: float
    rows: tuple[Staffed, ...]
    cheapest: Staffed | None


def load_of(tx: Connection, desk: Desk, period: PeriodOf, team: str) -> Demand:
    """The load of one team, or of all ("") in the period. Raises TooLittleHistory."""
    found = gather(tx, desk, period)
    times = Times(desk, found.cases, found.stays, period.start, period.stop)
    mine, (teams, codes) = times.at(StayPlace.HANDS), times.teams
    if team:
        mine &= codes == (teams.index(team) if team in teams else -1)
    handling: dict[int, int] = {}
    for index, seconds in zip(times.case[mine].tolist(), times.took[mine].tolist(), strict=True):
        handling[index] = handling.get(index, 0) + seconds
    hours = [seconds for index, seconds in handling.items() if seconds and times.cases[index].is_done]
    if len(hours) < FEWEST:
        raise TooLittleHistory
    priorities = {name: rank for rank, name in enumerate(desk.file.priority_matrix.priorities)}
    calendar = desk.usual
    arrivals = sorted(
        (times.cases[index].begun_at, priorities.get(times.cases[index].priority, len(priorities)))
        for index in handling
        if period.start <= times.cases[index].opened_at < period.stop
    )
    rates = desk.file.rates
    return Demand(
        team,
        _weeks(calendar, arrivals, period),
        tuple(hours),
        _week_s(calendar),
        desk.rate(team),
        rates.currency if rates else "",
    )


def _week_s(calendar: Calendar) -> int:
    """Working seconds of a usual week."""
    return 60 * sum(closing - opening for day in calendar.spec.week for opening, closing in day)


def _weeks(
    calendar: Calendar, arrivals: Sequence[tuple[int, int]], period: PeriodOf
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Arrivals by full working week: what comes at night or at the weekend comes at the next opening."""
    week_s = _week_s(calendar)
    begin, total = calendar.passed(period.start), calendar.elapsed(period.start, period.stop)
    count = max(1, total // week_s)
    weeks: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for at, rank in arrivals:
        passed = calendar.passed(max(at, period.start)) - begin
        if passed < count * week_s:
            weeks[passed // week_s].append((passed % week_s, rank))
    return tuple(tuple(week) for week in weeks)


def plan(load: Demand, target_hours: float, attainment: float) -> StaffPlan:
    """Play the weeks with one engineer more each time, from the smallest number that keeps up. The same random weeks for
    each number, so that they can be compared."""
    runs = [_run(load, random.Random(SEED + run)) for run in range(RUNS)]
    rows: list[Staffed] = []
    for engineers in range(max(1, math.ceil(load.erlangs)), MOST + 1):
        rows.append(_staffed(load, engineers, runs, target_hours))
        if rows[-1].kept.low >= max(ENOUGH, attainment) or rows[-1].wait_hours.mean <= NO_WAIT:
            break  # more would only cost more
    good = (row for row in rows if row.kept.low >= attainment)
    return StaffPlan(load, target_hours, attainment, tuple(rows), next(good, None))


def _run(load: Demand, chance: random.Random) -> list[Arrival]:
    """Weeks drawn at random, each ticket with the handling time of a random one."""
    return [
        Arrival(week * load.week_s + at, float(chance.choice(load.handling)), rank)
        for week in range(WEEKS)
        for at, rank in sorted(chance.choice(load.weeks))
    ]


def _staffed(load: Demand, engineers: int, runs: Sequence[Sequence[Arrival]], target_hours: float) -> Staffed:
    passed = [simulate(run, engineers, load.week_s) for run in runs]
    passed = [one for one in passed if one]
    handling = fmean(load.handling)
    alone = erlang.mean_wait(engineers, load.erlangs, handling)
    waits = interval([fmean(ticket.waited for ticket in run) / HOUR for run in passed])
    return Staffed(
        engineers,
        _kept(passed, target_hours),
        100 * erlang.done_within(engineers, load.erlangs, handling, target_hours * HOUR),
        waits,
        None if math.isinf(alone) else alone / HOUR,
        min(100.0, 100 * load.erlangs / engineers),
        engineers * load.week_s / HOUR * MONTH * load.rate,
        {target: _kept(passed, target) for target in TARGETS},
    )


def _kept(passed: Sequence[Sequence[Passed]], hours: float) -> Interval:
    return interval([100 * fmean(ticket.took <= hours * HOUR for ticket in run) for run in passed])


def cheapest_by_target(found: StaffPlan) -> dict[int, Staffed | None]:
    """The curve: for each target in hours the cheapest number that keeps the attainment."""
    return {
        target: next((row for row in found.rows if row.by_target[target].low >= found.attainment), None)
        for target in TARGETS
    }
