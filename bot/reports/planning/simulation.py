"""A discrete-event simulation of tickets, a queue by priority and engineers. Pure."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import simpy

# Student's t for a 95 % interval, by degrees of freedom; beyond the list the normal value is close enough.
_T: tuple[float, ...] = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179)
_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket: when it comes and how long it is in hand, in working seconds; smaller ranks go first."""

    at: float
    handling: float
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of an arrival, in working seconds."""

    waited: float
    took: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over independent runs, and the half width of its 95 % interval."""

    mean: float
    half: float

    @property
    def low(self) -> float:
        return self.mean - self.half

    @property
    def high(self) -> float:
        return self.mean + self.half


def simulate(arrivals: Sequence[Arrival], engineers: int, warm_up: float = 0.0) -> list[Passed]:
    """Every arrival after `warm_up`, handled by one of so many engineers; none is interrupted."""
    desk = simpy.Environment()
    hands = simpy.PriorityResource(desk, engineers)
    found: list[Passed] = []

    def ticket(arrival: Arrival) -> Generator[simpy.Event, Any, None]:
        with hands.request(arrival.rank) as mine:
            yield mine
            waited = desk.now - arrival.at
            yield desk.timeout(arrival.handling)
        if arrival.at >= warm_up:
            found.append(Passed(waited, desk.now - arrival.at))

    def source() -> Generator[simpy.Event, Any, None]:
        for arrival in arrivals:
            yield desk.timeout(max(0.0, arrival.at - desk.now))
            desk.process(ticket(arrival))

    desk.process(source())
    desk.run()
    return found


def interval(values: Sequence[float]) -> Interval:
    """The mean of independent runs with its 95 % interval; a single run has none."""
    if len(values) < 2:
        return Interval(fmean(values), math.inf)
    freedom = len(values) - 1
    factor = _T[freedom - 1] if freedom <= len(_T) else _NORMAL
    return Interval(fmean(values), factor * stdev(values) / math.sqrt(len(values)))
