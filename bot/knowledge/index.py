"""How near a message is to each entry: terms it covers, and its nearest phrase by terms and n-grams."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.knowledge.near_signs import NearSigns
from bot.knowledge.terms import slang_stems, stems


@dataclass(frozen=True)
class Entry:
    """
    One thing a message may be about. `titles` and `phrases` are in any language; `texts` are sentences of its
    articles, which count less. A hidden entry is never a candidate. `learnt`: terms of the company's people, weighed
    as so many phrases.
    """

    id: str
    titles: Sequence[str] = ()
    phrases: Sequence[str] = ()
    texts: Sequence[str] = ()
    hidden: bool = False
    learnt: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Weights:
    """How the three kinds of nearness add up, and how much words count by where they stand."""

    covered: float = 0.45
    phrase: float = 0.30
    signs: float = 0.25
    text: float = 0.25
    # A term said in this share of an average entry's phrases counts half of one said in every phrase.
    half: float = 0.05
    # How often a term that an entry lacks is still expected there, in sayings.
    smooth: float = 0.3


FUZZY = 78.0
# A word of the dictionary is no typo: only a very near form may stand for it.
FUZZY_KNOWN = 90.0
SHORTEST_FUZZY = 4


@dataclass
class _Unit:
    """One phrase or title of an entry."""

    entry: int
    text: str
    terms: frozenset[str]


@dataclass
class Nearness:
    """
    What was found for one message: a score 0..1 per entry, how likely the entry's phrases are to say just these
    terms (a logarithm, so that what an entry never says counts against it), which share of the message anybody
    knew, and the terms as they were understood: term, its idf, how sure that it was meant (0..1).
    """

    scores: dict[int, float]
    likely: dict[int, float]
    known: float
    asked: list[tuple[str, float, float]]


class Index:
    """The entries, ready to be asked; only what they share with a message is touched."""

    def __init__(self, entries: Sequence[Entry], weights: Weights, is_russian: Callable[[str], bool]) -> None:
        self.entries = entries
        self._weights = weights
        self._is_russian = is_russian
        self._units: list[_Unit] = []
        self._said: list[Counter[str]] = []
        self._learnt = [dict(entry.learnt) for entry in entries]
        texts: list[Counter[str]] = []
        for number, entry in enumerate(entries):
            said: Counter[str] = Counter()
            for text in [*entry.titles, *entry.phrases]:
                terms = frozenset(stems(text.lower().replace("ё", "е")))
                if terms:
                    self._units.append(_Unit(number, text, terms))
                    said.update(terms)
            self._said.append(said)
            texts.append(
                Counter(t for text in entry.texts for t in set(stems(text.lower().replace("ё", "е"))))
            )
        self._entry_of = [unit.entry for unit in self._units]
        self._weigh(texts)
        self._weigh_sayings()
        self._near_signs = NearSigns([unit.terms for unit in self._units], self._entry_of)
        self._fuzzy = lru_cache(maxsize=20_000)(self._look_for_fuzzy)

    def _weigh(self, texts: list[Counter[str]]) -> None:
        count = len(self.entries)
        self._half = self._weights.half * len(self._units) / max(count, 1)
        df: Counter[str] = Counter()
        for said in self._said:
            df.update(said.keys())
        for in_texts in texts:
            df.update(dict.fromkeys(in_texts.keys() - df.keys(), 1))
        for said, learnt in zip(self._said, self._learnt, strict=True):
            df.update(learnt.keys() - said.keys())
        self._idf = {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in df.items()}
        self._idf_unknown = math.log(1 + (count + 0.5) / 0.5)
        self._holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (said, in_texts, learnt) in enumerate(zip(self._said, texts, self._learnt, strict=True)):
            for term in said.keys() | in_texts.keys() | learnt.keys():
                weight = said[term] + self._text_weight(in_texts[term]) + learnt.get(term, 0.0)
                self._holders[term].append((number, weight))
        known = [
            *self._idf,
            *(said for said, meant in slang_stems().items() if set(meant) <= self._idf.keys()),
        ]
        self._vocabulary = [t for t in known if len(t) >= SHORTEST_FUZZY and t.isalpha()]
        self._unit_holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, unit in enumerate(self._units):
            length = math.sqrt(sum(self._idf[t] ** 2 for t in unit.terms)) or 1.0
            for term in unit.terms:
                self._unit_holders[term].append((number, self._idf[term] / length))

    def _text_weight(self, times: int) -> float:
        return self._weights.text * min(times, 3)

    @property
    def said(self) -> Sequence[Counter[str]]:
        """For each entry: in how many of its phrases and titles each term is said."""
        return self._said

    @property
    def said_or_learnt(self) -> Sequence[Mapping[str, float]]:
        """The same with what the company's words weigh."""
        return [{**said, **learnt} for said, learnt in zip(self._said, self._learnt, strict=True)]

    def units(self) -> Iterator[tuple[int, int, str]]:
        """Every phrase and title: its number, the number of its entry, its text."""
        for number, unit in enumerate(self._units):
            yield number, unit.entry, unit.text

    def knows(self, word: str) -> bool:
        """Whether the word, as stemmed and replaced, is in any phrase, title or text."""
        return any(term in self._idf for term in stems(word))

    def nearest(self, terms: Sequence[str], entry: int) -> str:
        """The phrase or title of an entry that shares the weightiest terms with these; "" when none shares any."""
        found: dict[int, float] = defaultdict(float)
        for term in dict.fromkeys(terms):
            for unit, held in self._unit_holders.get(term, ()):
                if self._entry_of[unit] == entry:
                    found[unit] += self._idf[term] * held
        return self._units[max(found, key=lambda unit: found[unit])].text if found else ""

    def near(self, terms: Sequence[str], without: int | None = None) -> Nearness:
        """Scores of the entries for these terms; `without` leaves out one phrase, by its number."""
        asked = self._resolve(dict.fromkeys(terms))
        covered = self._covered(asked, without)
        phrase = self._phrases(asked, without)
        signs = self._near_signs.nearest(terms, without)
        w = self._weights
        scores: dict[int, float] = {}
        for entry in covered.keys() | signs.keys():
            scores[entry] = (
                w.covered * covered.get(entry, 0.0)
                + w.phrase * phrase.get(entry, 0.0)
                + w.signs * signs.get(entry, 0.0)
            )
        total = sum(idf for _, idf, _ in asked) or 1.0
        known = sum(idf * likeness for _, idf, likeness in asked) / total
        return Nearness(scores, self._likely(asked, scores, without), known, asked)

    def _resolve(self, terms: Iterable[str]) -> list[tuple[str, float, float]]:
        """Each asked term as (our term, its idf, likeness 0..1)."""
        out = []
        for term in terms:
            if term in self._idf:
                out.append((term, self._idf[term], 1.0))
                continue
            if term.isdigit():
                continue  # a number that is in no phrase is a detail
            found, likeness = self._fuzzy(term)
            meant = slang_stems().get(found, (found,)) if found not in self._idf else (found,)
            out += [(one, self._idf_unknown / len(meant), likeness) for one in meant]
        return out

    def _look_for_fuzzy(self, term: str) -> tuple[str, float]:
        """Our nearest term, or one of slang, and how near it is; the term itself and 0 for none."""
        if len(term) < SHORTEST_FUZZY or not term.isalpha():
            return term, 0.0
        cutoff = FUZZY_KNOWN if self._is_russian(term) else FUZZY
        found = process.extractOne(term, self._vocabulary, scorer=fuzz.ratio, score_cutoff=cutoff)
        return (found[0], (found[1] / 100) ** 2) if found else (term, 0.0)

    def _covered(self, asked: list[tuple[str, float, float]], without: int | None) -> dict[int, float]:
        total = sum(idf for _, idf, _ in asked) or 1.0
        left_out = self._units[without] if without is not None else None
        out: dict[int, float] = defaultdict(float)
        for term, idf, likeness in asked:
            for entry, times in self._holders.get(term, ()):
                if left_out and entry == left_out.entry and term in left_out.terms:
                    times -= 1
                if times > 0:
                    out[entry] += idf * likeness * times / (times + self._half) / total
        return out

    def _weigh_sayings(self) -> None:
        """For each entry: the logarithms of how likely it says each of its terms, and a term it never says."""
        smooth = self._weights.smooth
        self._logs: list[dict[str, float]] = []
        self._never: list[float] = []
        for said in self._said:
            total = said.total() + smooth * len(self._idf)
            logs = {term: math.log((times + smooth) / total) for term, times in said.items()}
            learnt = self._learnt[len(self._logs)]
            self._logs.append(logs | {term: math.log((w + smooth) / total) for term, w in learnt.items()})
            self._never.append(math.log(smooth / total))

    def _likely(
        self, asked: list[tuple[str, float, float]], entries: Iterable[int], without: int | None
    ) -> dict[int, float]:
        """The logarithm of how likely each entry's phrases are to say these terms (naive Bayes)."""
        out: dict[int, float] = {}
        for entry in entries:
            logs, never = self._logs[entry], self._never[entry]
            if without is not None and self._units[without].entry == entry:
                logs = logs | self._logs_without(without)
            out[entry] = sum(likeness * logs.get(term, never) for term, _, likeness in asked if likeness)
        return out

    def _logs_without(self, without: int) -> dict[str, float]:
        """The logarithms of the terms of a phrase, had it never been said."""
        left_out, smooth = self._units[without], self._weights.smooth
        said = self._said[left_out.entry]
        total = said.total() - len(left_out.terms) + smooth * len(self._idf)
        return {term: math.log((said[term] - 1 + smooth) / total) for term in left_out.terms}

    def _phrases(self, asked: list[tuple[str, float, float]], without: int | None) -> dict[int, float]:
        """The cosine of each entry's nearest phrase by terms."""
        dots: dict[int, float] = defaultdict(float)
        for term, idf, likeness in asked:
            for unit, held in self._unit_holders.get(term, ()):
                dots[unit] += idf * likeness * held
        return self._greatest(dots, math.sqrt(sum(idf * idf for _, idf, _ in asked)), without)

    def _greatest(self, dots: dict[int, float], length: float, without: int | None) -> dict[int, float]:
        """Each entry's greatest among its units' dot products, made a cosine by the message's own length."""
        found: dict[int, float] = defaultdict(float)
        for unit, dot in dots.items():
            entry = self._entry_of[unit]
            if dot > found[entry] and unit != without:
                found[entry] = dot
        return {entry: dot / length for entry, dot in found.items() if dot}
