"""Thresholds by what they would have done: every phrase, left out itself, is a message whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.knowledge.route import Router, Trial

AUTO_STEPS = (0.0, 0.04, 0.08, 0.12, 0.16, 0.2)
ASK_STEPS = (0.0, 0.03, 0.06, 0.09, 0.12)
# Of the phrases that would start a scenario by themselves, at the most this share may start a wrong one.
WRONG = 0.02
# Of what is not our business, at the most this share may be taken for a request.
TAKEN = 0.05
# What the bands of the shipped files may do, and where they are looked for (`found`).
WRONG_STARTS, LOST = 0.016, 0.052
AUTOS = tuple(round(0.3 + step / 50, 2) for step in range(21))
ASKS = tuple(round(0.12 + step / 50, 2) for step in range(12))
SAMPLE = 150  # trials of either side; each costs about a millisecond


def calibrated(router: Router) -> Router:
    """The same router with its bands raised as far as its phrases ask for; never below those it was given."""
    given = router.options
    trials = router.trials(SAMPLE)
    for more in AUTO_STEPS:
        router = router.with_options(replace(given, auto=given.auto + more, enough=given.enough + more))
        if _wrong(router, trials) <= WRONG:
            break
    for more in ASK_STEPS:
        router = router.with_options(replace(router.options, ask=given.ask + more))
        if _taken(router, trials) <= TAKEN:
            break
    return router


def _wrong(router: Router, trials: list[Trial]) -> float:
    """Which share of what starts by itself is wrong; words of foreign topics are always wrong."""
    begun = [(own, top) for own, top in (router.judged(trial) for trial in trials) if top is not None]
    return sum(own != top for own, top in begun) / len(begun) if begun else 0.0


def _taken(router: Router, trials: list[Trial]) -> float:
    """Which share of the foreign words gets more than nothing."""
    foreign = [trial for trial in trials if trial.own is None]
    return sum(router.serves(trial) for trial in foreign) / len(foreign) if foreign else 0.0


@dataclass(frozen=True, slots=True)
class Bands:
    """Where a start and a question begin, and what that does to the authored phrases (shares)."""

    auto: float
    ask: float
    wrong: float
    lost: float
    taken: float

    def written(self) -> str:
        """The lines of words/bands.yaml below its head."""
        return f"auto: {self.auto:g}\nask: {self.ask:g}\n"


def found(router: Router, trials: list[Trial]) -> Bands:
    """The lowest `auto` with few enough wrong starts, the highest `ask` that leaves few enough own phrases without an offer."""
    given = router.options
    autos = [(at, _wrong(router.with_options(replace(given, auto=at)), trials)) for at in AUTOS]
    asks = [(at, _lost(router.with_options(replace(given, ask=at)), trials)) for at in ASKS]
    auto, wrong = next((pair for pair in autos if pair[1] <= WRONG_STARTS), autos[-1])
    ask, lost = next((pair for pair in reversed(asks) if pair[1] <= LOST), asks[0])
    return Bands(auto, ask, wrong, lost, _taken(router.with_options(replace(given, ask=ask)), trials))


def _lost(router: Router, trials: list[Trial]) -> float:
    """Which share of our own phrases gets nothing."""
    ours = [trial for trial in trials if trial.own is not None]
    return sum(not router.serves(trial) for trial in ours) / len(ours) if ours else 0.0
