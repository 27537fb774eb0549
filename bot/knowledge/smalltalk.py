"""Messages that are no request: greetings, thanks, "operator"; and words that mean danger, or none of our business."""

from functools import cache

from rapidfuzz import fuzz, process

from bot.knowledge.spelling import split
from bot.knowledge.terms import all_stems, stem
from bot.knowledge.words import words

# When several are said at once, the first of these is answered.
BY_WEIGHT = ("operator", "tickets", "thanks", "bye", "help", "abuse", "greeting", "chat")
FILLER = "filler"
OPERATOR = "operator"
MISSPELT = 84.0
SHORTEST_MISSPELT = 6


@cache
def _filler() -> frozenset[str]:
    return frozenset(stem(word) for saying in words("smalltalk")[FILLER] for word in split(str(saying)))


def _told(text: str) -> tuple[str, ...]:
    """The stems of a text without the words of politeness."""
    return tuple(told for told in map(stem, split(text)) if told not in _filler())


@cache
def _beside_thanks() -> frozenset[str]:
    """The stems of words that thanks are said with: "just wanted to say ... for yesterday"."""
    return frozenset(told for saying in words("smalltalk")["beside_thanks"] for told in _told(str(saying)))


@cache
def _least_words() -> dict[tuple[str, ...], int]:
    """For sayings that politeness leaves one word of: how many words they have. "есть" alone is not "кто нибудь есть"."""
    least: dict[tuple[str, ...], int] = {}
    for kind in BY_WEIGHT:
        for saying in words("smalltalk")[kind]:
            told, whole = _told(str(saying).replace("ё", "е")), len(split(str(saying)))
            if len(told) == 1:
                least[told] = min(whole, least.get(told, whole))
    return least


@cache
def _sayings() -> tuple[dict[tuple[str, ...], str], int]:
    """Said stems -> kind, and the longest saying in words."""
    table: dict[tuple[str, ...], str] = {}
    for kind in BY_WEIGHT:
        for saying in words("smalltalk")[kind]:
            table.setdefault(_told(str(saying).replace("ё", "е")), kind)
    table.pop((), None)
    return table, max(map(len, table))


@cache
def _single_words() -> list[str]:
    return [said[0] for said in _sayings()[0] if len(said) == 1 and len(said[0]) >= SHORTEST_MISSPELT]


def smalltalk(repaired: str) -> tuple[str, bool]:
    """The weightiest kind of small talk ("" for none), and whether nothing but small talk was said."""
    table, longest = _sayings()
    told = _told(repaired)
    kinds: set[str] = set()
    rest: list[str] = []
    at = 0
    while at < len(told):
        sizes = range(min(longest, len(told) - at), 0, -1)
        size = next((n for n in sizes if told[at : at + n] in table), 0)
        said = told[at : at + size]
        kind = table[said] if size else _misspelt(told[at])
        if size == 1 and kind == OPERATOR and _is_no_call(said, told, repaired):
            kind = ""
        if kind:
            kinds.add(kind)
        else:
            rest.append(told[at])
        at += size or 1
    found = next((kind for kind in BY_WEIGHT if kind in kinds), "")
    nothing_else = not rest or (found == "thanks" and _beside_thanks().issuperset(rest))
    return found or ("chat" if not rest else ""), nothing_else


def _is_no_call(said: tuple[str, ...], told: tuple[str, ...], repaired: str) -> bool:
    """Whether a word that calls a human by itself ("админ", "support") is only a word of a sentence."""
    return len(told) > 1 or len(split(repaired)) < _least_words().get(said, 1)


def _misspelt(told: str) -> str:
    if len(told) < SHORTEST_MISSPELT:
        return ""
    found = process.extractOne(told, _single_words(), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    return _sayings()[0][(found[0],)] if found else ""


@cache
def _lines(name: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Each line of a list as (stems that must all be said, stems none of which may be said)."""
    out = []
    for line in words(name)["lines"]:
        required, barred = (line["words"], line["unless"]) if isinstance(line, dict) else (line, "")
        out.append((frozenset(all_stems(required)), frozenset(all_stems(barred))))
    return out


def _speaks_of(name: str, repaired: str) -> bool:
    said = frozenset(all_stems(repaired))
    return any(required <= said and not barred & said for required, barred in _lines(name))


def names_danger(repaired: str) -> bool:
    """Whether a listed sign of danger is named: malware, phishing, things and passwords leaked, lost or stolen."""
    return _speaks_of("safety", repaired)


def denies_danger(repaired: str) -> bool:
    """Whether a listed sign of danger is named beside words with which it is none: a stolen lunch."""
    said = frozenset(all_stems(repaired))
    return any(required <= said and barred & said for required, barred in _lines("safety"))


@cache
def _nothing() -> frozenset[str]:
    return frozenset(all_stems(" ".join(map(str, words("smalltalk")["names_nothing"]))))


def names_nothing(repaired: str) -> bool:
    """Whether no word names a problem or a thing: "ну и что дальше"."""
    return _nothing().issuperset(all_stems(repaired))


def is_advice(repaired: str) -> bool:
    """Whether someone wants advice or lessons, or help with what is not the company's."""
    return _speaks_of("advice", repaired)
