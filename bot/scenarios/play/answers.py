"""Interprets typed answers: a number, a text of the required form, or a button in the person's words."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz

from bot.scenarios.language.pattern import compile_pattern
from bot.scenarios.language.program import Question

LONGEST = 500  # default maximum characters of a typed answer
CLOSE = 82  # of 100: minimum similarity of typed words and a button's
GAP = 8  # and minimum distance to the next button's
LONG_WORD = 5  # letters; shorter words too easily differ by one letter

MISSPELT = 85  # of 100: minimum similarity to a word that calls a human

Wish = Literal["asked", "named"] | None

_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w.,-])-?\d{1,9}(?![\w]|[.,]\d)")
_WORDS = re.compile(r"[^\w\s+-]+")
_NOT = frozenset({"не", "нет", "ни", "no", "not", "none", "никак", "dont", "doesnt", "didnt"})


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """Why an answer is invalid: the catalogue key of the hint and its facts."""

    hint: str
    facts: Mapping[str, Any]


def read_answer(question: Question, text: str) -> int | str | BadAnswer:
    """The stored value of a typed answer, or why it is invalid."""
    if question.type == "int":
        return _number(question, text)
    answer = " ".join(text.split())
    least, most = question.min or 1, question.max or LONGEST
    if len(answer) < least:
        return BadAnswer("short", {"least": least})
    if len(answer) > most:
        return BadAnswer("long", {"most": most})
    if question.pattern and not compile_pattern(question.pattern).matches(answer):
        return BadAnswer("pattern", {})
    return answer


def _number(question: Question, text: str) -> int | BadAnswer:
    """The only whole number in the text: "3", "3 этаж"; "на третьем" has none."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return BadAnswer("int", {})
    number = int(found[0])
    least, most = question.min, question.max
    low, high = least is not None and number < least, most is not None and number > most
    if not low and not high:
        return number
    if least is not None and most is not None:
        return BadAnswer("range", {"least": least, "most": most})
    return BadAnswer("least", {"least": least}) if low else BadAnswer("most", {"most": most})


def match_option(text: str, options: Mapping[str, Iterable[str]], means: str = "") -> str | None:
    """The value whose words (labels in any language) the text means; None when unsure.

    Exact words first, then the option's number, then all of an option's words inside the text, then similarity. Words
    with a "not" never match words without. Last comes what the text `means`, "yes" or "no", where both are options.
    """
    said = _plain(text)
    worded = {value: [_plain(words) for words in labels] for value, labels in options.items()}
    exact = [value for value, labels in worded.items() if said in labels]
    if said and len(exact) == 1:
        return exact[0]
    values = list(options)
    if said.isdigit() and 1 <= int(said) <= len(values):
        return values[int(said) - 1]
    agreeing = {
        value: [words for words in labels if words and _negated(words) == _negated(said)]
        for value, labels in worded.items()
    }
    found = _inside(said, agreeing) or _alike(said, agreeing)
    return found or (means if means and {"yes", "no"} <= options.keys() else None)


def wants_human(
    text: str,
    call: Collection[str],
    whom: Collection[str],
    beside: Collection[str],
    machine: Collection[str],
) -> Wish:
    """Whether words only ask for a human: "asked" with a verb of calling, "named" without, None when they say more."""
    said = _LETTERS.findall(text.casefold().replace("ё", "е"))
    people = [_meant(word, whom) for word in said]
    if not any(people):
        return None
    calls = [_meant(word, call) for word in said]
    known = {*beside, *machine}
    if not set(machine).isdisjoint(said):
        known |= _NOT  # "a human, not a bot"
    each = zip(calls, people, said, strict=True)
    if not all(one or two or word in known for one, two, word in each):
        return None
    return "asked" if any(calls) else "named"


def _meant(word: str, words: Collection[str]) -> bool:
    """Whether a word is one of these, or a long one of them misspelt."""
    if word in words or len(word) <= LONG_WORD:
        return word in words
    return any(len(one) > LONG_WORD and fuzz.ratio(word, one) >= MISSPELT for one in words)


def _inside(said: str, options: Mapping[str, list[str]]) -> str | None:
    padded = f" {said} "
    found = [value for value, labels in options.items() if any(f" {words} " in padded for words in labels)]
    return found[0] if len(found) == 1 else None


def _alike(said: str, options: Mapping[str, list[str]]) -> str | None:
    if len(said) < LONG_WORD:
        return None
    scores = sorted(
        (
            (max((_likeness(said, words) for words in labels), default=0.0), value)
            for value, labels in options.items()
        ),
        reverse=True,
    )
    if not scores or scores[0][0] < CLOSE or (len(scores) > 1 and scores[0][0] - scores[1][0] < GAP):
        return None
    return scores[0][1]


def _likeness(said: str, words: str) -> float:
    """From 0 to 100; the order of the words has little weight."""
    return max(fuzz.ratio(said, words), fuzz.token_sort_ratio(said, words))


def _plain(text: str) -> str:
    return " ".join(_WORDS.sub(" ", text.casefold().replace("ё", "е")).split())


def _negated(text: str) -> bool:
    return not _NOT.isdisjoint(text.split())
