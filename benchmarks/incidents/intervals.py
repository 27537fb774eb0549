"""Estimates with their 95 % confidence intervals, each of a kind that also holds for few cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, inf, nan, sqrt

Z = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between the ends of its interval; NaN where there was nothing to measure."""

    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Estimate:
    """Wilson's interval of a proportion."""
    if not of:
        return Estimate(nan, nan, nan)
    p, z2 = hits / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Estimate(p, min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half)))


def rate(count: int, days: int) -> Estimate:
    """Byar's interval of a Poisson rate."""
    if not days:
        return Estimate(nan, nan, nan)
    low = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3
    return Estimate(count / days, low / days, high / days)


def median(values: Sequence[float]) -> Estimate:
    """Between order statistics; infinite values may be among them."""
    if not values:
        return Estimate(nan, nan, nan)
    ordered, count = sorted(values), len(values)
    middle = ordered[count // 2] if count % 2 else _between(ordered[count // 2 - 1], ordered[count // 2])
    below, place = 0.5**count if count < 1000 else 0.0, 0
    if count >= 1000:  # the binomial is normal by then
        place = int(count / 2 - Z * sqrt(count) / 2)
    else:
        while below <= 0.025 and place < count // 2:
            place += 1
            below += comb(count, place) * 0.5**count
    low = max(0, place - 1)
    return Estimate(middle, ordered[low], ordered[count - 1 - low])


def _between(low: float, high: float) -> float:
    return high if high == inf else (low + high) / 2
