"""Computes the figures of a period, pure. Every definition is on docs/reports.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from statistics import fmean
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from bot.reports.insight.figures import (
    HOUR,
    Attained,
    AttainedClass,
    BacklogAges,
    Carried,
    Deflected,
    Holder,
    Integrity,
    LevelOne,
    Measured,
    PeriodOf,
    Reassigned,
    ResolveTime,
    Spread,
    Stars,
    TimeShare,
)
from bot.reports.insight.gathering import Gathered, gather
from bot.reports.insight.money import class_of, money_of
from bot.reports.insight.times import Times
from bot.reports.insight.worktime import spent
from bot.reports.measures import Share
from bot.sla.calendar import Calendar
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import StayPlace, TicketCase
from bot.tickets.chronicle.reading import Progress, uncollected, unseen
from bot.tickets.chronicle.stays import PLACES, Seconds

DAYS = (1, 3, 7, 30)  # edges of the backlog's ages, in working days
QUIET = 2  # working days
LATE = 75  # per cent of a target after which a change of priority is suspect
QUARTER = 900  # seconds: every zone is a multiple of it away from UTC
LAST_MINUTES = 300  # business seconds before the deadline
IMPORTED = "resolution"  # the kind of promise that an imported history may know of


def measured(tx: Connection, desk: Desk, period: PeriodOf, progress: Progress = unseen) -> Measured:
    """Read and compute all figures of a period."""
    with uncollected():
        return measure(desk, gather(tx, desk, period, progress))


def measure(desk: Desk, found: Gathered) -> Measured:
    """All figures of the period."""
    first, last = found.period.start, found.period.stop
    opened = [case for case in found.cases if first <= case.opened_at < last]
    times = Times(desk, found.cases, found.stays, first, last)
    done = times.resolved
    zone = ZoneInfo(found.period.zone)
    voided = sum(one.n for one in found.kept if one.outcome == "voided")
    return Measured(
        found.period,
        len(opened),
        sum(bool(case.source) for case in opened),
        len(done),
        dict(sorted(Counter(case.priority for case in opened).items())),
        _by_hour(opened, zone),
        _resolve_time(desk.calendar(found.period.calendar), done),
        _attained(found, done),
        _attained_by_class(desk, found, done),
        _of(times, attrgetter("claimed_at")),
        _of(times, attrgetter("replied_at")),
        spread(times.per_case(times.at(StayPlace.QUEUE, StayPlace.HANDS), times.took)[times.is_known]),
        spread([case.confirmed_at - case.opened_at for case in done if case.confirmed_at is not None]),
        _reassigned(opened),
        _told(None if case.reopened is None else case.reopened > 0 for case in done),
        _told(case.is_first_contact for case in done),
        _told(case.is_first_line for case in done),
        _level_one(done),
        _stars(done),
        _deflected(found),
        _backlog(times),
        _time_share(times),
        _engineers(times, found),
        _integrity(times, found, voided),
        money_of(desk, times, found),
    )


def spread(seconds: Sequence[int] | npt.NDArray[np.float64] | Seconds) -> Spread:
    """Percentiles of seconds, in hours."""
    if not len(seconds):
        return Spread(0)
    shares = np.percentile(np.asarray(seconds, np.float64), (25, 50, 75, 90, 95)) / HOUR
    return Spread(len(seconds), *(float(one) for one in shares))


def _by_hour(opened: Iterable[TicketCase], zone: ZoneInfo) -> tuple[tuple[int, ...], ...]:
    """Tickets by weekday (Monday first) and hour of the desk's zone."""
    counts = Counter[tuple[int, int]]()
    for quarter, number in Counter(case.opened_at // QUARTER for case in opened).items():
        local = datetime.fromtimestamp(quarter * QUARTER, zone)
        counts[local.weekday(), local.hour] += number
    return tuple(tuple(counts[day, hour] for hour in range(24)) for day in range(7))


def _resolve_time(calendar: Calendar, done: Sequence[TicketCase]) -> ResolveTime:
    begins, ends = [case.opened_at for case in done], [case.resolved_at or 0 for case in done]
    wall = [end - begin for begin, end in zip(begins, ends, strict=True)]
    return ResolveTime(spread(wall), spread(spent(calendar, begins, ends)))


def _attained(found: Gathered, done: Iterable[TicketCase]) -> tuple[Attained, ...]:
    counts: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    for one in found.kept:
        counts[one.kind, one.priority, one.category, one.team][one.outcome] += one.n
    for case in done:
        if case.met is not None:
            key = IMPORTED, case.priority, case.category, case.team
            counts[key]["met" if case.met else "missed"] += 1
    return tuple(
        Attained(*key, count["met"], count["missed"], count["voided"])
        for key, count in sorted(counts.items())
    )


def _attained_by_class(desk: Desk, found: Gathered, done: Iterable[TicketCase]) -> tuple[AttainedClass, ...]:
    counts: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    for one in found.kept:
        counts[one.kind, one.priority, class_of(desk, one.rule), one.team][one.outcome] += one.n
    for case in done:
        if case.met is not None:
            key = IMPORTED, case.priority, class_of(desk, case.rule), case.team
            counts[key]["met" if case.met else "missed"] += 1
    return tuple(
        AttainedClass(*key, count["met"], count["missed"], count["voided"])
        for key, count in sorted(counts.items())
    )


def _of(times: Times, moment: Callable[[TicketCase], int | None]) -> Spread:
    """Working hours from the beginning to a moment, of resolved tickets that have it."""
    reached = times.moments(moment)
    chosen = np.flatnonzero(times.is_resolved & (reached >= 0))
    return spread(times.between(chosen, times.moments(attrgetter("begun_at"))[chosen], reached[chosen]))


def _reassigned(opened: Iterable[TicketCase]) -> Reassigned:
    moved = [case.handovers for case in opened if case.handovers is not None]
    return Reassigned(
        len(moved),
        fmean(moved) if moved else None,
        Share(sum(one == 0 for one in moved), len(moved)),
        Share(sum(one >= 3 for one in moved), len(moved)),
        _told(case.is_ping_pong for case in opened if case.handovers is not None),
    )


def _told(answers: Iterable[bool | None]) -> Share:
    """How many are true among those that are known."""
    known = [one for one in answers if one is not None]
    return Share(sum(known), len(known))


def _level_one(done: Iterable[TicketCase]) -> LevelOne:
    known = [case for case in done if case.is_first_line is not None]
    solved = sum(bool(case.is_first_line) for case in known)
    said = Counter(case.could_level_one for case in known if not case.is_first_line)
    return LevelOne(solved, said[True], said[False], said[None], Share(solved, solved + said[True]))


def _stars(done: Iterable[TicketCase]) -> Stars:
    given = [case.stars for case in done if case.stars is not None]
    return Stars(fmean(given) if given else None, len(given))


def _deflected(found: Gathered) -> Deflected:
    every = found.sessions
    return Deflected(
        sum(one.begun for one in every),
        sum(one.confirmed for one in every),
        sum(one.came_back for one in every),
        sum(one.abandoned for one in every),
        sum(one.escalated for one in every),
        sum(one.other for one in every),
    )


def _backlog(times: Times) -> BacklogAges:
    last, waiting = times.last, times.waiting
    listed = [times.cases[index] for index in waiting.tolist()]
    lengths = times.day_s[waiting].astype(np.float64)
    ends = [last] * len(listed)
    ages = times.between(waiting, [case.opened_at for case in listed], ends) / lengths
    still = times.between(waiting, [case.touched_at or case.opened_at for case in listed], ends) / lengths
    edges = (-1, *DAYS, np.inf)
    one, three, seven, thirty, older = (
        int(((low < ages) & (ages <= high)).sum()) for low, high in pairwise(edges)
    )
    return BacklogAges(len(listed), one, three, seven, thirty, older, int((still > QUIET).sum()))


def _time_share(times: Times) -> TimeShare:
    """Of the resolved tickets; business seconds by who had them, and closed hours."""
    if not len(times.case):
        return TimeShare((), 0.0)
    mine = times.is_resolved[times.case]
    (teams, of), at = times.teams, times.stays.place
    totals = np.bincount((of * len(PLACES) + at)[mine], times.took[mine], len(teams) * len(PLACES))
    held: Counter[tuple[str, str]] = Counter()
    for code, seconds in enumerate(totals.tolist()):
        team, place = teams[code // len(PLACES)], PLACES[code % len(PLACES)]
        held["" if place == StayPlace.EMPLOYEE else team, str(place)] += seconds
    rows = (Holder(team, place, seconds / HOUR) for (team, place), seconds in sorted(held.items()) if seconds)
    real = times.stays.ended_at - times.stays.began_at
    return TimeShare(tuple(rows), float((real - times.took)[mine].sum()) / HOUR)


def _engineers(times: Times, found: Gathered) -> tuple[Carried, ...]:
    names, codes = times.people
    pairs = np.sort(codes * len(times.cases) + times.case)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # each ticket once; np.unique takes ten times as long
    taken = np.bincount(pairs // max(1, len(times.cases)), minlength=len(names))
    seconds = np.bincount(codes, times.took, len(names))
    holder = np.full(len(times.cases), -1, np.int64)
    holder[times.case] = codes  # the last one of each ticket
    is_open = Counter(names[code] for code in holder[times.waiting].tolist() if code >= 0)
    rows = (
        Carried(found.names.get(key, key), int(taken[code]), float(seconds[code]) / HOUR, is_open[key])
        for code, key in enumerate(names)
        if key
    )
    return tuple(sorted(rows, key=lambda one: one.name))


def _integrity(times: Times, found: Gathered, voided: int) -> Integrity:
    retargets = sum(
        _is_late(times, case, at, before) for case in found.cases for at, before in case.retargets
    )
    pauses = (
        times.at(StayPlace.EMPLOYEE) & times.is_resolved[times.case] & (times.took > times.day_s[times.case])
    )
    worked = times.at(StayPlace.QUEUE, StayPlace.HANDS)
    suspects = {
        index: case
        for index, case in enumerate(times.cases)
        if times.is_resolved[index] and case.reopened and not case.source
    }
    used: Counter[int] = Counter()
    if suspects:
        worked &= np.isin(times.case, list(suspects))
    for position in np.flatnonzero(worked).tolist():
        index = int(times.case[position])
        case = suspects.get(index)
        if case is not None and times.stays.ended_at[position] <= (case.first_resolved_at or 0):
            used[index] += int(times.took[position])
    hasty = sum(_is_hasty(times, case, used[index]) for index, case in suspects.items())
    return Integrity(retargets, int(pauses.sum()), hasty, voided, found.gaps)


def _target(times: Times, case: TicketCase, priority: str) -> int | None:
    return times.target(priority, case.type, case.category, case.team)


def _is_late(times: Times, case: TicketCase, at: int, before: str) -> bool:
    """Whether most of the former priority's target was used when the ticket got another one."""
    target = _target(times, case, before)
    return target is not None and 100 * times.calendar(case).spent(case.begun_at, at) >= LATE * target


def _is_hasty(times: Times, case: TicketCase, used_s: int) -> bool:
    """Whether it was first resolved in the last minutes before its deadline."""
    target = _target(times, case, case.priority)
    return target is not None and 0 <= target - used_s <= LAST_MINUTES
