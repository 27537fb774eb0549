"""Whether words speak of real danger: by what is said around the dangerous word, learnt from examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.knowledge import signs
from bot.knowledge.classifier.linear import Example, Linear, trained
from bot.knowledge.smalltalk import denies_danger, names_danger
from bot.knowledge.words import words

# The odds (as a logarithm) from which words count: with a listed sign of danger, without one, with one that other words deny.
# The scenarios' classifier is a witness: the odds fall by WITNESS times what it would rather take the words for.
NAMED, UNNAMED, DENIED = -1.5, -1.0, 1.0
WITNESS, FARTHEST, NEAREST = 0.5, -5.0, 1.0
# Up to FEW words without a listed sign never count, up to SOME want RATHER more.
FEW, SOME, RATHER = 2, 4, 2.0
CLAUSE, CLAUSE_UNNAMED = 0.8, 2.0  # a clause of a message that speaks of something else
SHORTEST = 3  # words of such a clause
RELATIVE = re.compile(r"(?:котор\w+|чей|чья|чьи|who|whose|which|that)\b")
Lead = Callable[[str], float]
"""The logarithm of how much likelier the scenario of danger is than any other; 0 without a classifier."""
_REAL, _HARMLESS = "real", "harmless"


class Danger:
    """`known`: texts by scenario; those of `scenario` are about danger, all others harmless."""

    def __init__(self, known: frozenset[Example], scenario: str) -> None:
        told = {(_REAL, text) for name, text in known if name == scenario}
        told |= {(_HARMLESS, text) for name, text in known if name != scenario}
        told |= {(_HARMLESS, str(text)) for text in words("continuation")["goes_on"]}
        listed = words("danger")
        told |= {(kind, str(text)) for kind in (_REAL, _HARMLESS) for text in listed[kind]}
        self.examples = frozenset(told)
        self._scenario = scenario

    def threatens(self, repaired: str, witness: Linear | None) -> bool:
        """`witness`: the classifier of scenarios. About a millisecond; the first call trains (half a second)."""
        linear = trained(self.examples)
        assert linear is not None  # both kinds are in the list

        def lead(text: str) -> float:
            if witness is None:
                return 0.0
            logs = witness.logs(text)
            return logs[self._scenario] - max(log for name, log in logs.items() if name != self._scenario)

        wanted = NAMED if names_danger(repaired) else DENIED if denies_danger(repaired) else UNNAMED
        if _is_real(linear, repaired, wanted, lead):
            return True
        parts = _with_relatives(signs.clauses(repaired))
        alone = {one for part in parts for one in (part, signs.without_joins(part))}
        return len(parts) > 1 and any(_is_real_alone(linear, one, lead) for one in alone)


def _with_relatives(parts: Sequence[str]) -> Sequence[str]:
    """The clauses, each with those that say more about its last word: "..., которого никто не создавал"."""
    joined: list[str] = []
    for part in parts:
        if joined and RELATIVE.match(part):
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    return joined


def _is_real_alone(linear: Linear, clause: str, lead: Lead) -> bool:
    """Whether one clause of a message that speaks of something else is about danger."""
    if len(clause.split()) < SHORTEST or denies_danger(clause):
        return False
    return _is_real(linear, clause, CLAUSE if names_danger(clause) else CLAUSE_UNNAMED, lead)


def _is_real(linear: Linear, text: str, wanted: float, lead: Lead) -> bool:
    size = len(text.split())
    if not names_danger(text) and size <= SOME:
        if size <= FEW:
            return False
        wanted += RATHER
    logs = linear.logs(text)
    odds = logs[_REAL] - logs[_HARMLESS]
    if odds + WITNESS * NEAREST < wanted:
        return False  # whatever the witness says
    return odds + WITNESS * max(FARTHEST, min(NEAREST, lead(text))) >= wanted
