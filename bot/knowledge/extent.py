"""Who is hit by a trouble and how pressing it is, as far as its words say so. Words are no proof: they are shown for a yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.knowledge import signs
from bot.knowledge.spelling import clean, split
from bot.knowledge.terms import stem
from bot.knowledge.words import words

Stems = tuple[str, ...]
MOST_BETWEEN = 4  # words between "all" and "floor"


class Scope(StrEnum):
    """Who is hit, from the fewest to the most."""

    ONE = "one"
    SEVERAL = "several"
    PLACE = "place"  # a room or a floor
    EVERYONE = "everyone"  # an office or the company


class Pressure(StrEnum):
    """How pressing it is."""

    NONE = "none"
    SOON = "soon"  # a deadline, or people wait
    BLOCKED = "blocked"  # work has stopped


@dataclass(frozen=True, slots=True)
class Extent:
    """What the words say of both."""

    scope: Scope = Scope.ONE
    pressure: Pressure = Pressure.NONE

    @property
    def says_something(self) -> bool:
        """Whether it is more than any ticket's."""
        return self != Extent()

    def beyond(self, other: Extent) -> Extent:
        """The greater of each of the two."""
        scope = max(self.scope, other.scope, key=SCOPES.index)
        return Extent(scope, max(self.pressure, other.pressure, key=PRESSURES.index))


SCOPES, PRESSURES = tuple(Scope), tuple(Pressure)


def read(text: str) -> Extent:
    """What a message says of who is hit and how pressing it is, clause by clause. Any text has an answer."""
    said = [_stems(part) for part in signs.clauses(text)]
    alone = any(_has(one, "alone") for one in said)
    floors = [scope for one in said for scope in _of_a_floor(one)]
    scopes = [] if alone else [*map(_scope, (*said, _stems(text))), *floors]
    calm = any(_has(one, "calm") for one in said)
    pressures = [_pressure(one) for one in said if not calm]
    return Extent(
        max(scopes, key=SCOPES.index, default=Scope.ONE),
        max(pressures, key=PRESSURES.index, default=Pressure.NONE),
    )


def _scope(said: Stems) -> Scope:
    if _has(said, "fine") and not _has(said, "not"):
        return Scope.ONE
    found = _of_all(said)
    if _has(said, "people"):
        found += [_nouns()[word] for word in said if word in _nouns()]
    if _has(said, "others"):
        found.append(Scope.SEVERAL)
    return max(found, key=SCOPES.index, default=Scope.ONE)


def _of_all(said: Stems) -> list[Scope]:
    """ "All" with what it is all of: the whole floor, everyone in the office, none of our team."""
    found, nouns = [], _nouns()
    for at in range(len(said)):
        size = _starts(said[at:], "everybody")
        if not size:
            continue
        for word in said[at + size : at + size + MOST_BETWEEN]:
            if word in nouns:
                found.append(nouns[word])
            if word not in _between() and not word[:1].isdigit():
                break
    return found


def _of_a_floor(said: Stems) -> list[Scope]:
    """A floor that does something: "третий этаж сидит без сети", "4th floor has no internet", at the beginning of a clause."""
    if len(said) < 3 or not (said[0] in _ordinals() or said[0][:1].isdigit()):
        return []
    does = _nouns().get(said[1]) is Scope.PLACE and _starts(said[2:], "floor_does")
    return [Scope.PLACE] if does else []


def _pressure(said: Stems) -> Pressure:
    if _has(said, "blocked"):
        return Pressure.BLOCKED
    waits = _has(said, "waiters") and _has(said, "waiting")
    is_near = _has(said, "soon_time") and _has(said, "ahead")
    begins = _has(said, "events") and (is_near or _has(said, "begun"))
    return Pressure.SOON if _has(said, "soon") or waits or begins else Pressure.NONE


def _has(said: Stems, kind: str) -> bool:
    begin = _beginnings(kind)
    return any(word in begin and _starts(said[at:], kind) for at, word in enumerate(said))


def _starts(said: Sequence[str], kind: str) -> int:
    """How many words of the longest saying of this kind these words begin with; 0 when with none."""
    sayings = _sayings(kind)
    if said[0] not in _beginnings(kind):
        return 0
    sizes = range(min(max(map(len, sayings)), len(said)), 0, -1)
    return next((size for size in sizes if tuple(said[:size]) in sayings), 0)


@cache
def _sayings(kind: str) -> frozenset[Stems]:
    return frozenset(_stems(str(saying)) for saying in words("extent")[kind])


@cache
def _beginnings(kind: str) -> frozenset[str]:
    return frozenset(saying[0] for saying in _sayings(kind) if saying)


@cache
def _nouns() -> dict[str, Scope]:
    return {
        stem(str(noun)): Scope(kind) for kind, listed in words("extent")["nouns"].items() for noun in listed
    }


@cache
def _between() -> frozenset[str]:
    return frozenset(one for saying in (*_sayings("between"), *_sayings("ordinals")) for one in saying)


@cache
def _ordinals() -> frozenset[str]:
    return frozenset(one for saying in _sayings("ordinals") for one in saying)


def _stems(text: str) -> Stems:
    return tuple(stem(word) for word in split(clean(text)))
