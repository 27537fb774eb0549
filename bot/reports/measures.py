"""The figures, pure: targets met, stars, reopened tickets, first contact, hours, cost and price, by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from bot.reports.works import Work
from bot.sla.policy import KINDS

TIMED = tuple(kind for kind in KINDS if kind != "update")
"""The clocks whose length is of interest: an update is one of many."""
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Ended:
    """One clock that ended in the period: "met", "missed" or "voided", and the business seconds it took. A clock that
    passed its deadline in the period and still runs is "missed" at once; what it will take is not known yet (None)."""

    group: str
    kind: str
    outcome: str
    used_s: int | None


@dataclass(frozen=True, slots=True)
class Solved:
    """One ticket that was solved in the period. `factor` is its class's price; `life_s` real seconds until confirmed,
    `before_s` from the first step of the scenario that did not help until the ticket."""

    group: str
    work: Work
    factor: float = 1.0
    stars: int | None = None
    life_s: int | None = None
    before_s: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a total."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """None when the total is 0."""
        return 100 * self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """One group's figures. Times are business seconds except for `life` and `before`; money is in the desk's currency."""

    group: str
    tickets: int
    kept: dict[str, Share]
    voided: int
    stars: float | None
    rated: int
    came_back: Share
    first_contact: Share
    first_level: Share
    hands_s: int
    cost: float
    price: float
    times: dict[str, tuple[int, int]] = field(default_factory=dict)
    """p50 and p90 of what was used of each kind of promise; "life" = real time from opening to the employee's yes,
    "before" = real time in self-help before it was opened."""

    @property
    def each(self) -> float | None:
        """The price per ticket."""
        return self.price / self.tickets if self.tickets else None

    def against(self, base: Figures | None) -> float | None:
        """The price per ticket relative to the base class."""
        if base is None or not base.each or self.each is None:
            return None
        return self.each / base.each


def figures(
    group: str, ended: Iterable[Ended], solved: Iterable[Solved], rates: dict[str, float], other: float
) -> Figures:
    """Figures of one group; `rates` are money per hour by team, `other` for all others."""
    clocks, tickets = list(ended), list(solved)
    outcomes = Counter((one.kind, one.outcome) for one in clocks)
    kept = {
        kind: Share(outcomes[kind, "met"], outcomes[kind, "met"] + outcomes[kind, "missed"]) for kind in KINDS
    }
    stars = [one.stars for one in tickets if one.stars is not None]
    costs = [_cost(one.work, rates, other) for one in tickets]
    return Figures(
        group,
        len(tickets),
        kept,
        sum(one.outcome == "voided" for one in clocks),
        fmean(stars) if stars else None,
        len(stars),
        Share(sum(one.work.came_back for one in tickets), len(tickets)),
        Share(sum(one.work.first_contact for one in tickets), len(tickets)),
        Share(sum(one.work.first_level for one in tickets), len(tickets)),
        sum(sum(one.work.hands.values()) for one in tickets),
        sum(costs),
        sum(cost * one.factor for cost, one in zip(costs, tickets, strict=True)),
        _times(clocks, tickets),
    )


def percentile(values: Sequence[int], share: int) -> int:
    """The smallest value that `share` per cent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def _cost(work: Work, rates: dict[str, float], other: float) -> float:
    return sum(seconds / HOUR * rates.get(team, other) for team, seconds in work.hands.items())


def _times(clocks: Sequence[Ended], tickets: Sequence[Solved]) -> dict[str, tuple[int, int]]:
    found = {
        kind: [one.used_s for one in clocks if one.kind == kind and one.used_s is not None] for kind in TIMED
    }
    found["life"] = [one.life_s for one in tickets if one.life_s is not None]
    found["before"] = [one.before_s for one in tickets if one.before_s is not None]
    return {kind: (percentile(used, 50), percentile(used, 90)) for kind, used in found.items() if used}
