"""What the tickets of a period cost, by tier, category, department and class; what self-help saved. Pure.

The cost of a ticket is, over its teams, the working hours in someone's hands times the team's rate; its price is that
times the factor of its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.reports.insight.figures import HOUR, CostLine, Money
from bot.reports.insight.gathering import Gathered
from bot.reports.insight.times import Times
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import StayPlace, TicketCase
from bot.tickets.chronicle.stays import Seconds, coded

NO_CLASS = "-"
Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spending:
    """Resolved tickets whose stays are known: business seconds in hands and of waiting for us, money."""

    cases: list[TicketCase]
    hands_s: Amounts
    waited_s: Amounts
    cost: Amounts
    price: Amounts


def spending(desk: Desk, times: Times) -> Spending:
    """What each resolved ticket cost."""
    known = times.is_known
    cases = [times.cases[index] for index in np.flatnonzero(known).tolist()]
    in_hands = times.at(StayPlace.HANDS)
    teams, codes = times.teams
    rate = np.asarray([desk.rate(team) for team in teams], np.float64)[codes] if teams else codes
    cost = times.per_case(in_hands, times.took / HOUR * rate)[known]
    factors = {rule: _factor(desk, rule) for rule in {case.rule for case in cases}}
    price = cost * np.fromiter((factors[case.rule] for case in cases), np.float64, len(cases))
    hands = times.per_case(in_hands, times.took)[known]
    waited = times.per_case(times.at(StayPlace.QUEUE, StayPlace.HANDS), times.took)[known]
    return Spending(cases, hands, waited, cost, price)


def money_of(desk: Desk, times: Times, found: Gathered) -> Money:
    """Money of the resolved tickets; without `rates:` in desk.yaml every cost is 0."""
    spent = spending(desk, times)
    n, cost = len(spent.cases), float(spent.cost.sum())
    categories = _lines(spent, [case.category for case in spent.cases])
    saved_s, saved = _saved(spent, categories, found)
    classes = {rule: class_of(desk, rule) for rule in {case.rule for case in spent.cases}}
    return Money(
        desk.file.rates.currency if desk.file.rates else "",
        n,
        len(times.resolved) - n,
        float(spent.hands_s.sum()) / HOUR,
        cost,
        cost / n if n else None,
        _lines(spent, [_tier(case) for case in spent.cases]),
        categories,
        _lines(spent, [case.department for case in spent.cases]),
        _lines(spent, [classes[case.rule] for case in spent.cases]),
        saved_s / 60,
        saved,
        float(spent.waited_s.sum()) / HOUR,
    )


def _factor(desk: Desk, rule: str) -> float:
    service = desk.service(rule)
    return service.price if service else 1.0


def class_of(desk: Desk, rule: str | None) -> str:
    """The class of service of a rule; "-" without one."""
    service = desk.service(rule or "")
    return service.id if service else NO_CLASS


def _tier(case: TicketCase) -> str:
    """1: only ever in its first team; 2: in one more; 3: in more."""
    teams = case.teams or ("",)
    return "1" if len(teams) == 1 else str(min(3, len(set(teams))))


def _lines(spent: Spending, keys: Sequence[str]) -> tuple[CostLine, ...]:
    """One line for each value of `keys`, which has one for each ticket."""
    names, codes = coded(keys)
    return tuple(_line(name, spent, np.flatnonzero(codes == names.index(name))) for name in sorted(names))


def _line(name: str, spent: Spending, mine: Seconds) -> CostLine:
    cost = float(spent.cost[mine].sum())
    return CostLine(
        name,
        len(mine),
        float(spent.hands_s[mine].sum()) / HOUR,
        cost,
        float(spent.price[mine].sum()),
        cost / len(mine),
        float(np.median(spent.waited_s[mine])) / HOUR,
    )


def _saved(spent: Spending, categories: Sequence[CostLine], found: Gathered) -> tuple[float, float]:
    """Seconds and money: each confirmed session is a ticket of its category that no one had to take in hand."""
    n = len(spent.cases)
    if not n:
        return 0.0, 0.0
    usual = float(spent.hands_s.mean()), float(spent.cost.mean())
    each = {one.name: (one.hours * HOUR / one.tickets, one.cost / one.tickets) for one in categories}
    pairs = [(one.confirmed, *each.get(one.category, usual)) for one in found.sessions]
    return sum(count * hands for count, hands, _ in pairs), sum(count * cost for count, _, cost in pairs)
