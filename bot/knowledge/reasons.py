"""Why a message is decided as it is: what `firstline route --explain` adds."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["auto", "ask", "none"]


@dataclass(frozen=True)
class Weighed:
    """One candidate: its score, what the index alone gave it, its probability by the classifier, its nearest phrase, and the
    company's own words for it in the message.
    """

    scenario: str
    score: float
    index: float
    probability: float
    nearest: str
    learnt: tuple[str, ...]

    def as_json(self) -> dict[str, str | float | list[str]]:
        return {
            "scenario": self.scenario,
            "score": round(self.score, 3),
            "index": round(self.index, 3),
            "probability": round(self.probability, 3),
            "nearest": self.nearest,
            "learnt": list(self.learnt),
        }


@dataclass(frozen=True)
class Reasons:
    """
    Why a message is decided as it is: the index's own decision, the share of its words known (0..1), the best score of
    a foreign topic, the side of the border (above zero: ours), the probability of all foreign topics.
    """

    by_index: Verdict
    known: float
    foreign: float
    side: float
    abroad: float
    candidates: tuple[Weighed, ...]

    def as_json(self) -> dict[str, object]:
        """What `firstline route --explain` adds to its line."""
        return {
            "by_index": self.by_index,
            "known": round(self.known, 3),
            "foreign": round(self.foreign, 3),
            "side": round(self.side, 3),
            "abroad": round(self.abroad, 3),
            "candidates": [one.as_json() for one in self.candidates],
        }
