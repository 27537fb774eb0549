"""From what a person typed to a scenario: start it, ask which of three, or say honestly that nothing fits."""

import math
import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import pymorphy3

from bot.knowledge.border import Border
from bot.knowledge.index import Entry, Index, Weights
from bot.knowledge.slots import Slots, find_slots, without_place
from bot.knowledge.smalltalk import is_advice, is_danger, smalltalk
from bot.knowledge.spelling import CYRILLIC, cached_lexicon, clean, repair, split
from bot.knowledge.terms import stems
from bot.knowledge.words import words

MOST_CANDIDATES = 3
SENTENCE = re.compile(r"[.!?;:]+\s")
MOST_SENTENCES = 5


@dataclass(frozen=True)
class Options:
    """
    The bands of the decision; a score is 0..1. `auto` wants a score, a second that comes to no more than `rival`
    of it and most of the message understood; `ask` wants less; below it nothing is offered, nor when a foreign
    topic comes to `foreign` of the best score.
    """

    auto: float = 0.48
    rival: float = 0.6
    known: float = 0.55
    ask: float = 0.24
    foreign: float = 0.95
    # Words below `ours` on the border's scale are not about us, unless the score is `surely` high.
    ours: float = 0.0
    surely: float = 0.6
    surely_ours: float = 0.5
    # An entry whose phrases hardly ever say these words together loses up to `doubt` of its score; the milder, the later.
    doubt: float = 0.5
    mildness: float = 4.0
    # What the score of one sentence of several is worth.
    sentence: float = 0.8
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Decision:
    """
    What to do with a message. `kind` says which small talk it was ("" for a request). `candidates` are
    scenario ids with scores, best first: to start, to ask about, or - with "none" - only to put the menu in
    order; small talk has none. `flags` may hold "safety" and "operator"; `repaired` is the text as understood.
    """

    decision: Literal["auto", "ask", "none"]
    candidates: list[tuple[str, float]]
    kind: str = ""
    slots: Slots = field(default_factory=Slots)
    repaired: str = ""
    flags: frozenset[str] = frozenset()

    def as_json(self, text: str) -> dict[str, Any]:
        """One line of `firstline route`."""
        out: dict[str, Any] = {
            "text": text,
            "decision": self.decision,
            "candidates": [{"scenario": name, "score": round(score, 3)} for name, score in self.candidates],
        }
        if self.repaired != clean(text):
            out["read_as"] = self.repaired
        if self.kind:
            out["kind"] = self.kind
        if self.slots.said():
            out["slots"] = self.slots.said()
        if self.flags:
            out["flags"] = sorted(self.flags)
        return out


@cache
def _dictionary() -> Any:
    """pymorphy3's dictionary: 0.2 s and 30 MB, so only when the first doubtful word comes."""
    return pymorphy3.MorphAnalyzer()


def is_russian(word: str) -> bool:
    """Whether the Russian dictionary holds this form; short words prove nothing."""
    return len(word) > 2 and bool(CYRILLIC.search(word)) and bool(_dictionary().word_is_known(word))


