"""`python -m benchmarks.learnt`: what the shipped files teach the classifiers, written to bot/knowledge/classifier/learnt.npz."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.classifier import learnt
from bot.knowledge.classifier.learnt import TaughtWeights
from bot.knowledge.classifier.linear import digest, fitted
from tests import shipped


def computed() -> Mapping[str, TaughtWeights]:
    """Each set of examples that the shipped router learns from, by its digest."""
    return {digest(examples): fitted(examples).learnt for examples in shipped.house().router.taught}


if __name__ == "__main__":
    learnt.keep(computed())
