"""Whether words speak of real danger: by what is said around the dangerous word, learnt from examples."""

from __future__ import annotations

import math

from bot.knowledge import signs
from bot.knowledge.linear import Example, Linear, trained
from bot.knowledge.smalltalk import denies_danger, names_danger
from bot.knowledge.words import words

# The probability from which words count: with a listed sign of danger, without one, with one that other words deny; a clause
# of a message that speaks of something else; and words that no phrase of the scenario resembles. A sixth of the examples
# judged by the others: real .72, harmless .88; of ordinary messages 2 %.
NAMED, UNNAMED, DENIED, CLAUSE, APART = 0.2, 0.5, 0.9, 0.7, 0.7
SHORTEST = 3  # words of such a clause
_REAL, _HARMLESS = "real", "harmless"


class Danger:
    """`known`: texts by scenario; those of `scenario` are about danger, all others harmless."""

    def __init__(self, known: frozenset[Example], scenario: str) -> None:
        told = {(_REAL if name == scenario else _HARMLESS, text) for name, text in known}
        listed = words("danger")
        told |= {(kind, str(text)) for kind in (_REAL, _HARMLESS) for text in listed[kind]}
        self._examples = frozenset(told)

    def threatens(self, repaired: str, is_near: bool) -> bool:
        """`is_near`: the scenario is among the likely ones. About a millisecond; the first call trains (half a second)."""
        linear = trained(self._examples)
        assert linear is not None  # both kinds are in the list
        is_named = names_danger(repaired)
        wanted = NAMED if is_named else DENIED if denies_danger(repaired) else UNNAMED
        if not (is_named or is_near):
            wanted = max(wanted, APART)
        if _real(linear, repaired) >= wanted:
            return True
        clauses = [part for part in signs.clauses(repaired) if len(part.split()) >= SHORTEST]
        return len(clauses) > 1 and any(_real(linear, part) >= CLAUSE for part in clauses)


def _real(linear: Linear, text: str) -> float:
    return math.exp(linear.logs(text)[_REAL])
