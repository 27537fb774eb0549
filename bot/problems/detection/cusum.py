"""What burns slowly: a CUSUM of the hours until now, of people above what is usual. Pure arithmetic.

Neither when it began nor how much it rose is known, so the sum is that of the generalised likelihood ratio: for each hour at
which it may have begun, the people since then against those expected since then, and the hour for which that is most.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log


def began(people: Sequence[int], usual: Sequence[float]) -> int:
    """How many hours ago the rise most likely began: 1 for the latest hour. `people` who first came in each hour, `usual`
    how many do; both from the latest hour back, and as long."""
    best, hours, came, expected = 0.0, 1, 0, 0.0
    for back, (many, usually) in enumerate(zip(people, usual, strict=True), 1):
        came, expected = came + many, expected + usually
        if (found := _ratio(came, expected)) > best:
            best, hours = found, back
    return hours


def _ratio(came: int, expected: float) -> float:
    """The logarithm of how much likelier so many are at the rate of their own than at the usual one; 0 where it is lower."""
    if came <= expected or expected <= 0:
        return 0.0
    return came * log(came / expected) - (came - expected)