def _ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    """Best first; equal ones by name."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _parts(lines: Sequence[str]) -> list[str]:
    """What stands between the commas of the lines."""
    return [part.strip() for line in lines for part in line.split(",")]


@dataclass(frozen=True)
class _Heard:
    """
    Our entries best first, the best score of a foreign topic, the share of the message known, and on which side
    of the border its words are (above zero: ours).
    """

    ranked: list[tuple[str, float]]
    foreign: float
    known: float
    side: float


@dataclass(frozen=True)
class Trial:
    """A phrase as if it were a message: whose it is (None: of a foreign topic), and what the rest of the index heard."""

    own: str | None
    heard: _Heard


class Router:
    """Asked once per message; knows nothing of scenarios but what it was built from."""

    def __init__(self, entries: Sequence[Entry], options: Options, is_word: Callable[[str], bool]) -> None:
        foreign = [Entry(f"~{topic}", phrases=_parts(lines)) for topic, lines in words("foreign").items()]
        self._options = options
        self._entries = [*entries, *foreign]
        self._ours = len(entries)
        self._index = Index(self._entries, options.weights, is_word)
        self._border = Border(self._index.said[: self._ours], self._index.said[self._ours :])
        self._lexicon = cached_lexicon(self._index.knows, is_word)
        danger = words("safety")["scenario"]
        self._danger = next((e.id for e in entries if e.id == danger and not e.hidden), None)

    @property
    def options(self) -> Options:
        """The bands it decides by."""
        return self._options

    def with_options(self, options: Options) -> "Router":
        """The same index with other bands (the weights of the index stay)."""
        other = copy(self)
        other._options = options
        return other

    def trials(self, most: int) -> list[Trial]:
        """At most `most` phrases of ours and `most` of foreign topics, evenly chosen, each left out itself."""
        units = list(self._index.units())
        ours = [u for u in units if u[1] < self._ours and not self._entries[u[1]].hidden]
        foreign = [u for u in units if u[1] >= self._ours]
        chosen = [*ours[:: max(1, len(ours) // most)], *foreign[:: max(1, len(foreign) // most)]]
        return [
            Trial(
                self._entries[place].id if place < self._ours else None,
                self._hear(stems(clean(phrase)), without=number),
            )
            for number, place, phrase in chosen
        ]

    def judged(self, trial: Trial) -> tuple[str | None, str | None]:
        """Whose the phrase is, and the scenario it would start by itself, if any."""
        decision, candidates = self._decide(trial.heard)
        return trial.own, candidates[0][0] if decision == "auto" else None

    def serves(self, trial: Trial) -> bool:
        """Whether the phrase would get more than nothing."""
        return self._decide(trial.heard)[0] != "none"

    def warm(self) -> None:
        """Load the dictionary now (0.2 s), so that the first person does not wait for it."""
        self.route("ghbynth")

    def route(self, text: str) -> Decision:
        """The decision for one message. Any text at all gets an answer."""
        cleaned = clean(text)
        repaired = repair(cleaned, self._lexicon)
        if not split(repaired):
            return Decision("none", [], kind="empty", repaired=repaired)
        kind, is_all = smalltalk(repaired)
        if is_all:
            return Decision("none", [], kind=kind, repaired=repaired)
        slots = find_slots(cleaned if repaired == cleaned else repaired)
        flags = frozenset({"operator"}) if kind == "operator" else frozenset()
        heard = self._hear_message(without_place(repaired))
        if self._danger and is_danger(repaired):
            rest = [pair for pair in heard.ranked if pair[0] != self._danger][: MOST_CANDIDATES - 1]
            candidates = [(self._danger, 1.0), *rest]
            return Decision("auto", candidates, "", slots, repaired, flags | {"safety"})
        decision, candidates = self._decide(heard)
        if decision == "auto" and is_advice(repaired):
            decision = "ask"
        return Decision(decision, candidates, "", slots, repaired, flags)

    def strays(self) -> list[tuple[str, str, str]]:
        """
        Phrases that, left out themselves, would start another scenario: (own id, phrase, id it leads to).
        About a millisecond a phrase.
        """
        found = []
        for number, place, phrase in self._index.units():
            own = self._entries[place]
            if place >= self._ours or own.hidden or (own.id == self._danger and is_danger(clean(phrase))):
                continue
            decision, candidates = self._decide(self._hear(stems(clean(phrase)), without=number))
            if decision == "auto" and candidates[0][0] != own.id:
                found.append((own.id, phrase, candidates[0][0]))
        return found

    def _hear_message(self, repaired: str) -> _Heard:
        """What a message says: as a whole, and in a long one by its clearest sentence."""
        whole = self._hear(stems(repaired))
        sentences = [terms for part in SENTENCE.split(repaired) if len(terms := stems(part)) > 1]
        if len(sentences) < 2:
            return whole
        scores = dict(whole.ranked)
        for terms in sentences[:MOST_SENTENCES]:
            for entry, score in self._hear(terms).ranked[:MOST_CANDIDATES]:
                scores[entry] = max(scores.get(entry, 0.0), score * self._options.sentence)
        return replace(whole, ranked=_ranked(scores))

    def _hear(self, terms: list[str], without: int | None = None) -> _Heard:
        """What these terms say; `without` leaves one phrase of ours out."""
        near = self._index.near(terms, without)
        ours = [n for n in near.scores if n < self._ours and not self._entries[n].hidden]
        likeliest = max((near.likely[n] for n in ours), default=0.0)
        o = self._options

        def score(n: int) -> float:
            doubt = 1 - math.exp((near.likely[n] - likeliest) / o.mildness)
            return near.scores[n] * (1 - o.doubt * doubt)

        ranked = _ranked({self._entries[n].id: score(n) for n in ours})
        foreign = max((s for n, s in near.scores.items() if n >= self._ours), default=0.0)
        return _Heard(ranked, foreign, near.known, self._border.side(near.asked))

    def _decide(self, heard: _Heard) -> tuple[Literal["auto", "ask", "none"], list[tuple[str, float]]]:
        o = self._options
        candidates = heard.ranked[:MOST_CANDIDATES]
        best, second = [*(score for _, score in candidates), 0.0, 0.0][:2]
        if best < o.ask or heard.foreign >= best * o.foreign or (heard.side < o.ours and best < o.surely):
            return "none", candidates
        is_alone = max(second, heard.foreign) <= best * o.rival
        if best >= o.auto and is_alone and heard.known >= o.known and heard.side >= o.surely_ours:
            return "auto", candidates
        return "ask", candidates


def build(entries: Sequence[Entry], options: Options | None = None) -> Router:
    """A router over these entries. Call it again when the scenarios change; the old one stays whole."""
    return Router(entries, options or Options(), is_russian)
