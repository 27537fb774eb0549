"""From what a person typed to a scenario: start it, ask which of three, or say honestly that nothing fits."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from bot.knowledge.border import Border
from bot.knowledge.classifier.linear import Example, held_out, trained
from bot.knowledge.company.weighing import NO_WORDS, CompanyWords
from bot.knowledge.continuation import Continuation
from bot.knowledge.danger import Danger
from bot.knowledge.index import Entry, Index, Weights
from bot.knowledge.reasons import Reasons, Verdict, Weighed
from bot.knowledge.slots import NO_NAMES, Slots, find_slots, without_place
from bot.knowledge.smalltalk import is_advice, names_nothing, smalltalk
from bot.knowledge.spelling import cached_lexicon, clean, is_russian, repair, split
from bot.knowledge.terms import stems
from bot.knowledge.words import words
from bot.yamlfiles.facts import Names

MOST_CANDIDATES = 3
ABROAD = "~"  # the classifier's class of all foreign topics
SENTENCE = re.compile(r"[.!?;:]+\s")
MOST_SENTENCES = 5
UNREADABLE = 0.2  # how likely words that no one knows go on with anything, at the most


def _band(name: str) -> float:
    """A threshold that `python -m benchmarks.bands` has found."""
    return float(words("bands")[name])


@dataclass(frozen=True)
class Options:
    """
    The bands of the decision; a score is 0..1. `auto` wants a score, a second that comes to no more than `rival`
    of it and most of the message understood; `ask` wants less; below it nothing is offered, nor when a foreign
    topic comes to `foreign` of the best score.
    """

    auto: float = field(default_factory=lambda: _band("auto"))
    rival: float = 0.6
    known: float = 0.55
    ask: float = field(default_factory=lambda: _band("ask"))
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
    # The classifier. A score loses up to `weight` times `floor` as the probability of its entry falls.
    weight: float = 0.08
    floor: float = 6.0
    # A start wants this probability of its entry; from `sure` on the score `enough` will do, with foreign topics
    # no more than `apart`.
    likely: float = 0.22
    sure: float = 0.8
    enough: float = 0.2
    apart: float = 0.02
    # A candidate below both the probability `guess` and the score `clear` is a guess; from `evident` on it is clear.
    clear: float = 0.3
    guess: float = 0.35
    evident: float = 0.5
    # Of a message less known than this the probability says nothing.
    heard: float = 0.4
    # What the index has nothing for is asked about when its entry is `likely` and foreign topics are less than this.
    abroad: float = 0.15
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Decision:
    """
    What to do with a message. `kind` says which small talk it was ("" for a request). `candidates` are
    scenario ids with scores, best first: to start, to ask about, or - with "none" - only to put the menu in
    order; small talk has none. `flags` may hold "safety" and "operator"; `repaired` is the text as understood.
    `by_index` is what the index alone would decide, surer where it says the same; `is_likely`, whether the first
    candidate is more than the least unlikely one, `is_clear`, whether it is more than possible.
    """

    decision: Verdict
    candidates: list[tuple[str, float]]
    kind: str = ""
    slots: Slots = field(default_factory=Slots)
    repaired: str = ""
    flags: frozenset[str] = frozenset()
    by_index: Verdict = "none"
    is_likely: bool = True
    is_clear: bool = True

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


def _ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    """Best first; equal ones by name."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _parts(lines: Sequence[str]) -> list[str]:
    """What is between the commas of the lines."""
    return [part.strip() for line in lines for part in line.split(",")]


@dataclass(frozen=True)
class _Heard:
    """
    Our entries best first, the best score of a foreign topic, the share of the message known, on which side of
    the border its words are (above zero: ours), and the logarithm of each entry's probability (empty: no classifier).
    `named`: entries that the company's own words name.
    """

    ranked: list[tuple[str, float]]
    foreign: float
    known: float
    side: float
    logs: Mapping[str, float] = field(default_factory=dict)
    named: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trial:
    """A phrase as if it were a message: whose it is (None: of a foreign topic), and what the rest of the index heard."""

    own: str | None
    heard: _Heard


