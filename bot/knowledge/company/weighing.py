"""Which words of a company's people become the scenarios' words, and how much they weigh.

A word is learnt for a scenario when enough people of more than one team used it with a good end. What one person, one team and
all of them together can add is capped, and fades with age: no single person moves a scenario.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.knowledge.index import Entry
from bot.knowledge.spelling import clean, split
from bot.knowledge.terms import stem, stems

PEOPLE, TEAMS = 3, 2  # who have said it, at least
HALF_LIFE = 45 * 86_400  # seconds in which a saying loses half of its weight
FADED = 1.0  # a word that weighs less is no longer used
OF_PERSON = 5.0  # the words of one person for a scenario weigh at most as much as five
OF_TEAM = 1.5  # what the people of one team add to a word
OF_WORD = 4.0
OF_PHRASES = 0.2  # the words of a scenario weigh at most this share of its phrases, its texts as much
SURE = 0.6  # the share of a word's uses that belong to the scenario
COMMON = 3  # a word that the phrases of so many other scenarios have says nothing
NAME = 0.1  # a word in this share of the phrases of another scenario is that scenario's name
SHORTEST = 3  # letters


@dataclass(frozen=True, slots=True)
class Saying:
    """Words with which a problem was solved or closed as this scenario: by whom, of which team, how long ago."""

    person: int
    team: str
    scenario: str
    text: str
    age_s: int


@dataclass(frozen=True, slots=True)
class CompanyWord:
    """`word` is a stem, `said` the form that was used most often."""

    scenario: str
    word: str
    said: str
    weight: float
    people: int
    teams: int


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """What was learnt; `texts`: scenario, words of a saying without those that belong to no scenario, weight."""

    words: tuple[CompanyWord, ...] = ()
    texts: frozenset[tuple[str, str, float]] = frozenset()

    def added_to(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries with the words that belong to them."""
        of: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for word in self.words:
            of[word.scenario].append((word.word, word.weight))
        return [replace(entry, learnt=tuple(of[entry.id])) if entry.id in of else entry for entry in entries]

    def named(self, terms: Collection[str]) -> Sequence[CompanyWord]:
        """The words that are among these terms."""
        return [word for word in self.words if word.word in terms]


NO_WORDS = CompanyWords()


def weigh(
    sayings: Sequence[Saying], entries: Sequence[Entry], forgotten: Collection[str] = ()
) -> CompanyWords:
    """`forgotten`: stems that an administrator has removed. A millisecond for ten sayings."""
    own = {entry.id: _own(entry) for entry in entries if not entry.hidden}
    known = [one for one in sayings if one.scenario in own]
    used = _used(known)
    found = []
    for (scenario, term), by in used.items():
        if term in forgotten or not _may_be_learnt(term, scenario, own) or not _is_sure(used, scenario, term):
            continue
        weight = min(OF_WORD, sum(min(OF_TEAM, sum(people.values())) for people in by.values()))
        people = {person for one in by.values() for person in one}
        if len(people) >= PEOPLE and len(by) >= TEAMS and weight >= FADED:
            found.append(
                CompanyWord(scenario, term, _form(known, scenario, term), weight, len(people), len(by))
            )
    sizes = {entry.id: len(entry.phrases) for entry in entries}
    capped = tuple(_capped(found, sizes))
    return CompanyWords(capped, _texts(known, capped, own, sizes))


def _own(entry: Entry) -> Counter[str]:
    """In how many of its phrases and titles each term is."""
    return Counter(term for text in (*entry.titles, *entry.phrases) for term in set(stems(clean(text))))


def _faded(saying: Saying) -> float:
    return float(0.5 ** (max(saying.age_s, 0) / HALF_LIFE))


Used = Mapping[tuple[str, str], Mapping[str, Mapping[int, float]]]
"""(scenario, term) -> team -> person -> weight."""


