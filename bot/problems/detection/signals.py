"""One sign of trouble, and the keys under which it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 12  # words of one signal that are counted


class KeyKind(StrEnum):
    """What the signals of a key have in common."""

    SERVICE = "service"
    CATEGORY = "category"
    PLACE = "place"
    STEP = "step"
    WORD = "word"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class TroubleSign:
    """A ticket, a failed step of self-help, or words that say that others are affected, at UTC seconds.

    `person` is who wrote it, no matter whom the ticket is for. `service` is what they chose, `stems` are the words of the
    message without endings; "" and None: not known. `wide`: the words say that others are affected.
    """

    at: int
    person: int
    category: str
    service: str = ""
    site: str = ""
    floor: int | None = None
    step: str = ""
    stems: tuple[str, ...] = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class BurstKey:
    """What several signals have in common: a service, a service at a site, a step, a word."""

    kind: KeyKind
    name: str
    site: str = ""
    floor: int | None = None

    @property
    def text(self) -> str:
        """As it is stored."""
        floor = "" if self.floor is None else str(self.floor)
        return "|".join((self.kind.value, self.name, self.site, floor))

    @classmethod
    def read(cls, text: str) -> BurstKey:
        """Raises ValueError for what is no key."""
        kind, name, site, floor = text.split("|")
        return cls(KeyKind(kind), name, site, int(floor) if floor else None)


def keys_of(signal: TroubleSign) -> tuple[BurstKey, ...]:
    """Every key that a signal counts for."""
    found = [BurstKey(KeyKind.CATEGORY, signal.category)]
    named = [(KeyKind.SERVICE, signal.service)] if signal.service else []
    if signal.step:
        found.append(BurstKey(KeyKind.STEP, signal.step))
    found += [BurstKey(kind, name) for kind, name in named]
    if signal.wide:
        found.append(BurstKey(KeyKind.WIDE, ""))
        found += [BurstKey(KeyKind.WIDE, name) for _, name in (*named, (KeyKind.CATEGORY, signal.category))]
    if signal.site:
        there = [(signal.site, None)] + ([(signal.site, signal.floor)] if signal.floor is not None else [])
        for site, floor in there:
            found.append(BurstKey(KeyKind.PLACE, "", site, floor))
            found += [BurstKey(kind, name, site, floor) for kind, name in named]
            found.append(BurstKey(KeyKind.CATEGORY, signal.category, site, floor))
    found += [BurstKey(KeyKind.WORD, stem) for stem in sorted(set(signal.stems[:LONGEST]))]
    return tuple(dict.fromkeys(found))
