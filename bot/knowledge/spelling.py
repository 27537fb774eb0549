"""From typed text to words: cleaning, and whole-message repair of the keyboard layout and of translit."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

import pymorphy3

from bot.knowledge.words import flat, words

# A longer message says what it is about in its beginning; the rest is a signature or a quoted thread.
LONGEST = 400
REMEMBERED = 256  # texts: a message is read word for word by a dozen questions

WORD = re.compile(r"[^\W_]+")
# Names that are written in two pieces, or with a hyphen.
PIECES = (
    (re.compile(r"\bwi[ -]fi\b"), "wifi"),
    (re.compile(r"\be-mail"), "email"),
    (re.compile(r"\b(1 [cс]|1 ?s)\b"), "1с"),
)
CYRILLIC = re.compile("[а-яё]")
LATIN = re.compile("[a-z]")
PLAIN = re.compile(r"[ -~А-Яа-яЁё«»–—]*")  # signs that all are seen and have one form

_EN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RU_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
TO_RUSSIAN_LAYOUT = str.maketrans(_EN_KEYS + '{}:"<>~', _RU_KEYS + "хъжэбюё")
TO_ENGLISH_LAYOUT = str.maketrans(_RU_KEYS, _EN_KEYS)

# Letters of the other alphabet that look the same: typed by mistake or copied from a form.
TO_CYRILLIC_TWIN = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
TO_LATIN_TWIN = str.maketrans("асеорхукмтвн", "aceopxykmtbh")

# Latin letters -> Russian readings, the usual one first.
TRANSLIT: dict[str, list[str]] = words("translit")
TRANSLIT_PIECE = re.compile("|".join(sorted(map(re.escape, TRANSLIT), key=len, reverse=True)))
MOST_READINGS = 48


@lru_cache(maxsize=REMEMBERED)
def clean(text: str) -> str:
    """Lower case, plain spaces, ё as е, no invisible signs or accents, at most LONGEST signs."""
    kept = text[: 4 * LONGEST]
    if not PLAIN.fullmatch(kept):
        kept = unicodedata.normalize("NFKC", kept)
        kept = "".join(
            " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in kept if _is_seen(c)
        )
    cleaned = " ".join(kept.lower().replace("ё", "е").replace("’", "'").split())[:LONGEST]
    for pieces, whole in PIECES:
        cleaned = pieces.sub(whole, cleaned)
    return cleaned


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cf", "Mn", "Me", "Cs", "Co", "Cn")


def split(text: str) -> list[str]:
    """The words of a cleaned text: can't closes up to cant, look-alike letters join one alphabet."""
    return list(_words_of(text))


@lru_cache(maxsize=REMEMBERED)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(map(_one_alphabet, WORD.findall(text.replace("'", ""))))


def _one_alphabet(word: str) -> str:
    if word[0] == "1" and word[1:2] in ("c", "с"):
        return "1с" + word[2:].translate(TO_CYRILLIC_TWIN)
    if not (LATIN.search(word) and CYRILLIC.search(word)):
        return word
    cyrillic, latin = len(CYRILLIC.findall(word)), len(LATIN.findall(word))
    return word.translate(TO_CYRILLIC_TWIN if cyrillic >= latin else TO_LATIN_TWIN)


@dataclass(frozen=True)
class Lexicon:
    """Who knows a word: the words of the index, the Russian dictionary, the list of common English words."""

    own: Callable[[str], bool]
    russian: Callable[[str], bool]

    def knows(self, word: str) -> bool:
        if self.own(word):
            return True
        if CYRILLIC.search(word):
            return self.russian(word)
        return word in flat("layout_words") or word.isdigit()

    def share(self, words: Iterable[str]) -> float:
        """The share of letters in words that are known; single letters do not count."""
        counted = [word for word in words if len(word) > 1 and not word.isdigit()]
        total = sum(map(len, counted))
        return sum(len(word) for word in counted if self.knows(word)) / total if total else 0.0


# A repair must make most of the text readable, and clearly more readable than it was.
READABLE = 0.45
BETTER_BY = 0.25


