"""From words to terms: slang put into the words of the scenarios, endings cut off, empty words left out."""

import threading
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import snowballstemmer

from bot.knowledge.spelling import CYRILLIC, split
from bot.knowledge.words import flat, words

_HELD = threading.local()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending; a number stays as it is."""
    if CYRILLIC.search(word):
        return str(_stemmer("russian").stemWord(word))
    return str(_stemmer("english").stemWord(word)) if word.isascii() and word.isalpha() else word


def _stemmer(language: str) -> Any:
    """One for each thread: it keeps the word it works on, and a router is trained beside the one in use."""
    found = getattr(_HELD, language, None)
    if found is None:
        found = snowballstemmer.stemmer(language)
        setattr(_HELD, language, found)
    return found


@cache
def _slang() -> tuple[dict[tuple[str, ...], tuple[str, ...]], Mapping[str, Sequence[int]]]:
    """Stems as they are said -> stems as they are meant; first stems -> how long such sayings are, longest first."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for meant, sayings in words("slang").items():
        target = tuple(stem(word) for word in split(str(meant)))
        for saying in sayings:
            said = tuple(stem(word) for word in split(str(saying).lower().replace("ё", "е")))
            if said != target:
                table[said] = target
    sizes: dict[str, set[int]] = {}
    for said in table:
        sizes.setdefault(said[0], set()).add(len(said))
    return table, {first: sorted(found, reverse=True) for first, found in sizes.items()}


@cache
def slang_stems() -> dict[str, tuple[str, ...]]:
    """Single words of slang, as stems -> the stems they stand for."""
    return {said[0]: meant for said, meant in _slang()[0].items() if len(said) == 1}


@lru_cache(maxsize=100)  # the same message is asked about several times in a row
def _terms(text: str) -> tuple[tuple[str, bool], ...]:
    """The terms of a repaired text, slang replaced (longest saying first); the mark tells an empty word."""
    found = split(text)
    raw = [stem(word) for word in found]
    (table, sizes), empty = _slang(), flat("stop")
    out: list[tuple[str, bool]] = []
    at = 0
    while at < len(raw):
        size = next((n for n in sizes.get(raw[at], ()) if tuple(raw[at : at + n]) in table), 0)
        if size:
            out.extend((term, False) for term in table[tuple(raw[at : at + size])])
        else:
            out.append((raw[at], found[at] in empty))
        at += size or 1
    return tuple(out)


def stems(text: str) -> list[str]:
    """The terms of a repaired text, in order, empty words left out."""
    return [term for term, is_empty in _terms(text) if not is_empty]


def all_stems(text: str) -> list[str]:
    """The terms of a repaired text, in order, empty words among them."""
    return [term for term, _ in _terms(text)]


def grams(term: str) -> list[str]:
    """Character 2-, 3- and 4-grams of a term, edged with spaces."""
    edged = f" {term} "
    return [edged[at : at + size] for size in (2, 3, 4) for at in range(len(edged) - size + 1)]
