"""What short words mean whatever they are about: steering, yes and no, "again", a word about something that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import islice

from bot.knowledge.spelling import REMEMBERED, clean, split
from bot.knowledge.terms import stem
from bot.knowledge.words import flat, words

Stems = tuple[str, ...]
FILLER = "filler"
AROUND = (FILLER, "beside_thanks")  # of small talk: words that say nothing by themselves
MOST_CLAUSES = 8  # each is routed by itself while others wait for the database
LONG_WORD = 4  # letters: shorter words are alike too easily
LONGEST_ANSWER = 8  # words; a longer message says more than yes
SHORTEST_NAME = 3  # letters
ENDINGS = frozenset(
    {"", "а", "у", "е", "ы", "и", "я", "ю", "ь", "ой", "ей", "ом", "ем", "s"}
)  # of a first name's cases
VOWELS = "аеёиоуыэюяь"
MARKS = re.compile(r"\s*[!?…. ]*\?[!?…. ]*\s*")  # a question mark by itself asks how it goes
NUMBERED = re.compile(
    r"(?P<what>\b(?:заявк\w*|обращени\w*|тикет\w*|ticket|request))\s*(?:№|#|no\.?|n)?\s*(?P<number>\d{1,7})\b",
    re.I,
)
# The dot of an extension (" .locked") ends no sentence.
CLAUSE = re.compile(r"[,;!?\n()]+|(?<!\s)\.+|\.+(?!\w)|\s-\s|\s(?:но|а|и|but|and|so)\s")
# A space between letters and digits makes no label ("на 5 этаже"), unless more digits follow a hyphen: "прн 3-02".
LABEL = re.compile(r"\b[A-ZА-Я]{2,6}(?:[-_]?\d{1,5}(?:[-_ ]\d{1,5})*| \d{1,5}(?:[-_]\d{1,5})+)\b")
SPELLED = str.maketrans("АБВГДЕЗИКЛМНОПРСТУФХ", "ABVGDEZIKLMNOPRSTUFH")


def steering(text: str) -> str:
    """The command that these words or their first clause are: "cancel", "back", "status", "list", "menu"; "" for none.

    Word for word: "меня" and "меню" have one stem, and so have "начал" and "начало".
    """
    parts = clauses(NUMBERED.sub(r"\g<what>", text))
    return _steering().get(_without_filler(parts[0]), "") if parts else ""


def number(text: str) -> int | None:
    """The ticket that the words name by its number: "заявка 2", "ticket #2"."""
    found = NUMBERED.search(text)
    return int(found["number"]) if found is not None else None


def clauses(text: str) -> list[str]:
    """The first parts between commas, ends of sentences and lines, "but" and "and"."""
    parts = (part.strip() for part in CLAUSE.split(text))
    return list(islice((part for part in parts if part.strip(" ,.!?-()")), MOST_CLAUSES))


def without_joins(clause: str) -> str:
    """The clause without the words that only join it to what was said before: "and also ...", "к тому же ..."."""
    said, joins = clause.split(), _joins()
    while said and (size := next((n for n in (3, 2, 1) if tuple(said[:n]) in joins), 0)):
        said = said[size:]
    return " ".join(said)


def is_added(clause: str) -> bool:
    """Whether the clause begins as one more thing does: "and also ...", "к тому же ..."."""
    said = clause.lower().replace("ё", "е").split()
    return any(tuple(said[:size]) in _adds() for size in (4, 3, 2, 1))


def yes_or_no(text: str) -> str:
    """The word "yes" or "no" that an answer is. A clause that is a "no" decides; a "yes" has to come first, in a short answer."""
    return _answer(text, "yes", "no")


def consent(text: str) -> str:
    """The "yes" or "no" of an approver: only words that say so, for an "ok" or a "thanks" approves nothing."""
    return _answer(text, "agree", "refuse")


def _answer(text: str, yes: str, no: str) -> str:
    kinds = [_kind_of(part, _sayings(yes), _sayings(no)) for part in clauses(text)]
    if "no" in kinds:
        return "no"
    short = len(split(clean(text))) <= LONGEST_ANSWER
    return "yes" if kinds and kinds[0] == "yes" and (short or set(kinds) == {"yes"}) else ""


def is_detail(text: str) -> bool:
    """Whether the words only give a number or a label: "312", "кабинет 305", "PRN-3-02", "NB-1042"."""
    said = split(clean(LABEL.sub(" 0 ", text)))
    known = {stem(str(word)) for word in words("signs")["details"]}
    has_number = any(any(sign.isdigit() for sign in word) for word in said)
    return has_number and all(word[-1:].isdigit() or stem(word) in known for word in said)


def wishes(text: str, is_wish: Callable[[str], bool]) -> bool:
    """Whether a clause of the words is a wish, by itself."""
    return any(is_wish(part) for part in clauses(text))


def names(said: frozenset[str], name: str) -> bool:
    """Whether one of the words is this first name, in any of its cases."""
    stem_of_it = name[:-1] if name[-1:] in VOWELS else name
    if len(stem_of_it) < SHORTEST_NAME:
        return name in said
    return any(word.startswith(stem_of_it) and word[len(stem_of_it) :] in ENDINGS for word in said)


@lru_cache(maxsize=REMEMBERED)
def labels(text: str) -> frozenset[str]:
    """What may be the name on a label, letters and digits alone: "прн 3-02" is read as "PRN302" too."""
    folded = text.upper()
    spelled = folded.translate(SPELLED)
    return frozenset(_bare(found[0]) for one in (folded, spelled) for found in LABEL.finditer(one))


def _bare(label: str) -> str:
    return re.sub(r"[^A-ZА-Я0-9]", "", label)


def _kind_of(clause: str, yes: frozenset[Stems], no: frozenset[Stems]) -> str:
    found, rest = _made_of(_stems(clause), yes, no)
    if rest or not found:
        return ""
    return "no" if "no" in found else "yes"


@lru_cache(maxsize=REMEMBERED)
def content(text: str) -> frozenset[str]:
    """The stems that a text is about: no short words, none of trouble in general ("не работает", "still")."""
    long = (word for word in split(clean(text)) if len(word) >= LONG_WORD and word not in flat("stop"))
    return frozenset(map(stem, long)) - _general()


def is_again(text: str) -> bool:
    """Whether something has happened before, by these words."""
    return _has(_stems(text), _sayings("again"))


@lru_cache(maxsize=REMEMBERED)
def follows_up(text: str) -> str:
    """What makes these words a continuation: "thanks", "impatience", "visit", ...; "" when nothing does."""
    if MARKS.fullmatch(text):
        return "impatience"
    said = _stems(text)
    return next((kind for kind in words("signs")["follow_up"] if _has(said, _follow_ups(kind))), "")


def wants_a_call(text: str) -> bool:
    """Whether the words only ask to be called back, with the number or without."""
    said = [stem(word) for word in split(clean(text)) if not any(sign.isdigit() for sign in word)]
    beside = {one for saying in _sayings("call_beside") for one in saying} | _filler()
    sayings = {tuple(one for one in saying if one not in beside) for saying in _sayings("call_back")}
    return tuple(one for one in said if one not in beside) in sayings - {()}


def is_impatient(text: str) -> bool:
    """Whether the words ask how it goes: a follow-up of that kind, or nothing but "when?"."""
    return follows_up(text) == "impatience" or _stems(text) in _sayings("when")


@cache
def _steering() -> dict[Stems, str]:
    lists = words("signs")["steering"]
    return {_without_filler(saying): kind for kind, sayings in lists.items() for saying in sayings}


@cache
def _joins() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(str(saying).replace("ё", "е").split()) for saying in words("signs")["joins"])


@cache
def _adds() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(str(saying).replace("ё", "е").split()) for saying in words("signs")["adds"])


@cache
def _sayings(kind: str) -> frozenset[Stems]:
    return frozenset(_stems(str(saying)) for saying in words("signs")[kind])


@cache
def _follow_ups(kind: str) -> frozenset[Stems]:
    return frozenset(_stems(str(saying)) for saying in words("signs")["follow_up"][kind])


@cache
def _general() -> frozenset[str]:
    """Words of any trouble: what small talk, an answer or a follow-up is made of."""
    lists = words("signs")
    sayings = [*lists["yes"], *lists["no"], *(one for kind in lists["follow_up"].values() for one in kind)]
    sayings += [one for kind, said in words("smalltalk").items() if kind not in AROUND for one in said]
    return frozenset(one for saying in sayings for one in _stems(str(saying))) | _filler()


@cache
def _filler() -> frozenset[str]:
    return frozenset(stem(word) for saying in words("smalltalk")[FILLER] for word in split(str(saying)))


@lru_cache(maxsize=REMEMBERED)
def _stems(text: str) -> Stems:
    return tuple(stem(word) for word in split(clean(text)))


def _without_filler(text: str) -> tuple[str, ...]:
    return tuple(word for word in split(clean(text)) if stem(word) not in _filler())


def _has(said: Stems, sayings: frozenset[Stems]) -> bool:
    """Whether one of the sayings is in the words, in its order."""
    begin, longest = _beginnings(sayings)
    return any(
        said[first : first + size] in sayings
        for first, word in enumerate(said)
        if word in begin
        for size in range(1, min(longest, len(said) - first) + 1)
    )


@cache
def _beginnings(sayings: frozenset[Stems]) -> tuple[frozenset[str], int]:
    """The first words of the sayings, and the length of the longest."""
    return frozenset(saying[0] for saying in sayings if saying), max(map(len, sayings))


def _made_of(said: Stems, yes: frozenset[Stems], no: frozenset[Stems]) -> tuple[set[str], int]:
    """Which of the two are said, and how many words are left over; the longest saying counts."""
    longest = max(map(len, yes | no))
    found, rest, at = set(), 0, 0
    while at < len(said):
        sizes = range(min(longest, len(said) - at), 0, -1)
        size = next((one for one in sizes if said[at : at + one] in yes | no), 0)
        if size:
            found.add("no" if said[at : at + size] in no else "yes")
        elif said[at] not in _filler():
            rest += 1
        at += size or 1
    return found, rest
