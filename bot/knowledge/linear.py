"""How likely a message belongs to each class: a softmax over the character n-grams of examples, trained at load.

It learns what tells the classes apart, where the index measures how near a message is to each of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.features import BUCKETS, WORDS_COUNT, grams, said

MOST_CLASSES = 100  # the cost of training grows with examples times classes: about ten seconds at this number
SPACE = 2 * BUCKETS
SEEN = 2  # an n-gram of a single example says nothing about others
ROUNDS = 4
RATE = 2.0
BIAS_RATE = 0.05
EVEN = 0.5  # 0: a class counts by its examples; 1: all classes count the same
SEED = 1
_TRAINING = Lock()

Example = tuple[str, str]
"""A class and a text of it."""
Weighed = tuple[str, str, float]
"""The same with what it counts: a written example counts 1."""
_Vector = tuple[NDArray[np.int64], NDArray[np.float32]]


class Linear:
    """Trained once; the same examples give the same figures, in whatever order they come."""

    def __init__(self, examples: Iterable[Example], more: Iterable[Weighed] = ()) -> None:
        ordered = [*((name, text, 1.0) for name, text in sorted(examples)), *sorted(more)]
        self.classes = sorted({name for name, _, _ in ordered})
        seen = [_counted(text) for _, text, _ in ordered]
        spread = np.bincount(np.concatenate([places for places, _ in seen]), minlength=SPACE)
        kept = np.flatnonzero(spread >= SEEN)
        self._rows = np.full(SPACE, -1, dtype=np.int32)
        self._rows[kept] = np.arange(len(kept))
        self._rarity = (np.log((1 + len(ordered)) / (1 + spread[kept])) + 1).astype(np.float32)
        self._is_word = kept >= BUCKETS
        self._weights = np.zeros((len(kept), len(self.classes)), dtype=np.float32)
        self._bias = np.zeros(len(self.classes), dtype=np.float32)
        number = {name: place for place, name in enumerate(self.classes)}
        rows = [self._vector(*one) for one in seen]
        self._train(rows, [number[name] for name, _, _ in ordered], [weight for *_, weight in ordered])

    def logs(self, text: str) -> dict[str, float]:
        """The natural logarithm of each class's probability; they sum to one."""
        places, values = self._vector(*_counted(text))
        scores = values @ self._weights[places] + self._bias
        scores -= scores.max()
        scores -= math.log(float(np.exp(scores).sum()))
        return dict(zip(self.classes, scores.tolist(), strict=True))

    def _vector(self, places: NDArray[np.int64], counts: NDArray[np.int64]) -> _Vector:
        rows = self._rows[places]
        is_known = rows >= 0
        rows = rows[is_known]
        values = (1 + np.log(counts[is_known])) * self._rarity[rows]
        of_words = self._is_word[rows]
        signs, words = values * ~of_words, values * of_words
        values = signs / (math.sqrt(signs @ signs) or 1.0) + WORDS_COUNT * words / (math.sqrt(words @ words) or 1.0)
        return rows, values.astype(np.float32)

    def _train(self, rows: Sequence[_Vector], wanted: Sequence[int], counts: Sequence[float]) -> None:
        """Stochastic descent, one example at a time: large batches would start BLAS threads and take ten times as long."""
        size = Counter(wanted)
        mean = len(rows) / max(len(size), 1)
        worth = {one: (mean / n) ** EVEN for one, n in size.items()}
        chance = np.random.default_rng(SEED)
        steps = ROUNDS * len(rows)
        for step, row in enumerate(row for _ in range(ROUNDS) for row in chance.permutation(len(rows))):
            (places, values), right = rows[row], wanted[row]
            weights = self._weights[places]
            wrong = values @ weights + self._bias
            wrong = np.exp(wrong - wrong.max())
            wrong /= wrong.sum()
            wrong[right] -= 1
            wrong *= worth[right] * counts[row] * (1 - step / steps)
            self._weights[places] = weights - RATE * values[:, None] * wrong
            self._bias -= BIAS_RATE * wrong


def trained(examples: frozenset[Example], more: frozenset[Weighed] = frozenset()) -> Linear | None:
    """Trained on these examples, remembered for the next reload; None when there are too few or too many classes."""
    with _TRAINING:  # who asks meanwhile waits, and does not train the same once more
        return _remembered(examples, more)


@lru_cache(maxsize=6)
def _remembered(examples: frozenset[Example], more: frozenset[Weighed]) -> Linear | None:
    return _fitted(examples, more)


@lru_cache(maxsize=1)
def held_out(examples: frozenset[Example]) -> Mapping[str, Mapping[str, float]]:
    """For each text: what a classifier says that was trained on the other half of the examples."""
    ordered = sorted(examples)
    halves = (ordered[::2], ordered[1::2])
    found: dict[str, Mapping[str, float]] = {}
    for half, other in (halves, halves[::-1]):
        linear = _fitted(other)
        for _, text in half:
            found[text] = linear.logs(text) if linear is not None else {}
    return found


def _fitted(examples: Collection[Example], more: Collection[Weighed] = ()) -> Linear | None:
    return Linear(examples, more) if 2 <= len({name for name, _ in examples}) <= MOST_CLASSES else None


def _counted(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each n-gram, word and pair of a text is counted, and how often it is there."""
    return np.unique(np.concatenate((grams(text), said(text) + BUCKETS)), return_counts=True)
