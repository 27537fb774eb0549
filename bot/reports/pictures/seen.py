"""What the pictures of a period show beside its figures: promises by week, the way through a scenario. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.reports import scenario_stats
from bot.reports.insight.figures import Measured, PeriodOf
from bot.reports.insight.measuring import measured
from bot.reports.measures import Share
from bot.reports.past.reading import past_weeks
from bot.reports.scenario_stats import StepFigures
from bot.scenarios.language.program import Program
from bot.sla.policy import Desk
from bot.tickets.chronicle.reading import Progress, unseen, weeks

FEWEST = 20  # showings of a step that may be called the worst
STEPS = 8  # of a funnel


@dataclass(frozen=True, slots=True)
class Week:
    """Promises to resolve that ended in a week; `first` is its first day."""

    first: date
    kept: Share


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step of a scenario: how often it was shown, and how often people gave up or called a human there."""

    name: str
    shown: int
    lost: int


@dataclass(frozen=True, slots=True)
class Funnel:
    scenario: str
    steps: tuple[StepSeen, ...]

    @property
    def worst(self) -> StepSeen | None:
        """The step that loses the largest share of those who see it; None when none was seen often enough."""
        often = [step for step in self.steps if step.shown >= FEWEST and step.lost]
        return max(often, key=lambda step: step.lost / step.shown, default=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """The figures of a period and what its pictures need."""

    found: Measured
    weeks: tuple[Week, ...]
    funnel: Funnel | None


def look(
    tx: Connection, desk: Desk, program: Program | None, period: PeriodOf, progress: Progress = unseen
) -> Seen:
    """The funnel is of the scenario that loses most people; without a program there is none."""
    found = measured(tx, desk, period, progress)
    first = date.fromisoformat(period.first)
    counts: dict[int, tuple[int, int]] = {}
    for number, met, missed in (
        *weeks(tx, period.start, period.stop),
        *past_weeks(tx, period.start, period.stop),
    ):
        before = counts.get(number, (0, 0))
        counts[number] = before[0] + met, before[1] + missed
    kept = tuple(
        Week(first + timedelta(weeks=number), Share(met, met + missed))
        for number, (met, missed) in sorted(counts.items())
    )
    return Seen(found, kept, None if program is None else _funnel(tx, program, period))


def _funnel(tx: Connection, program: Program, period: PeriodOf) -> Funnel | None:
    steps = scenario_stats.steps(tx, period.start, period.stop)
    lost: dict[str, int] = {}
    for step in steps:
        lost[step.scenario] = lost.get(step.scenario, 0) + _lost(step)
    known = {scenario: count for scenario, count in lost.items() if scenario in program.scenarios and count}
    if not known:
        return None
    scenario = max(known, key=lambda one: (known[one], one))
    counts: dict[str, StepSeen] = {}
    for step in steps:
        if step.scenario == scenario:
            name = step.step.partition("/")[2] or step.step
            before = counts.get(name, StepSeen(name, 0, 0))
            counts[name] = StepSeen(name, before.shown + step.shown, before.lost + _lost(step))
    listed = sorted(counts.values(), key=lambda one: (-one.shown, one.name))[:STEPS]
    return Funnel(scenario, tuple(listed))


def _lost(step: StepFigures) -> int:
    return step.abandoned + step.human + step.cancelled
