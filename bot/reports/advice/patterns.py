"""What keeps coming back, for the week's findings: each pattern with its tickets, and what they cost. Only reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from statistics import median

from sqlalchemy import Connection

from bot.knowledge.slots import find_slots
from bot.knowledge.spelling import clean
from bot.knowledge.terms import stems
from bot.reports import scenario_stats
from bot.reports.insight.days import last_days
from bot.reports.insight.figures import HOUR
from bot.reports.insight.gathering import gather
from bot.reports.insight.money import spending
from bot.reports.insight.times import Times
from bot.sla.policy import Desk
from bot.tickets.chronicle.reading import uncollected
from bot.tickets.chronicle.recurrence import RecurringTicket, opened_between

DAY = 86_400
REQUESTER, DEVICE, CATEGORY, REOPENED, STEP, HOURS, WORDS = (
    "requester",
    "device",
    "category",
    "reopened",
    "failing",
    "hours",
    "words",
)
DAYS = 28  # that are looked at
OFTEN = 3  # incidents of a requester or of a device
WEEK_TICKETS, TIMES_MEDIAN, MEDIAN_WEEKS = 5, 2, 8  # of a category, in the last week
REOPENED_TIMES = 2  # of one ticket
SHOWN, FAILING = 20, 0.4  # of a step
PARETO, PARETO_CATEGORIES = 0.8, 0.2  # of the cost; of the categories, which may make it
CLUSTER, CLUSTER_PEOPLE = 5, 3  # tickets in alike words, and their authors
ALIKE = 0.5  # of the words of two messages that are the same
NAMING = 3  # words by which a cluster is found again
HASHED = 10


@dataclass(frozen=True, slots=True)
class WeekPattern:
    """`count` tickets, or failures of a step, where `usual` are usual; hours in hands and money of all of them. `usual` of a
    step and of `hours` is a share in per cent."""

    kind: str
    about: str
    count: int
    usual: float
    hours: float
    cost: float
    tickets: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """By which it is found again."""
        return f"{self.kind}/{self.about}"


@dataclass(frozen=True, slots=True)
class Past:
    """The tickets of the last weeks, and what each has cost: hours in hands, money."""

    now: int
    tickets: Sequence[RecurringTicket]
    before: Mapping[str, Sequence[int]]
    spent: Mapping[int, tuple[float, float]]
    reopened: Mapping[int, int]
    steps: Mapping[str, tuple[int, int]]
    clusters: Sequence[tuple[str, tuple[RecurringTicket, ...]]] = field(default_factory=tuple)

    def cost(self, numbers: Sequence[int]) -> tuple[float, float]:
        """Hours and money of these tickets; those that are not solved have cost nothing yet."""
        known = [self.spent.get(one, (0.0, 0.0)) for one in numbers]
        return sum(hours for hours, _ in known), sum(money for _, money in known)


def look_back(tx: Connection, desk: Desk, now: int) -> Past:
    """The last four weeks before an instant (UTC seconds)."""
    first = now - DAYS * DAY
    recent = opened_between(tx, first, now)
    earlier = opened_between(tx, now - 7 * DAY * (MEDIAN_WEEKS + 1), now - 7 * DAY)
    weekly: dict[str, list[int]] = defaultdict(lambda: [0] * MEDIAN_WEEKS)
    for one in earlier:
        weekly[one.category][(now - 7 * DAY - 1 - one.opened_at) // (7 * DAY)] += 1
    with uncollected():
        period = last_days(desk, DAYS + 1, now)
        found = gather(tx, desk, period)
        spent = spending(desk, Times(desk, found.cases, found.stays, period.start, period.stop))
        ours = [(at, int(case.number)) for at, case in enumerate(spent.cases) if not case.source]
        costs = {number: (float(spent.hands_s[at]) / HOUR, float(spent.cost[at])) for at, number in ours}
        reopened = {int(one.number): one.reopened or 0 for one in found.cases if not one.source}
    shown: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for step in scenario_stats.steps(tx, first, now):
        shown[step.step] += step.shown
        lost[step.step] += step.human
    steps = {name: (many, lost[name]) for name, many in shown.items()}
    return Past(now, recent, dict(weekly), costs, reopened, steps, clusters(recent))


def patterns(past: Past) -> list[WeekPattern]:
    """Everything remarkable, the dearest first."""
    found = [
        *_often(past),
        *_rising(past),
        *_reopened(past),
        *_failing(past),
        *_dearest(past),
        *_unknown(past),
    ]
    return sorted(found, key=lambda one: (-one.cost, -one.hours, -one.count, one.key))


def measure(past: Past, kind: str, about: str) -> WeekPattern:
    """One pattern as it is now, be it remarkable or not."""
    if kind == STEP:
        shown, lost = past.steps.get(about, (0, 0))
        return WeekPattern(kind, about, lost, 100 * lost / shown if shown else 0.0, 0.0, 0.0)
    those = [one for one in past.tickets if _is_of(past, one, kind, about)]
    return _pattern(past, kind, about, 0.0, those)


def clusters(
    tickets: Sequence[RecurringTicket],
) -> list[tuple[str, tuple[RecurringTicket, ...]]]:
    """Tickets without a scenario in alike words: each belongs to the first one it is like. Named by hashes of the words that
    most of them have, since what people wrote is not kept for this."""
    gathered: list[tuple[frozenset[str], list[RecurringTicket]]] = []
    for one in tickets:
        said = frozenset(stems(clean(one.said)))
        if one.run is not None or not said:
            continue
        home = next((those for first, those in gathered if _jaccard(first, said) >= ALIKE), None)
        if home is None:
            gathered.append((said, [one]))
        else:
            home.append(one)
    return [(_name(those), tuple(those)) for _, those in gathered if len(those) >= CLUSTER]


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _name(those: Sequence[RecurringTicket]) -> str:
    often = Counter(stem for one in those for stem in set(stems(clean(one.said))))
    most = sorted(often, key=lambda stem: (-often[stem], stem))[:NAMING]
    return "-".join(sorted(map(_hashed, most)))


def _hashed(stem: str) -> str:
    return sha256(stem.encode()).hexdigest()[:HASHED]


def _is_of(past: Past, one: RecurringTicket, kind: str, about: str) -> bool:
    match kind:
        case "requester":
            return one.type == "incident" and str(one.requester) == about
        case "device":
            return one.type == "incident" and find_slots(one.said.lower()).device == about
        case "reopened":
            return one.category == about and past.reopened.get(one.id, 0) >= REOPENED_TIMES
        case "words":
            said = set(map(_hashed, stems(clean(one.said))))
            wanted = set(about.split("-"))
            return one.run is None and 2 * len(said & wanted) > len(wanted)
        case _:
            return one.category == about


def _pattern(
    past: Past, kind: str, about: str, usual: float, those: Sequence[RecurringTicket]
) -> WeekPattern:
    numbers = tuple(one.id for one in those)
    hours, cost = past.cost(numbers)
    return WeekPattern(kind, about, len(numbers), usual, hours, cost, numbers)


def _often(past: Past) -> Iterator[WeekPattern]:
    """Requesters and devices with several incidents."""
    groups: dict[tuple[str, str], list[RecurringTicket]] = defaultdict(list)
    for one in past.tickets:
        if one.type != "incident":
            continue
        groups[REQUESTER, str(one.requester)].append(one)
        if (device := find_slots(one.said.lower()).device) is not None:
            groups[DEVICE, device].append(one)
    for (kind, about), those in groups.items():
        if len(those) >= OFTEN:
            yield _pattern(past, kind, about, 0.0, those)


def _rising(past: Past) -> Iterator[WeekPattern]:
    """Categories that had in the last week twice what a week usually has."""
    lately: dict[str, list[RecurringTicket]] = defaultdict(list)
    for one in past.tickets:
        if one.opened_at >= past.now - 7 * DAY:
            lately[one.category].append(one)
    for category, those in lately.items():
        usual = median(past.before.get(category, (0,)))
        if len(those) >= WEEK_TICKETS and len(those) >= TIMES_MEDIAN * usual:
            yield _pattern(past, CATEGORY, category, usual, those)


def _reopened(past: Past) -> Iterator[WeekPattern]:
    """Tickets that were opened again twice, by category."""
    groups: dict[str, list[RecurringTicket]] = defaultdict(list)
    for one in past.tickets:
        if past.reopened.get(one.id, 0) >= REOPENED_TIMES:
            groups[one.category].append(one)
    for category, those in groups.items():
        yield _pattern(past, REOPENED, category, 0.0, those)


def _failing(past: Past) -> Iterator[WeekPattern]:
    """Steps at which people give up self-help; what that costs is in the tickets that follow, by /advice."""
    for step, (shown, lost) in past.steps.items():
        if shown >= SHOWN and lost > FAILING * shown:
            yield measure(past, STEP, step)


def _dearest(past: Past) -> Iterator[WeekPattern]:
    """The few categories that make most of the cost: hours of engineers by the rates of their teams, hours without rates."""
    groups: dict[str, list[RecurringTicket]] = defaultdict(list)
    for one in past.tickets:
        groups[one.category].append(one)
    every = [_pattern(past, HOURS, category, 0.0, those) for category, those in groups.items()]
    of_all = sum(map(_weight, every))
    few, share = max(1, round(PARETO_CATEGORIES * len(every))), 0.0
    for dear in sorted(every, key=_weight, reverse=True)[:few]:
        if not of_all or len(every) == 1 or share >= PARETO:
            return
        part = _weight(dear) / of_all
        share += part
        yield WeekPattern(HOURS, dear.about, dear.count, 100 * part, dear.hours, dear.cost, dear.tickets)


def _weight(one: WeekPattern) -> float:
    return one.cost or one.hours


def _unknown(past: Past) -> Iterator[WeekPattern]:
    """Words that found no scenario, in several people's tickets."""
    for name, those in past.clusters:
        if len({one.requester for one in those}) >= CLUSTER_PEOPLE:
            yield _pattern(past, WORDS, name, 0.0, those)
