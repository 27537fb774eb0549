"""When it is too many: the most unlikely key of a new signal, if it is unlikely enough. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10

from bot.problems.detection.signals import BurstKey, KeyKind
from bot.problems.detection.tails import unlikeliness
from bot.problems.detection.usual import HOUR, SHARED, Rhythm, Tally

FEWEST = 3  # people
WINDOWS = (15, 30, 60, 120, 240, 480)  # minutes; the long ones are for what burns slowly
LONGEST = WINDOWS[-1] * 60
# -log10 of the probability that asks for a candidate: stricter where keys are many or wide.
NEEDED = {
    KeyKind.SERVICE: 4.5,
    KeyKind.STEP: 4.3,
    KeyKind.CATEGORY: 5.0,
    KeyKind.PLACE: 5.5,
    KeyKind.WORD: 5.5,
    KeyKind.WIDE: 9.0,
}
ANYWHERE = {KeyKind.PLACE: 4.3}  # without a floor
MARGIN = 0.15
SLOWLY = 0.5  # more for windows over an hour, of which there are more
COMMON = 25  # people a week above which a word says nothing
OWN = 4.0  # weeks that the share is worth when an hour has a rhythm of its own
PEAK, PEAK_PART = 5, 1.2  # as many as this and this part of the usual peak of the hour are no news
WIDE_PART = 0.15  # of the people of a mass incident say that others are affected
COLD = 0.01  # weeks that are counted at least, where counting has just begun


@dataclass(frozen=True, slots=True)
class Sighted:
    """One signal as a key has it. `wide`: its words say that others are affected."""

    signal: int
    at: int
    person: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Burst:
    """Too many people of one key. `usual` is how many the window has usually, `margin` how far it is beyond what is
    needed; `signals` are those in the window."""

    key: BurstKey
    people: int
    window_s: int
    usual: float
    margin: float
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """What a moment is judged by: the rhythm of the week, and the part of all signals that are wide."""

    at: int
    rhythm: Rhythm
    wide_part: float
    dearer: Mapping[str, float]
    """By what a key's need is multiplied, after false alarms."""

    @property
    def hour(self) -> int:
        return self.at // HOUR


def worst(
    now: Now, seen: Mapping[BurstKey, Sequence[Sighted]], tallies: Mapping[BurstKey, Tally]
) -> Burst | None:
    """The most unlikely key; None when none is unlikely enough. `seen` is ascending by time and reaches to this moment."""
    found = [judged(now, key, seen[key], tallies.get(key, Tally(0, {}))) for key in seen]
    return max((one for one in found if one is not None), key=lambda one: one.margin, default=None)


def judged(now: Now, key: BurstKey, seen: Sequence[Sighted], tally: Tally) -> Burst | None:
    """The most unlikely window of one key."""
    people = {one.person for one in seen if one.at > now.at - LONGEST}
    if len(people) < FEWEST or not is_worth(now, key, tally) or _is_usual_peak(now, seen, tally):
        return None
    best: Burst | None = None
    former = 0
    for minutes in WINDOWS:
        inside = [one for one in seen if one.at > now.at - 60 * minutes]
        if len(inside) == former and minutes <= 60:
            continue  # as many in a longer time are no more unlikely
        former = len(inside)
        found = _window(now, key, inside, tally, minutes)
        if found is not None and (best is None or found.margin > best.margin):
            best = found
    return best


def is_worth(now: Now, key: BurstKey, tally: Tally) -> bool:
    """Whether a key can say anything: a word that everyone uses cannot."""
    weeks = max(now.rhythm.weeks(now.hour), COLD)
    return key.kind is not KeyKind.WORD or tally.total / max(weeks, 1) <= COMMON


def pressure(now: Now, people: int, tally: Tally, exposure: float) -> float:
    """-log10 of the probability of so many people of a key in `exposure` hours."""
    seen, slots = _rate(now, tally)
    return unlikeliness(people, seen, slots, exposure)


def needed(now: Now, key: BurstKey) -> float:
    """-log10 of the probability at which a key is reported."""
    base = ANYWHERE.get(key.kind, NEEDED[key.kind]) if not key.site else NEEDED[key.kind]
    return (base + MARGIN) * now.dearer.get(key.text, 1.0)


def _window(now: Now, key: BurstKey, inside: Sequence[Sighted], tally: Tally, minutes: int) -> Burst | None:
    people = {one.person for one in inside}
    if len(people) < FEWEST:
        return None
    if minutes <= 60:
        seen, slots = _rate(now, tally)
        exposure = minutes / 60
        score = unlikeliness(len(people), seen, slots, exposure)
        score = min(score, _by_its_own_hour(now, len(people), tally, exposure))
    else:
        seen, slots = _long_rate(now, tally, minutes)
        exposure = 1.0
        score = unlikeliness(len(people), seen, slots, exposure)
    score += _wideness(now, inside, people)
    margin = score - needed(now, key) - (SLOWLY if minutes > 60 else 0)
    if margin < 0:
        return None
    usual = seen / slots * exposure if slots else 0.0
    return Burst(key, len(people), 60 * minutes, usual, margin, tuple(one.signal for one in inside))


def _rate(now: Now, tally: Tally) -> tuple[float, float]:
    """People of a key in this hour and in how many weeks."""
    weeks = max(now.rhythm.weeks(now.hour), COLD)
    shared = SHARED * min(1.0, weeks)
    same = tally.same(now.rhythm, now.hour)
    expected = tally.total / weeks * now.rhythm.share(now.hour)
    return sum(same) + shared * expected, len(same) + shared


def _by_its_own_hour(now: Now, people: int, tally: Tally, exposure: float) -> float:
    """The same, when the key has a rhythm of its own: forgotten passwords on Monday mornings."""
    same = tally.same(now.rhythm, now.hour)
    if len(same) < 2:
        return float("inf")
    weeks = max(now.rhythm.weeks(now.hour), COLD)
    expected = tally.total / weeks * now.rhythm.share(now.hour)
    return unlikeliness(people, sum(same) + OWN * expected, len(same) + OWN, exposure)


def _long_rate(now: Now, tally: Tally, minutes: int) -> tuple[float, float]:
    """People of a key in the last hours and in how many weeks."""
    weeks = max(now.rhythm.weeks(now.hour), COLD)
    part = sum(now.rhythm.share(now.hour - back) for back in range(minutes // 60))
    slots = SHARED * min(1.0, weeks) + len(tally.same(now.rhythm, now.hour))
    return slots * tally.total / weeks * part, slots


def _is_usual_peak(now: Now, seen: Sequence[Sighted], tally: Tally) -> bool:
    """Whether this hour has had about as many in former weeks: once that was chance, twice it is a habit."""
    peaks = tally.peaks(now.rhythm, now.hour)
    peak = (peaks[-2] if len(peaks) >= 3 else peaks[-1]) if peaks else 0
    lately = {one.person for one in seen if one.at > now.at - HOUR}
    return peak >= PEAK and len(lately) <= PEAK_PART * peak


def _wideness(now: Now, inside: Sequence[Sighted], people: set[int]) -> float:
    """What it adds that some of the people say that others are affected, and takes away that others do not."""
    wide = len({one.person for one in inside if one.wide})
    part = max(0.01, min(0.1, now.wide_part))
    return wide * log10(WIDE_PART / part) + (len(people) - wide) * log10((1 - WIDE_PART) / (1 - part))
