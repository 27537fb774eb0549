"""Whether words ask for something or tell of trouble: the first is no sign that anything has failed."""

from __future__ import annotations

from functools import cache

from bot.knowledge.spelling import clean, split
from bot.knowledge.terms import stem
from bot.knowledge.words import words

Stems = tuple[str, ...]


def only_asks(text: str) -> bool:
    """Whether a message asks for something and tells of no trouble. One that does neither tells of trouble."""
    said = tuple(stem(word) for word in split(clean(text)))
    return _has(said, "asks") and not _has(said, "trouble")


def _has(said: Stems, kind: str) -> bool:
    begin = _sayings(kind)
    return any(
        said[at : at + len(saying)] == saying
        for at, word in enumerate(said)
        for saying in begin.get(word, ())
    )


@cache
def _sayings(kind: str) -> dict[str, list[Stems]]:
    """The sayings of a list by their first word."""
    found: dict[str, list[Stems]] = {}
    for saying in words("asking")[kind]:
        stems = tuple(stem(word) for word in split(clean(str(saying))))
        found.setdefault(stems[0], []).append(stems)
    return found
