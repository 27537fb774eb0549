"""The detector of the bot on a history: its pure rules, with counts kept in memory instead of tables."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from benchmarks.incidents.facts import Candidate, History, Report
from bot.knowledge import extent
from bot.knowledge.spelling import clean
from bot.knowledge.terms import stems
from bot.problems.detection.burst import LONGEST, Now, Sighted
from bot.problems.detection.signals import BurstKey, TroubleSign, keys_of
from bot.problems.detection.usual import HOUR, WEEK, Rhythm, Tally
from bot.problems.detection.watch import Belonging, KeyEvidence, OpenCandidate, judge

ZONE_AHEAD = 3  # hours of Moscow


def signal_of(report: Report) -> TroubleSign:
    """What the bot would know of it."""
    said = extent.read(report.text)
    return TroubleSign(
        at=int(report.time.timestamp()),
        person=report.requester,
        category=report.category,
        service=report.service or "",
        site=report.site or "",
        floor=report.floor,
        step=f"{report.scenario}#{report.step}" if report.step else "",
        stems=tuple(stems(clean(report.text))),
        wide=report.kind == "words_of_scope" or said.scope is not extent.Scope.ONE,
    )


@dataclass
class Ledger:
    """What the tables hold."""

    first: int
    seen: dict[BurstKey, deque[Sighted]] = field(default_factory=lambda: defaultdict(deque))
    hours: dict[BurstKey, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    totals: Counter[BurstKey] = field(default_factory=Counter)
    counts: list[float] = field(default_factory=lambda: [0.0] * WEEK)
    current: dict[BurstKey, set[int]] = field(default_factory=lambda: defaultdict(set))
    hour: int = 0
    many: int = 0
    all: int = 0
    wide: int = 0
    taken: set[int] = field(default_factory=set)
    standing: dict[int, OpenCandidate] = field(default_factory=dict)
    raised: int = 0

    def rhythm(self) -> Rhythm:
        return Rhythm(self.first, self.counts, ZONE_AHEAD)

    def roll(self, hour: int) -> None:
        """Write down the hours that are over."""
        rhythm = self.rhythm()
        while self.hour < hour:
            for key, people in self.current.items():
                self.hours[key][self.hour] = len(people)
                self.totals[key] += len(people)
            self.counts[rhythm.slot(self.hour)] += self.many
            self.current, self.many, self.hour = defaultdict(set), 0, self.hour + 1

    def keep(self, number: int, signal: TroubleSign, keys: tuple[BurstKey, ...]) -> None:
        for key in keys:
            self.current[key].add(signal.person)
            here = self.seen[key]
            here.append(Sighted(number, signal.at, signal.person, signal.wide))
            while here[0].at <= signal.at - LONGEST:
                here.popleft()
        self.many, self.all, self.wide = self.many + 1, self.all + 1, self.wide + signal.wide

    def evidence(self, keys: tuple[BurstKey, ...]) -> KeyEvidence:
        return KeyEvidence(
            seen={key: tuple(self.seen[key]) for key in keys},
            free={key: tuple(one for one in self.seen[key] if one.signal not in self.taken) for key in keys},
            tallies={key: Tally(self.totals[key], self.hours[key]) for key in keys},
        )


def candidates(history: History) -> Iterator[Candidate]:
    """What the bot would have brought up, and when."""
    ledger = Ledger(first=int(history.reports[0].time.timestamp()) // HOUR)
    ledger.hour = ledger.first
    for report in history.reports:
        signal = signal_of(report)
        keys = keys_of(signal)
        ledger.roll(signal.at // HOUR)
        ledger.keep(report.id, signal, keys)
        now = Now(signal.at, ledger.rhythm(), (ledger.wide + 1) / (ledger.all + 100), {})
        evidence = ledger.evidence(keys)
        named = _apply(ledger, report, judge(now, evidence, list(ledger.standing.values())), evidence)
        if named:
            yield Candidate(datetime.fromtimestamp(signal.at, UTC), frozenset(named))


def _apply(ledger: Ledger, report: Report, verdict: Belonging, evidence: KeyEvidence) -> tuple[int, ...]:
    """Change the candidates; returns the reports that are brought up now."""
    at = int(report.time.timestamp())
    for number in verdict.closed:
        ledger.standing.pop(number, None)
    burst = verdict.burst
    if verdict.joined is not None:
        mine = ledger.standing[verdict.joined]
        more = set(burst.signals) if burst is not None else {report.id}
        people = _people(burst.key, more, evidence) if burst is not None else {report.requester}
        mine = replace(mine, last_at=at, people=mine.people | people)
        if verdict.grown:
            mine = replace(mine, raised_at=at, first=mine.people)
        ledger.standing[mine.id] = mine
        ledger.taken |= more
        return verdict.grown
    if burst is None:
        return ()
    found = frozenset(_people(burst.key, set(burst.signals), evidence))
    ledger.raised += 1
    ledger.standing[ledger.raised] = OpenCandidate(ledger.raised, burst.key, at, at, found, found)
    ledger.taken |= set(burst.signals)
    return burst.signals


def _people(key: BurstKey, signals: set[int], evidence: KeyEvidence) -> set[int]:
    return {one.person for one in evidence.free[key] if one.signal in signals}
