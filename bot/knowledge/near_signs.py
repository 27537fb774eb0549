"""How near a message is to phrases by the character n-grams of their terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bot.knowledge.terms import grams

# An n-gram in more than this share of the phrases costs most of the time and says next to nothing.
COMMON = 0.02
COMMON_AT_LEAST = 30


class NearSigns:
    """Phrases as sets of terms, and the entry of each; entries come one after another, ascending."""

    def __init__(self, phrases: Sequence[Iterable[str]], entry_of: Sequence[int]) -> None:
        self._numbers: dict[str, int] = {}
        of_term: dict[str, list[int]] = {}
        told: list[int] = []
        sizes: list[int] = []
        for terms in phrases:
            before = len(told)
            for term in terms:
                if term not in of_term:
                    of_term[term] = [
                        self._numbers.setdefault(gram, len(self._numbers)) for gram in grams(term)
                    ]
                told += of_term[term]
            sizes.append(len(told) - before)
        self._count = len(phrases)
        many = max(len(self._numbers), 1)
        phrase = np.repeat(np.arange(self._count), sizes)
        both, times = np.unique(
            np.array(told, dtype=np.int64) * max(self._count, 1) + phrase, return_counts=True
        )
        gram, phrase = np.divmod(both, max(self._count, 1))  # by n-gram, then by phrase
        spread = np.bincount(gram, minlength=many)
        common = max(COMMON_AT_LEAST, COMMON * self._count)
        self._rarity = np.where(spread <= common, np.log(1 + self._count / np.maximum(spread, 1)), 0.0)
        weight = (1 + np.log(times)) * self._rarity[gram]
        length = np.sqrt(np.bincount(phrase, weight * weight, minlength=self._count))
        self._phrases = phrase
        self._held = weight / np.where(length, length, 1.0)[phrase]
        self._begin = np.concatenate(([0], np.cumsum(spread)))
        self._entries, self._first = np.unique(np.array(entry_of, dtype=np.int64), return_index=True)

    def nearest(self, terms: Sequence[str], without: int | None) -> Mapping[int, float]:
        """The cosine of each entry's nearest phrase, where there is any; `without` leaves one phrase out."""
        unknown = float(np.log(1 + self._count))
        dots = np.zeros(self._count)
        square = 0.0
        for gram, times in Counter(gram for term in dict.fromkeys(terms) for gram in grams(term)).items():
            number = self._numbers.get(gram)
            rarity = unknown if number is None else float(self._rarity[number])
            weight = (1 + float(np.log(times))) * rarity
            square += weight * weight
            if number is not None and weight:
                found = slice(self._begin[number], self._begin[number + 1])
                dots[self._phrases[found]] += weight * self._held[found]
        if without is not None:
            dots[without] = 0.0
        if not square or not self._count:
            return {}
        best = np.maximum.reduceat(dots, self._first) / square**0.5
        return {int(entry): float(near) for entry, near in zip(self._entries, best, strict=True) if near}
