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
from bot.problems.detection import asking
from bot.problems.detection.burst import LONGEST, Now, Sighted, is_worth
from bot.problems.detection.days import DayKinds
from bot.problems.detection.ledger import MANY, SENDER
from bot.problems.detection.signals import BurstKey, TroubleSign, keys_of
from bot.problems.detection.usual import HOUR, WEEK, WEEKS, Rhythm, Tally
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
    days: DayKinds
    seen: dict[BurstKey, deque[Sighted]] = field(default_factory=lambda: defaultdict(deque))
    hours: dict[BurstKey, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    totals: Counter[BurstKey] = field(default_factory=Counter)
    past: dict[int, dict[BurstKey, int]] = field(default_factory=dict)
    counts: list[float] = field(default_factory=lambda: [0.0] * WEEK)
    spent: list[float] = field(default_factory=lambda: [0.0] * WEEK)
    current: dict[BurstKey, set[int]] = field(default_factory=lambda: defaultdict(set))
    hour: int = 0
    sent: Counter[int] = field(default_factory=Counter)
    all: int = 0
    wide: int = 0
    taken: set[int] = field(default_factory=set)
    latest: deque[tuple[int, int]] = field(default_factory=deque)
    current_rhythm: Rhythm | None = None
    senders: set[int] = field(default_factory=set)
    standing: dict[int, OpenCandidate] = field(default_factory=dict)
    raised: int = 0

    def rhythm(self) -> Rhythm:
        """The same one until the hour is over."""
        if self.current_rhythm is None:
            self.current_rhythm = Rhythm(self.first, self.counts, self.days, self.spent)
        return self.current_rhythm

    def roll(self, hour: int) -> None:
        """Write down the hours that are over."""
        rhythm = self.rhythm()
        if self.hour < hour:
            self.current_rhythm = None
        while self.hour < hour:
            for key, people in self.current.items():
                self.hours[key][self.hour] = len(people)
                self.totals[key] += len(people)
            self.past[self.hour] = {key: len(people) for key, people in self.current.items()}
            self.totals.subtract(self.past.pop(self.hour - WEEK * WEEKS - 1, {}))
            slot = rhythm.slot(self.hour)
            self.counts[slot] += sum(min(many, MANY - 1) for many in self.sent.values())
            self.spent[slot] += 1
            self.current, self.hour = defaultdict(set), self.hour + 1
            self.sent.clear()

    def keep(self, number: int, signal: TroubleSign, keys: tuple[BurstKey, ...]) -> None:
        self.latest.append((signal.at, signal.person))
        while self.latest[0][0] <= signal.at - HOUR:
            self.latest.popleft()
        for key in keys:
            self.current[key].add(signal.person)
            here = self.seen[key]
            here.append(Sighted(number, signal.at, signal.person, signal.wide))
            while here[0].at <= signal.at - LONGEST:
                here.popleft()
        self.sent[signal.person] += 1
        self.all, self.wide = self.all + 1, self.wide + signal.wide

    def crowd(self) -> Counter[int]:
        """How many signals each person sent in the last hour."""
        return Counter(person for _, person in self.latest)

    def evidence(self, keys: tuple[BurstKey, ...], mute: set[int], now: Now) -> KeyEvidence:
        keys = tuple(key for key in keys if is_worth(now, key, Tally(self.totals[key], {})))
        seen = {key: tuple(one for one in self.seen[key] if one.person not in mute) for key in keys}
        return KeyEvidence(
            seen=seen,
            free={key: tuple(one for one in seen[key] if one.signal not in self.taken) for key in keys},
            tallies={key: Tally(self.totals[key], self.hours[key]) for key in keys},
        )


def days_of(history: History) -> DayKinds:
    """The calendar, which the desk knows."""
    return DayKinds(ZONE_AHEAD, lambda day: day.weekday() < 5 and day not in history.holidays)


def candidates(history: History) -> Iterator[Candidate]:
    """What the bot would have brought up, and when."""
    ledger = Ledger(int(history.reports[0].time.timestamp()) // HOUR, days_of(history))
    ledger.hour = ledger.first
    for report in history.reports:
        if report.kind == "ticket" and asking.only_asks(report.text):
            continue
        signal = signal_of(report)
        keys = keys_of(signal)
        ledger.roll(signal.at // HOUR)
        ledger.keep(report.id, signal, keys)
        crowd = ledger.crowd()
        mute = {person for person, many in crowd.items() if many >= MANY} | ledger.senders
        lately = sum(min(many, 1) for person, many in crowd.items() if person not in mute)
        ledger.senders |= {person for person, many in crowd.items() if many >= SENDER}
        now = Now(signal.at, ledger.rhythm(), (ledger.wide + 1) / (ledger.all + 100), {}, lately)
        evidence = ledger.evidence(keys, mute, now)
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
