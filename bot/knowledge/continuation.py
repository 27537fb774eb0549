"""Whether words go on with something already said, or begin something of their own: learnt from examples."""

from __future__ import annotations

import math

from bot.knowledge.classifier.linear import Example, trained
from bot.knowledge.words import words

GOES_ON, BEGINS = "goes_on", "begins"
SHARE = 2  # every second phrase: all of them cost twice the time and are no better


class Continuation:
    """`known`: texts by scenario, each of which begins something."""

    def __init__(self, known: frozenset[Example]) -> None:
        listed = words("continuation")
        told = {(BEGINS, text) for _, text in sorted(known)[::SHARE]}
        told |= {(kind, str(text)) for kind in (GOES_ON, BEGINS) for text in listed[kind]}
        self.examples = frozenset(told)

    def probability(self, repaired: str) -> float:
        """How likely (0..1) the words go on with something. The first call trains (half a second)."""
        linear = trained(self.examples)
        assert linear is not None  # both kinds are in the list
        return math.exp(linear.logs(repaired)[GOES_ON])
