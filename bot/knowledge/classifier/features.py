"""What a classifier sees of a text: its character n-grams, its words without endings and the pairs of these, as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.terms import all_stems

SIZES = (2, 3, 4)
BITS = 18
BUCKETS = 1 << BITS
SPACE = 2 * BUCKETS  # n-grams, then words
WORDS_COUNT = 1.2  # what all words and pairs weigh together, where all n-grams weigh 1
WORD = re.compile(r"\w+")
_STEPS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64
)

METHOD = (SIZES, BITS, WORDS_COUNT)

Numbers = NDArray[np.int64]


@lru_cache(maxsize=64)  # three classifiers ask about the same message
def counted(text: str) -> tuple[Numbers, Numbers]:
    """The place of each n-gram, word and pair of a text, ascending, and how often it is there."""
    return np.unique(np.concatenate((_grams(text), _said(text) + BUCKETS)), return_counts=True)


def _grams(text: str) -> Numbers:
    """Each n-gram of the words with single spaces between and around them, as often as it is there."""
    line = f" {' '.join(WORD.findall(text.lower().replace('ё', 'е')))} "
    codes = np.frombuffer(line.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    found = []
    mixed = codes * _STEPS[0]
    for size in range(2, SIZES[-1] + 1):
        if len(codes) < size:
            break
        mixed = (mixed[:-1] ^ (mixed[:-1] >> np.uint64(29))) * _STEPS[size - 1] + codes[size - 1 :]
        found.append((mixed * _STEPS[0]) >> np.uint64(64 - BITS))
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, dtype=np.int64)


def _said(text: str) -> Numbers:
    """Each word without its ending, and each two in a row."""
    stems = all_stems(text.lower().replace("ё", "е"))
    pairs = [f"{one} {two}" for one, two in zip(("<", *stems), (*stems, ">"), strict=True)]
    return np.array(
        [crc32(one.encode("utf-8", "replace")) >> (32 - BITS) for one in (*stems, *pairs)], dtype=np.int64
    )
