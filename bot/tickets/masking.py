"""Personal data is taken out of words before others read them: phones, addresses, names of the people we know."""

from __future__ import annotations

import re

from sqlalchemy import Connection, select

from bot.storage.schema import people

MASK = "•••"
SHORTEST = 3  # letters of a name without its ending: shorter ones are initials and ordinary words
LAST_VOWEL = re.compile("[аеёиоуыэюяйь]+$")
# Endings of names and surnames in their cases. A stemmer will not do: it takes Петров and Петрова for different words.
ENDINGS = re.compile("|[аеёиоуыэюяй]|[оеи][йм]|[оеы]ю|[ыи][мхй]|[оеё]го|[оеё]му|[уюая][юя]|а[мх]|ами|[ое]в")
REACHED = re.compile(r"\S+@\S+|@\w+|(?<!\w)\+?\d[\d\s()-]{5,}\d(?!\w)")
WORD = re.compile(r"[^\W\d_]+")


def mask(tx: Connection, text: str) -> str:
    """The words with phones, e-mail addresses, nicknames and names of the directory, in any of their cases, masked."""
    names = _names(tx)

    def hide(found: re.Match[str]) -> str:
        return MASK if _is_name(found[0].lower(), names) else found[0]

    return WORD.sub(hide, REACHED.sub(MASK, text))


def without_mask(masked: str) -> str:
    """What is left of masked words: fit to become a phrase."""
    return " ".join(masked.replace(MASK, " ").split())


def _is_name(word: str, names: frozenset[str]) -> bool:
    """Whether the word, in lower case, is one of the names with an ending."""
    ends = range(max(SHORTEST, len(word) - 3), len(word) + 1)
    return any(word[:end] in names and ENDINGS.fullmatch(word[end:]) for end in ends)


def _names(tx: Connection) -> frozenset[str]:
    """The names and surnames of everybody, in lower case and without their last vowel."""
    said = (word.lower() for name in tx.scalars(select(people.c.name)) for word in WORD.findall(name))
    return frozenset(bare for word in said if len(bare := LAST_VOWEL.sub("", word)) >= SHORTEST)