class Router:
    """Asked once per message; knows nothing of scenarios but what it was built from."""

    def __init__(
        self,
        entries: Sequence[Entry],
        options: Options,
        is_word: Callable[[str], bool],
        company: CompanyWords = NO_WORDS,
        names: Names = NO_NAMES,
    ) -> None:
        entries = company.added_to(entries)
        self.company = company
        """What the company's people have taught it."""
        foreign = [Entry(f"~{topic}", phrases=_parts(lines)) for topic, lines in words("foreign").items()]
        self._options, self._names = options, names
        self._entries = [*entries, *foreign]
        self._ours = len(entries)
        self._index = Index(self._entries, options.weights, is_word)
        self._border = Border(self._index.said_or_learnt[: self._ours], self._index.said[self._ours :])
        self.examples = frozenset(
            (entry.id if place < self._ours else ABROAD, clean(text))
            for place, entry in enumerate(self._entries)
            if not entry.hidden
            for text in (*entry.titles, *entry.phrases)
        )
        self._named: dict[str, list[str]] = {}
        for entry in entries:
            for term, _ in entry.learnt:
                self._named.setdefault(term, []).append(entry.id)
        self._lexicon = cached_lexicon(self._index.knows, is_word)
        about_danger = words("safety")["scenario"]
        has_one = any(entry.id == about_danger and not entry.hidden for entry in entries)
        self.danger = about_danger if has_one else None
        """The scenario for danger, if these have it."""
        self._danger = Danger(self.examples, about_danger)
        self._continuation = Continuation(frozenset(one for one in self.examples if one[0] != ABROAD))

    @property
    def taught(self) -> Sequence[frozenset[Example]]:
        """What each of its classifiers learns from."""
        return (self.examples, self._danger.examples, self._continuation.examples)

    @property
    def options(self) -> Options:
        return self._options

    def with_options(self, options: Options) -> "Router":
        """The same index with other bands (the weights of the index stay)."""
        other = copy(self)
        other._options = options
        return other

    def trials(self, most: int) -> list[Trial]:
        """At most `most` own phrases and `most` of foreign topics, evenly chosen, each left out itself."""
        units, apart = list(self._index.units()), held_out(self.examples)
        ours = [u for u in units if u[1] < self._ours and not self._entries[u[1]].hidden]
        foreign = [u for u in units if u[1] >= self._ours]
        chosen = [*ours[:: max(1, len(ours) // most)], *foreign[:: max(1, len(foreign) // most)]]
        return [
            Trial(
                self._entries[place].id if place < self._ours else None,
                replace(self._hear(stems(clean(phrase)), without=number), logs=apart.get(clean(phrase), {})),
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
        """Load the dictionary (0.2 s) and train the classifiers (two seconds), so that the first person does not wait."""
        self.continues(self.route("ghbynth").repaired)

    def continues(self, repaired: str) -> float:
        """How likely (0..1) words, as they were repaired, go on with something already said. A third of a millisecond."""
        found = self._continuation.probability(repaired)
        return found if self._lexicon.share(split(repaired)) else min(found, UNREADABLE)

    def route(self, text: str) -> Decision:
        """The decision for one message. Any text at all gets an answer."""
        cleaned = clean(text)
        repaired = repair(cleaned, self._lexicon)
        if not split(repaired):
            return Decision("none", [], kind="empty", repaired=repaired)
        kind, is_all = smalltalk(repaired)
        if is_all:
            return Decision("none", [], kind=kind, repaired=repaired)
        slots = find_slots(cleaned if repaired == cleaned else repaired, self._names)
        flags = frozenset({"operator"}) if kind == "operator" else frozenset()
        heard = self._hear_message(without_place(repaired, self._names))
        decision, candidates = self._decide(heard)
        if names_nothing(repaired):
            unlikely = Decision("none", candidates, kind if flags else "", slots, repaired, flags)
            return replace(unlikely, is_likely=False, is_clear=False)
        if self.danger and self._danger.threatens(repaired, trained(self.examples, self.company.texts)):
            flags |= {"safety"}
        else:  # three are offered, and the scenario of danger among them frightens where it is hardly likely
            least, rest = self._options.ask / 2, candidates[1:]
            candidates = [*candidates[:1], *(one for one in rest if one[0] != self.danger or one[1] >= least)]
        if decision == "auto" and is_advice(repaired):
            decision = "ask"
        by_index, is_likely = self._by_index(heard), self._is_likely(heard, candidates, self._options.guess)
        is_clear = self._is_likely(heard, candidates, self._options.evident)
        return Decision(decision, candidates, "", slots, repaired, flags, by_index, is_likely, is_clear)

    def leads_to(self, text: str) -> str | None:
        """The scenario that a message starts or is asked about first, without what else it says: half a second less."""
        repaired = repair(clean(text), self._lexicon)
        if not split(repaired) or smalltalk(repaired)[1]:
            return None
        decision, candidates = self._decide(self._hear_message(without_place(repaired, self._names)))
        return candidates[0][0] if decision != "none" and candidates else None

    def reasons(self, text: str) -> Reasons:
        """What the decision for a message was made from."""
        repaired = without_place(repair(clean(text), self._lexicon), self._names)
        heard, terms = self._hear_message(repaired), stems(repaired)
        learnt = self.company.named(terms)
        scores, places = dict(heard.ranked), {entry.id: place for place, entry in enumerate(self._entries)}
        weighed = [
            Weighed(
                name,
                score,
                scores.get(name, 0.0),
                math.exp(heard.logs.get(name, -math.inf)),
                self._index.nearest(terms, places[name]),
                tuple(word.said for word in learnt if word.scenario == name),
            )
            for name, score in self._decide(heard)[1]
        ]
        abroad = math.exp(heard.logs.get(ABROAD, -math.inf))
        return Reasons(self._by_index(heard), heard.known, heard.foreign, heard.side, abroad, tuple(weighed))

    def strays(self) -> list[tuple[str, str, str]]:
        """Phrases that, left out themselves, would start another scenario: (own id, phrase, id it leads to). The index
        alone judges: half a classifier is less sure than a whole one."""
        found = []
        for number, place, phrase in self._index.units():
            own = self._entries[place]
            if place >= self._ours or own.hidden:
                continue
            decision, candidates = self._decide(self._hear(stems(clean(phrase)), without=number))
            if decision == "auto" and candidates[0][0] != own.id:
                found.append((own.id, phrase, candidates[0][0]))
        return found

    def _hear_message(self, repaired: str) -> _Heard:
        """What a message says: as a whole, and in a long one by its clearest sentence."""
        linear = trained(self.examples, self.company.texts)
        whole = replace(self._hear(stems(repaired)), logs=linear.logs(repaired) if linear is not None else {})
        sentences = [terms for part in SENTENCE.split(repaired) if len(terms := stems(part)) > 1]
        if len(sentences) < 2:
            return whole
        scores = dict(whole.ranked)
        for terms in sentences[:MOST_SENTENCES]:
            for entry, score in self._hear(terms).ranked[:MOST_CANDIDATES]:
                scores[entry] = max(scores.get(entry, 0.0), score * self._options.sentence)
        return replace(whole, ranked=_ranked(scores))

    def _hear(self, terms: list[str], without: int | None = None) -> _Heard:
        """What these terms say; `without` leaves one own phrase out."""
        near = self._index.near(terms, without)
        ours = [n for n in near.scores if n < self._ours and not self._entries[n].hidden]
        likeliest = max((near.likely[n] for n in ours), default=0.0)
        o = self._options

        def score(n: int) -> float:
            doubt = 1 - math.exp((near.likely[n] - likeliest) / o.mildness)
            return near.scores[n] * (1 - o.doubt * doubt)

        ranked = _ranked({self._entries[n].id: score(n) for n in ours})
        foreign = max((s for n, s in near.scores.items() if n >= self._ours), default=0.0)
        named = frozenset(name for term in terms for name in self._named.get(term, ()))
        return _Heard(ranked, foreign, near.known, self._border.side(near.asked), named=named)

    def _decide(self, heard: _Heard) -> tuple[Verdict, list[tuple[str, float]]]:
        """What a word of the company names is always asked about; it starts nothing."""
        verdict, candidates = self._decide_without(heard)
        missing = heard.named - {name for name, _ in candidates}
        if verdict == "none" and heard.named:
            scores = dict(self._weighed(heard))
            first = _ranked({name: scores.get(name, 0.0) for name in heard.named})
            others = [one for one in candidates if one[0] not in heard.named]
            return "ask", [*first, *others][:MOST_CANDIDATES]
        if verdict == "ask" and missing:
            kept = candidates[: MOST_CANDIDATES - 1]
            return "ask", [*kept, (min(missing), 0.0)]
        return verdict, candidates

    def _decide_without(self, heard: _Heard) -> tuple[Verdict, list[tuple[str, float]]]:
        """The index decides; the classifier orders what it found, and confirms, prevents or adds a start."""
        o, verdict = self._options, self._by_index(heard)
        ranked = self._weighed(heard)
        candidates = ranked[:MOST_CANDIDATES]
        if not heard.logs or not ranked:
            return verdict, candidates
        first, logs = ranked[0][0], heard.logs
        is_likely = logs[first] >= math.log(o.likely)
        if verdict == "none":
            is_ours = is_likely and logs[ABROAD] <= math.log(o.abroad)
            return ("ask" if is_ours else "none"), candidates
        top, score = heard.ranked[0]
        is_sure = logs[first] >= math.log(o.sure) and score >= o.enough and logs[ABROAD] <= math.log(o.apart)
        if top == first and ((verdict == "auto" and is_likely) or is_sure):
            return "auto", candidates
        return "ask", candidates

    def _is_likely(self, heard: _Heard, candidates: list[tuple[str, float]], least: float) -> bool:
        if not heard.logs or not candidates:
            return bool(candidates)
        name, score = candidates[0]
        is_known = heard.known >= self._options.heard
        return score >= self._options.clear or (is_known and heard.logs[name] >= math.log(least))

    def _by_index(self, heard: _Heard) -> Verdict:
        o = self._options
        best, second = [*(score for _, score in heard.ranked[:2]), 0.0, 0.0][:2]
        if best < o.ask or heard.foreign >= best * o.foreign or (heard.side < o.ours and best < o.surely):
            return "none"
        is_alone = max(second, heard.foreign) <= best * o.rival
        if best >= o.auto and is_alone and heard.known >= o.known and heard.side >= o.surely_ours:
            return "auto"
        return "ask"

    def _weighed(self, heard: _Heard) -> list[tuple[str, float]]:
        """The entries by both: scores of the index, less what their improbability takes."""
        if not heard.logs:
            return heard.ranked
        o, scores = self._options, dict(heard.ranked)
        found = {
            n for n, log in heard.logs.items() if n in scores or (log >= math.log(o.likely) and n != ABROAD)
        }
        weighed = {n: scores.get(n, 0.0) + o.weight * max(heard.logs[n], -o.floor) for n in found}
        return [(name, max(score, 0.0)) for name, score in _ranked(weighed)]


def build(
    entries: Sequence[Entry],
    options: Options | None = None,
    company: CompanyWords = NO_WORDS,
    names: Names = NO_NAMES,
) -> Router:
    """A router over these entries. Call it again when the scenarios change; the old one stays whole."""
    return Router(entries, options or Options(), is_russian, company, names)
