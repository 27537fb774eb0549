"""The word lists of the router (words/*.yaml): read once, when they are first needed."""

from functools import cache
from pathlib import Path
from typing import Any

from bot.yamlfiles import read

FOLDER = Path(__file__).resolve().parent / "words"


class BrokenWords(ValueError):
    """A shipped word list cannot be read."""


@cache
def words(name: str) -> Any:
    """The plain data of words/<name>.yaml. Raises BrokenWords."""
    reading = read(f"{name}.yaml", (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    if reading.document is None or reading.complaints:
        raise BrokenWords(f"{name}.yaml: {[(c.code, c.mark) for c in reading.complaints]}")
    return reading.document.data


@cache
def flat(name: str) -> frozenset[str]:
    """A list of lines as one set of words."""
    return frozenset(word for line in words(name) for word in str(line).split())
