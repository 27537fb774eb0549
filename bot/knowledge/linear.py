"""How likely a message belongs to each class: a softmax over the character n-grams of examples, trained at load.

It learns what tells the classes apart, where the index measures how near a message is to each of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

MOST_CLASSES = 100  # the cost of training grows with examples times classes: about ten seconds at this number
SIZES = (2, 3, 4)
SEEN = 2  # an n-gram of a single example says nothing about others
ROUNDS = 3
RATE = 2.0
BIAS_RATE = 0.05
EVEN = 0.5  # 0: a class counts by its examples; 1: all classes count the same
SEED = 1
_TRAINING = Lock()
WORD = re.compile(r"\w+")

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
        counted = [_grams(text) for _, text, _ in ordered]
        spread = Counter(gram for grams in counted for gram in grams)
        self._places = {
            gram: place for place, gram in enumerate(gram for gram, n in spread.items() if n >= SEEN)
        }
        total = len(ordered)
        rarity = [math.log((1 + total) / (1 + spread[gram])) + 1 for gram in self._places]
        self._rarity = np.array(rarity, dtype=np.float32)
        self._weights = np.zeros((len(self._places), len(self.classes)), dtype=np.float32)
        self._bias = np.zeros(len(self.classes), dtype=np.float32)
        number = {name: place for place, name in enumerate(self.classes)}
        rows = [self._vector(grams) for grams in counted]
        self._train(rows, [number[name] for name, _, _ in ordered], [weight for *_, weight in ordered])

    def logs(self, text: str) -> dict[str, float]:
        """The natural logarithm of each class's probability; they sum to one."""
        places, values = self._vector(_grams(text))
        scores = values @ self._weights[places] + self._bias
        scores -= scores.max()
        scores -= math.log(float(np.exp(scores).sum()))
        return dict(zip(self.classes, scores.tolist(), strict=True))

    def _vector(self, grams: Mapping[str, int]) -> _Vector:
        known = [(self._places[gram], n) for gram, n in grams.items() if gram in self._places]
        places = np.array([place for place, _ in known], dtype=np.int64)
        counts = np.array([n for _, n in known], dtype=np.float32)
        values = (1 + np.log(counts)) * self._rarity[places]
        return places, (values / (np.linalg.norm(values) or 1.0)).astype(np.float32)

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


def _grams(text: str) -> Counter[str]:
    """Character n-grams of the words with single spaces between and around them."""
    line = f" {' '.join(WORD.findall(text.lower().replace('ё', 'е')))} "
    return Counter(line[at : at + size] for size in SIZES for at in range(len(line) - size + 1))
