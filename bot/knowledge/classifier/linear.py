"""How likely a message belongs to each class: a softmax over what its examples are made of.

It learns what tells the classes apart, where the index measures how near a message is to each of them. What the shipped files
teach is learnt beforehand (`learnt.py`); anything else is learnt at load.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.classifier import learnt
from bot.knowledge.classifier.features import BUCKETS, SPACE, WORDS_COUNT, Numbers, counted
from bot.knowledge.classifier.learnt import TaughtWeights

MOST_CLASSES = 100  # the cost of training grows with examples times classes: about ten seconds at this number
UNKNOWN = 0.3  # what is in no example counts so much of the rarest: the more of it, the less sure
SEEN = 2  # what a single example has says nothing about others
ROUNDS = 4
RATE = 2.5
BIAS_RATE = 0.05
EVEN = 0.5  # 0: a class counts by its examples; 1: all classes count the same
SEED = 1
METHOD = (UNKNOWN, SEEN, ROUNDS, RATE, BIAS_RATE, EVEN, SEED)
_TRAINING = Lock()

Example = tuple[str, str]
"""A class and a text of it."""
Weighed = tuple[str, str, float]
"""The same with what it counts: a written example counts 1."""
_Vector = tuple[NDArray[np.int32], NDArray[np.float32]]


class Linear:
    """Trained once; the same examples give the same figures, in whatever order they come."""

    def __init__(self, said: TaughtWeights) -> None:
        self.learnt = said
        self.classes = said.classes
        self._rows = np.full(SPACE, -1, dtype=np.int32)
        self._rows[said.places] = np.arange(len(said.places))
        self._rarity = (np.log((1 + said.examples) / (1 + said.spread)) + 1).astype(np.float32)
        self._rarest = UNKNOWN * (math.log((1 + said.examples) / 2) + 1)

    def logs(self, text: str) -> dict[str, float]:
        """The natural logarithm of each class's probability; they sum to one."""
        rows, values = self.vector(*counted(text))
        scores = values @ self.learnt.weights[rows] + self.learnt.bias
        scores -= scores.max()
        scores -= math.log(float(np.exp(scores).sum()))
        return dict(zip(self.classes, scores.tolist(), strict=True))

    def vector(self, places: Numbers, counts: Numbers) -> _Vector:
        """The rows of the weights that a text uses, and how much of each; n-grams and words are of length one apart,
        with those that it does not know: of a text that is mostly unknown it is less sure."""
        rows = self._rows[places]
        values = (1 + np.log(counts)) * np.where(rows >= 0, self._rarity[rows], self._rarest)
        of_words = places >= BUCKETS
        signs, words = values * ~of_words, values * of_words
        length, of_all = math.sqrt(signs @ signs) or 1.0, math.sqrt(words @ words) or 1.0
        values = signs / length + words * (WORDS_COUNT / of_all)
        is_known = rows >= 0
        return rows[is_known], values[is_known].astype(np.float32)


def fitted(examples: Iterable[Example], more: Iterable[Weighed] = ()) -> Linear:
    """Trained on these examples now. Seconds of processor time."""
    ordered = [*((name, text, 1.0) for name, text in sorted(examples)), *sorted(more)]
    classes = sorted({name for name, _, _ in ordered})
    seen = [counted(text) for _, text, _ in ordered]
    spread = np.bincount(np.concatenate([places for places, _ in seen]), minlength=SPACE)
    kept = np.flatnonzero(spread >= SEEN)
    weights = np.zeros((len(kept), len(classes)), dtype=np.float32)
    bias = np.zeros(len(classes), dtype=np.float32)
    linear = Linear(TaughtWeights(classes, len(ordered), kept, spread[kept], weights, bias))
    number = {name: place for place, name in enumerate(classes)}
    rows = [linear.vector(*one) for one in seen]
    _train(weights, bias, rows, [number[name] for name, _, _ in ordered], [count for *_, count in ordered])
    return linear


def _train(
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    rows: Sequence[_Vector],
    wanted: Sequence[int],
    counts: Sequence[float],
) -> None:
    """Stochastic descent, one example at a time: large batches would start BLAS threads and take ten times as long."""
    size = Counter(wanted)
    mean = len(rows) / max(len(size), 1)
    worth = {one: (mean / n) ** EVEN for one, n in size.items()}
    chance = np.random.default_rng(SEED)
    steps = ROUNDS * len(rows)
    for step, row in enumerate(row for _ in range(ROUNDS) for row in chance.permutation(len(rows))):
        (places, values), right = rows[row], wanted[row]
        held = weights[places]
        wrong = values @ held + bias
        wrong = np.exp(wrong - wrong.max())
        wrong /= wrong.sum()
        wrong[right] -= 1
        wrong *= worth[right] * counts[row] * (1 - step / steps)
        weights[places] = held - RATE * values[:, None] * wrong
        bias -= BIAS_RATE * wrong


def trained(examples: frozenset[Example], more: frozenset[Weighed] = frozenset()) -> Linear | None:
    """Trained on these examples, remembered for the next reload; None when there are too few or too many classes."""
    with _TRAINING:  # who asks meanwhile waits, and does not train the same once more
        return _remembered(examples, more)


@lru_cache(maxsize=6)
def _remembered(examples: frozenset[Example], more: frozenset[Weighed]) -> Linear | None:
    if not more and (known := learnt.of(digest(examples))) is not None:
        return Linear(known)
    return _fitted(examples, more)


@lru_cache(maxsize=6)
def digest(examples: frozenset[Example]) -> str:
    """What these examples and this way of learning are known by."""
    return learnt.digest(sorted(examples), METHOD)


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
    return fitted(examples, more) if 2 <= len({name for name, _ in examples}) <= MOST_CLASSES else None
