"""Where our subjects end: are the words of a message rather said of them, or of the rest of the world?"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

# A term never met still counts as if it had been met half a time on either side.
SMOOTH = 0.5
# About as many terms as people use on either side.
TERMS = 3000
# What a term that was never used counts against us.
UNKNOWN = 1.0


class Border:
    """Two-sided naive Bayes over the phrases of our entries and of the foreign topics."""

    def __init__(self, ours: Iterable[Mapping[str, float]], foreign: Iterable[Mapping[str, float]]) -> None:
        self._ours, self._foreign = _sum(ours), _sum(foreign)
        self._all_ours = sum(self._ours.values()) + SMOOTH * TERMS
        self._all_foreign = sum(self._foreign.values()) + SMOOTH * TERMS

    def side(self, asked: Iterable[tuple[str, float, float]]) -> float:
        """Above zero: ours; below: foreign. A natural logarithm of odds; terms come with idf and likeness."""
        return sum(self._odds(term, likeness) for term, _, likeness in asked)

    def _odds(self, term: str, likeness: float) -> float:
        ours, foreign = self._ours.get(term, 0.0), self._foreign.get(term, 0.0)
        if not likeness or not (ours or foreign):
            return -UNKNOWN
        return likeness * math.log(
            (ours + SMOOTH) / self._all_ours / ((foreign + SMOOTH) / self._all_foreign)
        )


def _sum(counters: Iterable[Mapping[str, float]]) -> Mapping[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for counter in counters:
        for term, times in counter.items():
            total[term] += times
    return total
