"""Laws with a number that may only go down: more places than allowed fail, fewer say that the number can be lowered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests import source
from tests.laws import figures
from tests.source import modules, product

# What a comment may cite: a number of the pages NUMBERED, in brackets or after "of"; a page of the repository.
NUMBERED = ("docs/promises.md", "docs/threats.md")
CITED = re.compile(r"\([A-Z]\d{1,2}(?:, ?[A-Z]\d{1,2})*\)|\bof [A-Z]\d{1,2}\b")
PAGE = re.compile(r"\b[\w-]+\.md\b")
# Numbered rules that no page lists.
UNLISTED = re.compile(r"\b[Hh]ouse law \d+|\brule \d+ of \w+\.md")


@dataclass(frozen=True, slots=True)
class Ratchet:
    """A kind of remaining fault, where it is found, and how many places are allowed."""

    name: str
    places: Callable[[], Iterator[str]]
    allowed: int

    def grown(self, found: list[str]) -> str:
        """The message of a failure: all places, because one of them is new."""
        return "\n".join([f"{self.name}: {len(found)}, more than {self.allowed}", *found])

    def shrunk(self, found: list[str]) -> str:
        return f"{self.name}: lower the number in tests/laws/ratchets.py from {self.allowed} to {len(found)}"


def many_parameters() -> Iterator[str]:
    for module in figures.measured():
        for each in figures.functions(module):
            if each.parameters > figures.MANY_PARAMETERS:
                yield f"{each.at}: {each.name} takes {each.parameters} parameters"


def full_folders() -> Iterator[str]:
    for folder, count in figures.full_folders():
        yield f"{folder}: {count} modules"


def names_with_several_homes() -> Iterator[str]:
    for name, places in figures.homes().items():
        yield f"{name}: {', '.join(places)}"


def loose_types() -> Iterator[str]:
    yield from figures.loose_types(module for module in figures.measured() if module.room != figures.SANDBOX)


def files_in_circles() -> Iterator[str]:
    """Including those that only type checkers import."""
    for circle in figures.circles():
        yield from (f"{name}: in a circle of {len(circle)}" for name in circle)


def words_to_avoid_in_code() -> Iterator[str]:
    for module in product():
        for line, text in figures.prose(module):
            yield from (f"{module.path}:{line}: {word!r}" for word in figures.avoided(text))


def words_to_avoid_in_tests() -> Iterator[str]:
    for module in modules("benchmarks", "tests"):
        for line, text in figures.prose(module):
            yield from (f"{module.path}:{line}: {word!r}" for word in figures.avoided(text))


def words_to_avoid_in_docs() -> Iterator[str]:
    for page in figures.pages():
        for line, text in figures.lines_of(page):
            where = page.relative_to(source.ROOT)
            yield from (f"{where}:{line}: {word!r}" for word in figures.avoided(text))


def pages_that_are_not_here() -> Iterator[str]:
    """A comment may cite only a page of the repository, and a number only if one of the pages NUMBERED lists it."""
    here = {page.name for page in figures.pages()} | _listed_numbers()
    for module in modules("bot", "handlers", "sandbox", "benchmarks", "tests"):
        for line, text in figures.prose(module):
            numbers = re.findall(r"[A-Z]\d{1,2}", " ".join(CITED.findall(text)))
            absent = [one for one in [*PAGE.findall(text), *numbers] if one not in here]
            yield from (f"{module.path}:{line}: {one}" for one in [*UNLISTED.findall(text), *absent])


def _listed_numbers() -> set[str]:
    pages = (source.ROOT / name for name in NUMBERED)
    texts = (page.read_text("utf-8") for page in pages if page.exists())
    return {number for text in texts for number in re.findall(r"^\| ([A-Z]\d{1,2}) \|", text, re.MULTILINE)}


RATCHETS = (
    Ratchet("functions over six parameters", many_parameters, 23),
    Ratchet("folders over 25 modules", full_folders, 0),
    Ratchet("class names with several homes", names_with_several_homes, 0),
    Ratchet("Row[Any] and dict[str, Any]", loose_types, 105),
    Ratchet("files in import circles", files_in_circles, 0),
    Ratchet("words to avoid in code", words_to_avoid_in_code, 7),
    Ratchet("words to avoid in tests", words_to_avoid_in_tests, 0),
    Ratchet("words to avoid in docs", words_to_avoid_in_docs, 0),
    Ratchet("pages that are not here", pages_that_are_not_here, 0),
)
