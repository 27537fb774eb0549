"""Finds the changes that would save most, each with its evidence and its expected gain in money a month. Only reads."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from sqlalchemy import Connection

from bot.knowledge import readings
from bot.reports import scenario_stats
from bot.reports.insight.figures import HOUR, PeriodOf
from bot.reports.insight.gathering import Gathered, gather
from bot.reports.insight.money import Spending, spending
from bot.reports.insight.times import Times
from bot.reports.scenario_stats import SessionsOf, StepFigures
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import StayPlace
from bot.tickets.chronicle.reading import uncollected

MOST = 3
FEWEST = 20  # cases of anything that is judged
SURE = 3.0  # standard deviations above what is usual
MONTH = 365.25 / 12 * 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Advice:
    """`kind` is step, topic, queue or article, `about` its name; `gain` is money a month. `seen` of `of` is the evidence:
    lost of shown, tickets, hours in the queue; `usual` is what is usual elsewhere."""

    kind: str
    about: str
    gain: float
    seen: float
    of: int
    usual: float

    @property
    def key(self) -> str:
        """By which it is accepted and found again."""
        return f"{self.kind}/{self.about}"


def advise(
    tx: Connection, desk: Desk, period: PeriodOf, covered: Collection[str], stale: Collection[str]
) -> list[Advice]:
    """Every change that would save money, the most first. `covered` are categories that a scenario is for, `stale` the
    articles due for review."""
    with uncollected():
        found = gather(tx, desk, period)
        times = Times(desk, found.cases, found.stays, period.start, period.stop)
        spent = spending(desk, times)
        months = (period.stop - period.start) / MONTH
        steps = scenario_stats.steps(tx, period.start, period.stop)
        listed = [
            *_steps(steps, found.sessions, spent),
            *_topics(found, spent, covered),
            *_queues(desk, times),
            *_articles(tx, period, spent, stale),
        ]
    by_month = (
        Advice(one.kind, one.about, one.gain / months, one.seen, one.of, one.usual)
        for one in listed
        if one.gain > 0
    )
    return sorted(by_month, key=lambda one: (-one.gain, one.key))


def _cost(spent: Spending, category: str) -> float:
    """The mean cost of a ticket of a category, of any where it has none."""
    mine = [index for index, case in enumerate(spent.cases) if case.category == category]
    costs = spent.cost[mine] if mine else spent.cost
    return float(costs.mean()) if len(costs) else 0.0


def _is_unusual(seen: float, expected: float) -> bool:
    return seen - expected > SURE * math.sqrt(max(1.0, expected))


def _steps(steps: Sequence[StepFigures], sessions: Sequence[SessionsOf], spent: Spending) -> Iterator[Advice]:
    """Steps at which more people call a human than at others: each of these calls is a ticket of the category, as far as
    those who go on are helped."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in steps:
        counts[each.scenario, each.step][0] += each.shown
        counts[each.scenario, each.step][1] += each.human
    by_scenario = {one.scenario: one for one in sessions}
    every_shown, every_lost = (sum(pair[at] for pair in counts.values()) for at in (0, 1))
    for (scenario, step), (shown, lost) in counts.items():
        others = every_shown - shown
        usual = (every_lost - lost) / others if others else 0.0
        if shown < FEWEST or not _is_unusual(lost, usual * shown) or scenario not in by_scenario:
            continue
        of = by_scenario[scenario]
        went_on = (
            of.confirmed
            + of.came_back
            + of.other
            + of.abandoned
            + max(0, of.escalated - _lost(counts, scenario))
        )
        helped = of.confirmed / went_on if went_on else 0.0
        excess = lost - usual * shown
        yield Advice("step", step, excess * helped * _cost(spent, of.category), lost, shown, 100 * usual)


def _lost(counts: dict[tuple[str, str], list[int]], scenario: str) -> int:
    return sum(lost for (name, _), (_, lost) in counts.items() if name == scenario)


def _topics(found: Gathered, spent: Spending, covered: Collection[str]) -> Iterator[Advice]:
    """Categories without a scenario: it would help as often as a scenario here usually does."""
    shares = [one.confirmed / one.begun for one in found.sessions if one.begun >= FEWEST]
    if not shares:
        return
    usual = median(shares)
    known = set(covered) | {one.category for one in found.sessions}
    counts: dict[str, int] = defaultdict(int)
    for case in spent.cases:
        counts[case.category] += 1
    for category, count in counts.items():
        if category and category not in known and count >= FEWEST:
            yield Advice("topic", category, count * usual * _cost(spent, category), count, count, 100 * usual)


def _queues(desk: Desk, times: Times) -> Iterator[Advice]:
    """Teams in whose queue a ticket waits longer than in others': the waiting of employees has a price in desk.yaml."""
    rates = desk.file.rates
    if rates is None or not len(times.case):
        return
    names, codes = times.teams
    queued = times.at(StayPlace.QUEUE) & times.is_resolved[times.case]
    means = {
        name: times.took[queued & (codes == code)] / HOUR
        for code, name in enumerate(names)
        if np.count_nonzero(queued & (codes == code)) >= FEWEST
    }
    for name, hours in means.items():
        others = [float(one.mean()) for other, one in means.items() if other != name]
        if not others:
            continue
        usual, mean = fmean(others), float(hours.mean())
        doubt = float(hours.std()) / math.sqrt(len(hours))
        if mean - usual > SURE * doubt:
            yield Advice("queue", name, (mean - usual) * len(hours) * rates.waiting, mean, len(hours), usual)


def _articles(tx: Connection, period: PeriodOf, spent: Spending, stale: Collection[str]) -> Iterator[Advice]:
    """Articles due for review that help less often than others."""
    read = [one for one in readings.figures(tx, period.start) if one.helped + one.failed]
    helped, failed = sum(one.helped for one in read), sum(one.failed for one in read)
    for one in read:
        answers = one.helped + one.failed
        others = helped + failed - answers
        usual = (failed - one.failed) / others if others else 0.0
        if one.article in stale and answers >= FEWEST and _is_unusual(one.failed, usual * answers):
            gain = (one.failed - usual * answers) * _cost(spent, "")
            yield Advice("article", one.article, gain, one.failed, answers, 100 * usual)
