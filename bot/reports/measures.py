"""The figures, pure: targets met, stars, reopened tickets, first contact, hours, cost and price, by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from bot.sla.policy import KINDS
from bot.tickets.chronicle.cases import TicketCase
from bot.tickets.chronicle.reading import PromiseCount

TIMED = tuple(kind for kind in KINDS if kind != "update")
"""The clocks whose length is of interest: an update is one of many."""


@dataclass(frozen=True, slots=True)
class Solved:
    """One ticket that was solved in the period: business seconds in hand, money, and `before_s`, the real seconds from the
    first step of the scenario that did not help until the ticket."""

    group: str
    case: TicketCase
    hands_s: int
    cost: float
    price: float
    before_s: int | None = None

    @property
    def life_s(self) -> int | None:
        """Real seconds from opening to the employee's yes."""
        confirmed_at = self.case.confirmed_at
        return None if confirmed_at is None else confirmed_at - self.case.opened_at


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
    group: str, kept: Iterable[PromiseCount], used: Mapping[str, Sequence[int]], solved: Sequence[Solved]
) -> Figures:
    """Figures of one group; `used` are the business seconds that its ended promises took, by kind."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for one in kept:
        outcomes[one.kind, one.outcome] += one.n
    shares = {
        kind: Share(outcomes[kind, "met"], outcomes[kind, "met"] + outcomes[kind, "missed"]) for kind in KINDS
    }
    stars = [one.case.stars for one in solved if one.case.stars is not None]
    return Figures(
        group,
        len(solved),
        shares,
        sum(n for (_, outcome), n in outcomes.items() if outcome == "voided"),
        fmean(stars) if stars else None,
        len(stars),
        Share(sum(bool(one.case.reopened) for one in solved), len(solved)),
        Share(sum(bool(one.case.is_first_contact) for one in solved), len(solved)),
        Share(sum(bool(one.case.is_first_line) for one in solved), len(solved)),
        sum(one.hands_s for one in solved),
        sum(one.cost for one in solved),
        sum(one.price for one in solved),
        _times(used, solved),
    )


def percentile(values: Sequence[int], share: int) -> int:
    """The smallest value that `share` per cent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def _times(used: Mapping[str, Sequence[int]], solved: Sequence[Solved]) -> dict[str, tuple[int, int]]:
    found: dict[str, Sequence[int]] = {kind: used.get(kind, ()) for kind in TIMED}
    found["life"] = [one.life_s for one in solved if one.life_s is not None]
    found["before"] = [one.before_s for one in solved if one.before_s is not None]
    return {kind: (percentile(took, 50), percentile(took, 90)) for kind, took in found.items() if took}