def _used(sayings: Iterable[Saying]) -> Used:
    """A person counts once for a word, and the more words they bring the less each of them weighs."""
    best: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    teams = {one.person: one.team for one in sayings}
    for one in sayings:
        mine = best[one.scenario, one.person]
        for term in set(stems(one.text)):
            mine[term] = max(mine.get(term, 0.0), _faded(one))
    used: dict[tuple[str, str], dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for (scenario, person), terms in best.items():
        share = min(1.0, OF_PERSON / len(terms)) if terms else 0.0
        for term, weight in terms.items():
            used[scenario, term][teams[person]][person] = weight * share
    return used


def _may_be_learnt(term: str, scenario: str, own: Mapping[str, Counter[str]]) -> bool:
    """Whether it is a word, is not this scenario's already, and is neither everybody's nor another one's name."""
    if len(term) < SHORTEST or not term.isalpha() or term in own[scenario]:
        return False
    others = [one for name, one in own.items() if name != scenario and term in one]
    is_name = any(one[term] >= max(2.0, NAME * max(one.values())) for one in others)
    return len(others) < COMMON and not is_name


def _is_sure(used: Used, scenario: str, term: str) -> bool:
    total = {name: _sum(by) for (name, said), by in used.items() if said == term}
    return total[scenario] >= SURE * sum(total.values())


def _sum(by: Mapping[str, Mapping[int, float]]) -> float:
    return sum(sum(people.values()) for people in by.values())


def _capped(found: Sequence[CompanyWord], sizes: Mapping[str, int]) -> Iterable[CompanyWord]:
    """The weightiest words of each scenario, as many as its cap allows."""
    left = {name: OF_PHRASES * size for name, size in sizes.items()}
    for one in sorted(found, key=lambda word: (-word.weight, word.scenario, word.word)):
        weight = min(one.weight, left[one.scenario])
        if weight >= FADED:
            left[one.scenario] -= weight
            yield replace(one, weight=round(weight, 2))


def _texts(
    sayings: Sequence[Saying],
    words: Sequence[CompanyWord],
    own: Mapping[str, Counter[str]],
    sizes: Mapping[str, int],
) -> frozenset[tuple[str, str, float]]:
    """The sayings that have a learnt word, each without words that no others vouch for: a person's weigh as one."""
    learnt: dict[str, set[str]] = defaultdict(set)
    for word in words:
        learnt[word.scenario].add(word.word)
    of_person: Counter[tuple[str, int]] = Counter()
    kept = []
    for one in sayings:
        if learnt[one.scenario] & set(stems(one.text)):
            kept.append(one)
            of_person[one.scenario, one.person] += 1
    of_team: Counter[tuple[str, str]] = Counter()
    weighed: dict[tuple[str, str], float] = defaultdict(float)
    for one in sorted(kept, key=lambda saying: (saying.age_s, saying.person, saying.text)):
        weight = _faded(one) / of_person[one.scenario, one.person]
        weight = min(weight, OF_TEAM - of_team[one.scenario, one.team])
        if weight <= 0:
            continue
        of_team[one.scenario, one.team] += weight  # type: ignore[assignment]
        vouched = learnt[one.scenario] | own[one.scenario].keys()
        weighed[one.scenario, _without_others(one.text, vouched)] += weight
    total: Counter[str] = Counter()
    for (scenario, _), weight in weighed.items():
        total[scenario] += weight  # type: ignore[assignment]
    scale = {name: min(1.0, OF_PHRASES * sizes[name] / total[name]) for name in total}
    return frozenset((name, text, round(weight * scale[name], 3)) for (name, text), weight in weighed.items())


def _without_others(text: str, vouched: Collection[str]) -> str:
    return " ".join(word for word in split(text) if not stems(word) or set(stems(word)) & set(vouched))


def _form(sayings: Iterable[Saying], scenario: str, term: str) -> str:
    forms = Counter(
        word for one in sayings if one.scenario == scenario for word in split(one.text) if stem(word) == term
    )
    return min(forms, key=lambda word: (-forms[word], word)) if forms else term