def repair(text: str, lexicon: Lexicon) -> str:
    """The cleaned text with the words typed in a wrong layout or in translit put right, as a whole group."""
    chunks = text.split(" ")
    wrong_side = [c for c in chunks if LATIN.search(c) and not CYRILLIC.search(c)]
    other_side = [c for c in chunks if CYRILLIC.search(c) and not LATIN.search(c)]
    if wrong_side:
        readings = _latin_readings(wrong_side, lexicon)
    elif other_side:
        readings = _cyrillic_readings(other_side, lexicon)
    else:
        return text
    return " ".join(readings.get(chunk, chunk) for chunk in chunks)


def _latin_readings(chunks: list[str], lexicon: Lexicon) -> dict[str, str]:
    as_is = lexicon.share(w for c in chunks for w in split(c))
    if as_is == 1.0:
        return {}
    layout = {c: _other_layout(c, lexicon) for c in chunks}
    translit = {c: _translit(c, lexicon) for c in chunks}
    shares = [(lexicon.share(w for c in chunks for w in split(way[c])), way) for way in (layout, translit)]
    share, way = max(shares, key=lambda pair: pair[0])
    return way if share >= READABLE and share >= as_is + BETTER_BY else {}


def _cyrillic_readings(chunks: list[str], lexicon: Lexicon) -> dict[str, str]:
    """Cyrillic that is English in the wrong layout: only worth trying when hardly a word is Russian."""
    as_is = lexicon.share(w for c in chunks for w in split(c))
    if as_is >= READABLE:
        return {}
    way = {c: c.translate(TO_ENGLISH_LAYOUT) for c in chunks}
    share = lexicon.share(w for c in chunks for w in split(way[c]))
    return way if share >= READABLE and share >= as_is + BETTER_BY else {}


def _other_layout(chunk: str, lexicon: Lexicon) -> str:
    """A comma or full stop at the end may be б or ю, or just what it is: the known word decides."""
    whole = chunk.translate(TO_RUSSIAN_LAYOUT).replace("ё", "е")
    trimmed = chunk.rstrip(",.;:!?").translate(TO_RUSSIAN_LAYOUT).replace("ё", "е")
    return trimmed if trimmed != whole and not lexicon.knows(whole) else whole


def _translit(chunk: str, lexicon: Lexicon) -> str:
    """The first reading of each word that someone knows; our own names (vpn, outlook) stay as they are."""
    said = WORD.findall(chunk)
    return " ".join(w if lexicon.own(w) or w.isdigit() else _read_translit(w, lexicon) for w in said)


def _read_translit(word: str, lexicon: Lexicon) -> str:
    choices: list[list[str]] = []
    at = 0
    for piece in TRANSLIT_PIECE.finditer(word):
        choices += [[sign] for sign in word[at : piece.start()]]
        choices.append(TRANSLIT[piece[0]])
        at = piece.end()
    choices += [[sign] for sign in word[at:]]
    # product() turns the last choice fastest, so word endings (parol -> пароль) are tried first.
    every = ("".join(letters).replace("ё", "е") for letters in product(*choices))
    readings = list(islice(every, MOST_READINGS))
    for knows in (lexicon.russian, lexicon.own):
        if found := next((reading for reading in readings if knows(reading)), None):
            return found
    return readings[0]


def cached_lexicon(own: Callable[[str], bool], russian: Callable[[str], bool]) -> Lexicon:
    """A lexicon that asks once for each word."""
    return Lexicon(lru_cache(maxsize=20_000)(own), lru_cache(maxsize=20_000)(russian))


@cache
def _dictionary() -> Any:
    """pymorphy3's dictionary: 0.2 s and 30 MB, so only when the first doubtful word comes."""
    return pymorphy3.MorphAnalyzer()


def is_russian(word: str) -> bool:
    """Whether the Russian dictionary holds this form; short words prove nothing."""
    return len(word) > 2 and bool(CYRILLIC.search(word)) and bool(_dictionary().word_is_known(word))
