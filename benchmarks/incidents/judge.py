"""What a detector's candidates are worth: the rules are fixed here before any detector exists.

A candidate finds a plant when, of the people it names, at least two and at least a quarter are the plant's, and it
comes no later than an hour after the plant's last report. It finds only the plant it has most people of: two plants at
once need two candidates. The first one counts, others of the same plant are repeats. A candidate that finds no plant
is a false alarm; if a quarter of its reports are a decoy's, that decoy raised, too. Plants of fewer than five people
are neither required nor false. False alarms are divided by working days only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from benchmarks.incidents.facts import Candidate, History, Plant, Report
from benchmarks.incidents.intervals import Estimate, median, rate, share

IN_TIME = timedelta(hours=1)
PEOPLE, PART = 2, 0.25


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plant of five people or more and when it was found; infinite where it was not.

    `reports` and `people` are those of the plant until the candidate, `minutes` are since its first report.
    """

    plant: Plant
    reports: float = inf
    people: float = inf
    minutes: float = inf

    @property
    def found(self) -> bool:
        return self.reports < inf


@dataclass(frozen=True, slots=True)
class Lured:
    """A decoy and whether a candidate was raised about it."""

    shape: str
    raised: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of one history, or of several together."""

    outcomes: tuple[Outcome, ...]
    lured: tuple[Lured, ...]
    candidates: int
    false_alarms: int
    repeats: int
    working_days: int

    def recall(self) -> Estimate:
        return share(sum(each.found for each in self.outcomes), len(self.outcomes))

    def reports_until(self) -> Estimate:
        """The median; a plant that was not found counts as infinitely late."""
        return median([each.reports for each in self.outcomes])

    def people_until(self) -> Estimate:
        return median([each.people for each in self.outcomes])

    def minutes_until(self) -> Estimate:
        return median([each.minutes for each in self.outcomes])

    def alarms_a_day(self) -> Estimate:
        return rate(self.false_alarms, self.working_days)

    def decoys_raised(self) -> Estimate:
        return share(sum(each.raised for each in self.lured), len(self.lured))


def judge(history: History, candidates: Iterable[Candidate]) -> Score:
    """ValueError: a candidate names nothing, a report that does not exist, or one later than itself."""
    known = {report.id: report for report in history.reports}
    first: dict[int, Outcome] = {}  # by the place of the plant
    raised: set[int] = set()
    alarms = repeats = count = 0
    for candidate in sorted(candidates, key=lambda each: each.time):
        count += 1
        named = _named(candidate, known)
        place = _found(candidate, named, history.plants)
        if place is None:
            alarms += 1
            raised |= {
                number
                for number, decoy in enumerate(history.decoys)
                if len(candidate.reports & decoy.reports) >= PART * len(candidate.reports)
            }
        elif place in first:
            repeats += 1
        else:
            first[place] = _outcome(candidate, history.plants[place], known)
    return Score(
        outcomes=tuple(
            first.get(place, Outcome(plant)) for place, plant in enumerate(history.plants) if plant.detectable
        ),
        lured=tuple(Lured(decoy.shape, number in raised) for number, decoy in enumerate(history.decoys)),
        candidates=count,
        false_alarms=alarms,
        repeats=repeats,
        working_days=_working_days(history),
    )


def _named(candidate: Candidate, known: dict[int, Report]) -> list[Report]:
    if not candidate.reports or not candidate.reports <= known.keys():
        raise ValueError(f"the candidate of {candidate.time} names nothing, or what does not exist")
    named = [known[number] for number in candidate.reports]
    if late := [report.id for report in named if report.time > candidate.time]:
        raise ValueError(f"the candidate of {candidate.time} names later reports: {late}")
    return named


def _found(candidate: Candidate, named: list[Report], plants: Sequence[Plant]) -> int | None:
    everybody = {report.requester for report in named}
    shared: Counter[int] = Counter()
    for place, plant in enumerate(plants):
        if plant.begun <= candidate.time <= plant.ended + IN_TIME:
            people = {report.requester for report in named if report.id in plant.reports}
            if len(people) >= max(PEOPLE, PART * len(everybody)):
                shared[place] = len(people)
    return max(shared, key=lambda place: shared[place]) if shared else None


def _outcome(candidate: Candidate, plant: Plant, known: dict[int, Report]) -> Outcome:
    until = [known[number] for number in plant.reports if known[number].time <= candidate.time]
    return Outcome(
        plant=plant,
        reports=len(until),
        people=len({report.requester for report in until}),
        minutes=(candidate.time - plant.begun).total_seconds() / 60,
    )


def _working_days(history: History) -> int:
    days = (history.first + timedelta(number) for number in range(history.days))
    return sum(day.weekday() < 5 and day not in history.holidays for day in days)


def together(scores: Iterable[Score]) -> Score:
    """Of several histories."""
    every = list(scores)
    return Score(
        outcomes=tuple(each for score in every for each in score.outcomes),
        lured=tuple(each for score in every for each in score.lured),
        candidates=sum(score.candidates for score in every),
        false_alarms=sum(score.false_alarms for score in every),
        repeats=sum(score.repeats for score in every),
        working_days=sum(score.working_days for score in every),
    )
