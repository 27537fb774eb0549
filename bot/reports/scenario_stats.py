"""Statistics of scenarios from their events: per step, per version, and how often self-help was enough."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import Connection, case, func, select

from bot.scenarios.language.program import Program
from bot.scenarios.library.graph import Traffic
from bot.scenarios.library.run_rows import RunEvent, RunRow
from bot.storage import typed
from bot.storage.schema import run_events, runs, tickets

ABANDONED = 24 * 3600  # seconds without an answer after which a step counts as abandoned
STILL_HELPED = 7 * 86400  # seconds without a ticket of the category that confirm a "yes, it helped"

_ANSWERS = {"press", "typed", "sent", "skip", "checked"}
_MOVES = {*_ANSWERS, "back", "rewind", "restart", "begin", "resume"}


@dataclass(slots=True)
class StepFigures:
    """One step of one version. Times are seconds of wall time."""

    scenario: str
    version: str
    step: str
    shown: int = 0
    answered: int = 0
    back: int = 0
    human: int = 0
    cancelled: int = 0
    abandoned: int = 0
    took: list[int] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)

    @property
    def median_s(self) -> int | None:
        """The median time people spend on it."""
        return round(median(self.took)) if self.took else None


@dataclass(slots=True)
class ScenarioFigures:
    """One scenario. `helped`: confirmed, and no ticket of the category within seven days."""

    scenario: str
    begun: int = 0
    helped: int = 0
    came_back: int = 0  # confirmed, but followed by a ticket
    tickets: int = 0  # the scenario's own tickets
    human: int = 0
    abandoned: int = 0
    cancelled: int = 0
    other: int = 0  # ended without a ticket, left for another scenario
    under_way: int = 0

    @property
    def self_help(self) -> float | None:
        """The share of ended runs that needed no human; None when none has ended."""
        ended = self.begun - self.under_way
        return self.helped / ended if ended else None


def steps(tx: Connection, since: int, now: int, scenario: str | None = None) -> list[StepFigures]:
    """Figures of every step shown since then, by scenario, version and step. Instants are UTC seconds."""
    found: dict[tuple[str, str, str], StepFigures] = {}
    for row, events in _histories(tx, since, scenario):
        for index, event in enumerate(events):
            if event.kind in _MOVES and event.to_step and not event.to_step.endswith("/-"):
                _count(found, row, event, events[index + 1 :], now)
    return sorted(found.values(), key=lambda item: (item.scenario, item.version, -item.shown, item.step))


def scenarios(tx: Connection, program: Program, since: int, now: int) -> list[ScenarioFigures]:
    """Figures of every scenario begun since then."""
    found: dict[str, ScenarioFigures] = {}
    begun = select(runs).where(runs.c.started_at >= since).order_by(runs.c.id)
    later = _tickets_by_person(tx, since)
    for row in typed.every(RunRow, tx.execute(begun)):
        figures = found.setdefault(row.scenario, ScenarioFigures(row.scenario))
        figures.begun += 1
        scenario = program.scenarios.get(row.scenario)
        category = scenario.spec.category if scenario else None
        _judge(figures, row, later.get((row.person, category or ""), ()), now)
    return sorted(found.values(), key=lambda item: -item.begun)


@dataclass(frozen=True, slots=True)
class SessionsOf:
    """How the sessions of one scenario ended. `category`: that of most tickets it led to; "" when it led to none.

    `confirmed`: "it helped", and the person opened no ticket of the category (of any, where it is "") in seven days.
    """

    scenario: str
    category: str
    begun: int
    confirmed: int
    came_back: int
    abandoned: int
    escalated: int
    other: int


def sessions(tx: Connection, first: int, last: int) -> list[SessionsOf]:
    """The sessions begun in [first, last), by scenario."""
    within = (runs.c.started_at >= first) & (runs.c.started_at < last)
    categories = _categories(tx)
    is_silent = (runs.c.status == "open") & (runs.c.updated_at <= last - ABANDONED)
    ended = case((is_silent, "expired"), else_=runs.c.status).label("ended")
    counted = select(runs.c.scenario, ended, func.count()).where(within).group_by(runs.c.scenario, ended)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for scenario, status, n in tx.execute(counted):
        found[scenario][_ENDED_AS.get(status, "other")] += n
        found[scenario]["begun"] += n
    for scenario, n in _came_back(tx, first, last, categories).items():
        found[scenario]["came_back"] += n
        found[scenario]["confirmed"] -= n
    names = ("begun", "confirmed", "came_back", "abandoned", "escalated", "other")
    return [
        SessionsOf(scenario, categories.get(scenario, ""), *(count[name] for name in names))
        for scenario, count in sorted(found.items())
    ]


_ENDED_AS = {"solved": "confirmed", "ticket": "escalated", "human": "escalated", "expired": "abandoned"}


def _came_back(tx: Connection, first: int, last: int, categories: Mapping[str, str]) -> Counter[str]:
    """Sessions that helped and yet were followed by a ticket, by scenario."""
    within = (runs.c.started_at >= first) & (runs.c.started_at < last) & (runs.c.status == "solved")
    helped = tx.execute(select(runs.c.person, runs.c.scenario, runs.c.updated_at).where(within)).all()
    wanted = {(person, categories.get(scenario, "")) for person, scenario, _ in helped}
    is_any = any(not category for _, category in wanted)
    soon = (tickets.c.opened_at >= first) & (tickets.c.opened_at < last + STILL_HELPED)
    opened: dict[tuple[int, str], list[int]] = defaultdict(list)
    columns = select(tickets.c.requester, tickets.c.category, tickets.c.opened_at).where(soon)
    for requester, category, at in tx.execute(columns).all() if helped else ():
        if (requester, category) in wanted:
            opened[requester, category].append(at)
        if is_any and (requester, "") in wanted:
            opened[requester, ""].append(at)
    for moments in opened.values():
        moments.sort()
    back = Counter[str]()
    for person, scenario, ended in helped:
        after = opened.get((person, categories.get(scenario, "")), [])
        place = bisect_left(after, ended)
        back[scenario] += place < len(after) and after[place] <= ended + STILL_HELPED
    return back


def _categories(tx: Connection) -> dict[str, str]:
    """The category of most tickets that each scenario led to."""
    mine = select(runs.c.scenario, tickets.c.category, func.count().label("n"))
    grouped = mine.join(tickets, tickets.c.run == runs.c.id).group_by(runs.c.scenario, tickets.c.category)
    rows = sorted(tx.execute(grouped), key=lambda row: (row.n, row.category))
    return {scenario: category for scenario, category, _ in rows}


def traffic(figures: Iterable[StepFigures], scenario: str) -> Traffic:
    """The same figures in the form of the scenario's picture."""
    shown: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    taken: Counter[tuple[str, str]] = Counter()
    for item in figures:
        owner, _, key = item.step.partition("/")
        if owner == scenario:
            shown[key] += item.shown
            stopped[key] += item.abandoned
            for way, times in item.ways.items():
                taken[key, way] += times
    return Traffic(shown, taken, stopped)


