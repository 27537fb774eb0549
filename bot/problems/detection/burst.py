"""When it is too many: the most unlikely key of a new signal, if it is unlikely enough. Pure: no database, no clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log10, sqrt

from bot.problems.detection.cusum import began
from bot.problems.detection.signals import BurstKey, KeyKind
from bot.problems.detection.tails import PRIOR, unlikeliness, unlikely_share
from bot.problems.detection.usual import HOUR, LIVELIEST, ORDINARY_HOUR, SHARED, Rhythm, Tally

FEWEST = 3  # people
WINDOWS = (15, 30, 60)  # minutes
HOURS = 8  # in which the beginning of what burns slowly is looked for
LONGEST = HOURS * HOUR
# -log10 of the probability that asks for a candidate: stricter where keys are many or wide.
NEEDED = {
    KeyKind.SERVICE: 4.45,
    KeyKind.STEP: 4.25,
    KeyKind.CATEGORY: 4.95,
    KeyKind.PLACE: 5.45,
    KeyKind.WORD: 5.45,
    KeyKind.WIDE: 8.95,
}
ANYWHERE = {KeyKind.PLACE: 4.25}  # without a floor
SLOWLY = 0.2  # more for what began more than an hour ago: there are more such windows
COMMON = 25  # people a week above which a word says nothing
OWN = 4.0  # weeks that the share is worth when an hour has a rhythm of its own
PEAK, PEAK_PART = 5, 1.2  # as many as this and this part of the usual peak of the hour are no news
WIDE_PART = 0.15  # of the people of a mass incident say that others are affected
ALIKE = 0.5  # of the messages of a key: a word that more of them have says nothing
BY_CHANCE = 0.3  # more asked of a word, since words depend on each other
DOUBT = 1.5  # standard deviations of an hour's signals that are chance
YOUNG, YOUNGER = 8, 2.0  # hours of signals until which more is asked for, and how much more at first
FIRST_MORNING = 2.5  # more asked for on the first day counted, and on the first one after a break
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
class SharedWords:
    """The words of the newest signal: which signals have each, and how many had it in all hours that are looked back on."""

    said: Mapping[BurstKey, tuple[frozenset[int], float]]

    def beyond(self, inside: Sequence[Sighted], people: set[int], total: float) -> float:
        """-log10 of the probability that so many of the people say the same word, which is never more than its share of
        the key; the more words, the more have to say one."""
        if len(people) < FEWEST or not self.said:
            return 0.0
        best = 0.0
        for signals, often in self.said.values():
            saying = {one.person for one in inside if one.signal in signals}
            share = (often + 1) / (total + 4)
            if len(saying) >= FEWEST - 1 and share < ALIKE:
                best = max(best, unlikely_share(len(saying) - 1, len(people) - 1, share))
        return max(0.0, best - log10(len(self.said)) - BY_CHANCE)


NONE = Tally(0, {})


@dataclass(frozen=True)
class Now:
    """What a moment is judged by: the rhythm of the week, and the part of all signals that are wide."""

    at: int
    rhythm: Rhythm
    wide_part: float
    dearer: Mapping[str, float]
    """By what a key's need is multiplied, after false alarms."""
    lately: int = 0
    """People who wrote in the last hour, without those who count for nothing."""

    @property
    def hour(self) -> int:
        return self.at // HOUR

    def liveliness(self, own: int) -> float:
        """By what part today is busier than chance explains, without so many people of the key that is judged."""
        chance = DOUBT * sqrt(self._usually)
        more = (self.lately - own - chance + ORDINARY_HOUR) / (self._usually + ORDINARY_HOUR)
        return min(LIVELIEST, max(1.0, more))

    @cached_property
    def is_new(self) -> bool:
        """Whether nothing is known of such a day: the first one of all, or the first one after a break."""
        return self.rhythm.is_first_of_its_kind(self.hour)

    @cached_property
    def level(self) -> float:
        """How many signals of all kinds come in this hour, usually."""
        return self.rhythm.level(self.hour)

    @cached_property
    def known(self) -> float:
        """Signals of all kinds that are looked back on."""
        return max(1.0, self.rhythm.known(self.hour))

    def slow_level(self, hours: int) -> float:
        """The same in the mean of the last hours."""
        known = self._slow_levels.get(hours)
        if known is None:
            known = self._slow_levels[hours] = sum(self.levels[:hours]) / hours
        return known

    @cached_property
    def levels(self) -> list[float]:
        """The same of this hour and of those before it, in which what burns slowly is looked for."""
        return [self.rhythm.level(self.hour - back) for back in range(HOURS)]

    @cached_property
    def _slow_levels(self) -> dict[int, float]:
        return {}

    @cached_property
    def _usually(self) -> float:
        part = self.at % HOUR / HOUR
        return part * self.level + (1 - part) * self.rhythm.level(self.hour - 1)


def doubtful(
    now: Now, seen: Mapping[BurstKey, Sequence[Sighted]], totals: Mapping[BurstKey, float]
) -> list[BurstKey]:
    """The keys that may be too many, known before the counts of single hours are: those that would be if nothing had come
    in the same hour of former days, for what did come only makes them likelier."""
    never = {key: Tally(total, {}) for key, total in totals.items()}
    return [one.key for one in _bursts(now, seen, never, seen)]


def worst(
    now: Now,
    seen: Mapping[BurstKey, Sequence[Sighted]],
    tallies: Mapping[BurstKey, Tally],
    among: Iterable[BurstKey] | None = None,
) -> Burst | None:
    """The most unlikely key; None when none is unlikely enough. `seen` is ascending by time and reaches to this moment."""
    found = _bursts(now, seen, tallies, seen if among is None else among)
    return max(found, key=lambda one: one.margin, default=None)


