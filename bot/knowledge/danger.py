"""Whether words speak of real danger: by what is said around the dangerous word, learnt from examples."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.knowledge import signs
from bot.knowledge.classifier.linear import Example, Linear, trained
from bot.knowledge.smalltalk import denies_danger, names_danger
from bot.knowledge.words import words

# The probability from which words count: with a listed sign of danger, without one, with one that other words deny; words that
# no phrase of the scenario resembles; then a clause of a message that speaks of something else, with a sign and without. A
# sixth of the examples judged by the others: real .72, harmless .88; of ordinary messages 2 %.
NAMED, UNNAMED, DENIED, APART = 0.25, 0.4, 0.85, 0.7
CLAUSE, CLAUSE_UNNAMED = 0.75, 0.9
SHORTEST = 3  # words of such a clause
SHARE = 2  # every second phrase of other scenarios: all of them would make danger rarer than it is
RELATIVE = re.compile(r"(?:котор\w+|чей|чья|чьи|who|whose|which|that)\b")
_REAL, _HARMLESS = "real", "harmless"


class Danger:
    """`known`: texts by scenario; those of `scenario` are about danger, all others harmless."""

    def __init__(self, known: frozenset[Example], scenario: str) -> None:
        told = {(_REAL, text) for name, text in known if name == scenario}
        told |= {(_HARMLESS, text) for name, text in sorted(known)[::SHARE] if name != scenario}
        told |= {(_HARMLESS, str(text)) for text in words("continuation")["goes_on"]}
        listed = words("danger")
        told |= {(kind, str(text)) for kind in (_REAL, _HARMLESS) for text in listed[kind]}
        self.examples = frozenset(told)

    def threatens(self, repaired: str, is_near: bool) -> bool:
        """`is_near`: the scenario is among the likely ones. About a millisecond; the first call trains (half a second)."""
        linear = trained(self.examples)
        assert linear is not None  # both kinds are in the list
        is_named = names_danger(repaired)
        wanted = NAMED if is_named else DENIED if denies_danger(repaired) else UNNAMED
        if not (is_named or is_near):
            wanted = max(wanted, APART)
        if _real(linear, repaired) >= wanted:
            return True
        parts = _with_relatives(signs.clauses(repaired))
        alone = {one for part in parts for one in (part, signs.without_joins(part))}
        return len(parts) > 1 and any(_is_real_alone(linear, one) for one in alone)


def _with_relatives(parts: Sequence[str]) -> Sequence[str]:
    """The clauses, each with those that say more about its last word: "..., которого никто не создавал"."""
    joined: list[str] = []
    for part in parts:
        if joined and RELATIVE.match(part):
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    return joined


def _is_real_alone(linear: Linear, clause: str) -> bool:
    """Whether one clause of a message that speaks of something else is about danger."""
    if len(clause.split()) < SHORTEST or denies_danger(clause):
        return False
    return _real(linear, clause) >= (CLAUSE if names_danger(clause) else CLAUSE_UNNAMED)


def _real(linear: Linear, text: str) -> float:
    return math.exp(linear.logs(text)[_REAL])