def _histories(tx: Connection, since: int, scenario: str | None) -> Iterable[tuple[RunRow, list[RunEvent]]]:
    """Every run begun since then with its events, in order."""
    begun = select(runs).where(runs.c.started_at >= since)
    if scenario is not None:
        begun = begun.where(runs.c.scenario == scenario)
    events: dict[int, list[RunEvent]] = defaultdict(list)
    of_them = select(run_events).join(runs, runs.c.id == run_events.c.run).where(runs.c.started_at >= since)
    for event in typed.every(RunEvent, tx.execute(of_them.order_by(run_events.c.run, run_events.c.id))):
        events[event.run].append(event)
    for row in typed.every(RunRow, tx.execute(begun.order_by(runs.c.id))):
        yield row, events[row.id]


def _count(
    found: dict[tuple[str, str, str], StepFigures],
    row: RunRow,
    shown: RunEvent,
    later: Sequence[RunEvent],
    now: int,
) -> None:
    """Count one showing of a step and its result."""
    key = (row.scenario, row.version, shown.to_step)
    figures = found.setdefault(key, StepFigures(*key))
    figures.shown += 1
    then = next((event for event in later if event.kind not in ("repeated", "stale", "remind")), None)
    if then is None:
        silent = row.status == "open" and now - shown.at >= ABANDONED
        figures.abandoned += int(silent)
    elif then.kind in _ANSWERS:
        figures.answered += 1
        figures.ways[then.value] += 1
        figures.took.append(then.at - shown.at)
    elif then.kind in ("back", "rewind"):
        figures.back += 1
    elif then.kind == "human":
        figures.human += 1
    elif then.kind == "cancel":
        figures.cancelled += 1
    elif then.kind in ("expired", "left"):
        figures.abandoned += 1


def _judge(figures: ScenarioFigures, row: RunRow, opened: Sequence[int], now: int) -> None:
    ended = row.updated_at
    if row.status == "solved":
        back = any(ended <= at <= ended + STILL_HELPED for at in opened)
        figures.came_back += int(back)
        figures.helped += int(not back)
    elif row.status == "ticket":
        figures.tickets += 1
    elif row.status == "human":
        figures.human += 1
    elif row.status == "cancelled":
        figures.cancelled += 1
    elif row.status == "expired" or (row.status == "open" and now - ended >= ABANDONED):
        figures.abandoned += 1
    elif row.status == "open":
        figures.under_way += 1
    else:
        figures.other += 1


def _tickets_by_person(tx: Connection, since: int) -> dict[tuple[int, str], list[int]]:
    opened: dict[tuple[int, str], list[int]] = defaultdict(list)
    columns = select(tickets.c.requester, tickets.c.category, tickets.c.opened_at)
    for requester, category, at in tx.execute(columns.where(tickets.c.opened_at >= since)).all():
        opened[requester, category].append(at)
    return opened