def _bursts(
    now: Now,
    seen: Mapping[BurstKey, Sequence[Sighted]],
    tallies: Mapping[BurstKey, Tally],
    among: Iterable[BurstKey],
) -> list[Burst]:
    words = {key: seen[key] for key in seen if key.kind is KeyKind.WORD}
    said = {key: frozenset(one.signal for one in words[key]) for key in words}
    alike = SharedWords({key: (said[key], tallies.get(key, NONE).total) for key in said})
    found = (judged(now, key, seen[key], tallies.get(key, NONE), alike) for key in among)
    return [one for one in found if one is not None]


def judged(
    now: Now, key: BurstKey, seen: Sequence[Sighted], tally: Tally, alike: SharedWords
) -> Burst | None:
    """The most unlikely window of one key."""
    times = [one.at for one in seen]
    seen = seen[bisect_right(times, now.at - LONGEST) :]
    if len({one.person for one in seen}) < FEWEST or not is_worth(now, key, tally):
        return None
    if _is_usual_peak(now, seen, tally):
        return None
    usual = _usual(now, tally, len(times) - bisect_right(times, now.at - HOUR))
    best: Burst | None = None
    former = 0
    for minutes in (*WINDOWS, 60 * _slow_hours(now, usual, seen)):
        many = len(times) - bisect_right(times, now.at - 60 * minutes)
        if many == former:
            continue  # as many in a longer time are no more unlikely
        former = many
        if many < FEWEST:
            continue
        found = _window(now, key, seen[-many:], usual, minutes, alike)
        if found is not None and (best is None or found.margin > best.margin):
            best = found
    return best


def _slow_hours(now: Now, usual: Usual, seen: Sequence[Sighted]) -> int:
    """Since how many hours there are more people than usual, if that is a rise."""
    latest = {one.person: (now.at - one.at) // HOUR for one in seen}
    people = [0] * HOURS
    for back in latest.values():
        people[back] += 1
    rate = (usual.total + PRIOR) / now.known
    return began(people, [rate * level for level in now.levels])


def is_worth(now: Now, key: BurstKey, tally: Tally) -> bool:
    """Whether a key can say anything: a word that everyone uses cannot."""
    weeks = max(now.rhythm.weeks(now.hour), COLD)
    return key.kind is not KeyKind.WORD or tally.total / max(weeks, 1) <= COMMON


def pressure(now: Now, people: int, tally: Tally, exposure: float) -> float:
    """-log10 of the probability of so many people of a key in `exposure` hours."""
    return unlikeliness(people, *_usual(now, tally, 0).short, exposure)


def needed(now: Now, key: BurstKey) -> float:
    """-log10 of the probability at which a key is reported."""
    young = max(0.0, 1 - now.known / (YOUNG * max(now.level, 1.0)))
    base = YOUNGER * young + FIRST_MORNING * now.is_new
    base += ANYWHERE.get(key.kind, NEEDED[key.kind]) if not key.site else NEEDED[key.kind]
    return base * now.dearer.get(key.text, 1.0)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual of a key. Pairs: so many people in so many hours; `own` where the key has a rhythm of its own."""

    total: float
    short: tuple[float, float]
    own: tuple[float, float] | None
    share: float
    days: int

    def unlikeliness(self, people: int, exposure: float) -> float:
        score = unlikeliness(people, *self.short, exposure)
        return score if self.own is None else min(score, unlikeliness(people, *self.own, exposure))


def _usual(now: Now, tally: Tally, lately: int) -> Usual:
    same, share = tally.same(now.rhythm, now.hour), _share(now, tally)
    level = now.level * now.liveliness(lately)
    shared = _shared(now, level)
    seen = sum(same)
    own = (seen + OWN * share * now.level, len(same) + OWN) if len(same) >= 2 else None
    return Usual(tally.total, (seen + shared * share * level, len(same) + shared), own, share, len(same))


def _window(
    now: Now, key: BurstKey, inside: Sequence[Sighted], usual: Usual, minutes: int, alike: SharedWords
) -> Burst | None:
    people = {one.person for one in inside}
    if len(people) < FEWEST:
        return None
    exposure = minutes / 60
    if minutes <= 60:
        seen, slots = usual.short
        score = usual.unlikeliness(len(people), exposure)
    else:
        seen, slots = _slow(now, usual, minutes)
        score = unlikeliness(len(people), seen, slots, exposure)
    if key.kind not in (KeyKind.WORD, KeyKind.WIDE):
        score += alike.beyond(inside, people, usual.total)
    score += _wideness(now, inside, people)
    margin = score - needed(now, key) - (SLOWLY if minutes > 60 else 0)
    if margin < 0:
        return None
    usually = seen / slots * exposure if slots else 0.0
    return Burst(key, len(people), 60 * minutes, usually, margin, tuple(one.signal for one in inside))


def _slow(now: Now, usual: Usual, minutes: int) -> tuple[float, float]:
    """People of a key in an hour of the last ones, and in how many such hours."""
    hours = minutes // 60
    level = now.slow_level(hours)
    slots = _shared(now, level) + usual.days
    return slots * usual.share * level, slots


def _share(now: Now, tally: Tally) -> float:
    """The part of all signals that a key has."""
    return tally.total / now.known


def _shared(now: Now, level: float) -> float:
    """For how many hours of this level the share of a key is known."""
    return min(SHARED, now.known / max(level, 1e-9))


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
