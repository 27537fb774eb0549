"""Candidates in memory: which signal belongs to which candidate, and when a new one is needed. Pure.

A signal that has the key of an open candidate belongs to it and counts for nothing else. So two incidents at once are two
candidates, and one incident is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.problems.detection.burst import FEWEST, Burst, Now, Sighted, needed, pressure, worst
from bot.problems.detection.signals import BurstKey
from bot.problems.detection.usual import HOUR, Tally

QUIET = HOUR  # seconds without a new signal after which a candidate is closed
HELD = 15 * 60  # seconds for which a candidate takes every signal of its key
CALM = 2.5  # -log10 of the probability below which its key is back to normal
MORE = 1.0  # beyond what is needed: as many new people are brought up again
SAME = 0.4  # of the people of a burst: it is the candidate that has them already


@dataclass(frozen=True, slots=True)
class OpenCandidate:
    """An open candidate: `raised_at` is when it was last brought up, `people` who is in it, `first` who was by then."""

    id: int
    key: BurstKey
    raised_at: int
    last_at: int
    people: frozenset[int]
    first: frozenset[int]


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a signal leads to. `joined`: it belongs to this candidate, to which `grown` are to be brought up again;
    `closed` are over; `burst` is a new candidate, or what joins `joined`."""

    joined: int | None = None
    grown: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    burst: Burst | None = None


@dataclass(frozen=True, slots=True)
class KeyEvidence:
    """What is known at a moment of the keys of a signal: `seen` with the signals of all candidates, `free` without them;
    `doubtful` are those that may be too many, None: any."""

    seen: Mapping[BurstKey, Sequence[Sighted]]
    free: Mapping[BurstKey, Sequence[Sighted]]
    tallies: Mapping[BurstKey, Tally]
    doubtful: Sequence[BurstKey] | None = None


def judge(now: Now, evidence: KeyEvidence, standing: Sequence[OpenCandidate]) -> Belonging:
    """Where the newest signal belongs."""
    closed = [one.id for one in standing if now.at - one.last_at > QUIET]
    alive = [one for one in standing if one.id not in closed]
    mine = next((one for one in alive if one.key in evidence.seen), None)
    if mine is not None:
        grown = _grown(now, mine, evidence)
        if grown or _goes_on(now, mine, evidence):
            return Belonging(mine.id, grown, tuple(closed))
        closed.append(mine.id)
        alive.remove(mine)
    burst = worst(now, evidence.free, evidence.tallies, evidence.doubtful)
    if burst is None:
        return Belonging(closed=tuple(closed))
    inside = set(burst.signals)
    people = {one.person for one in evidence.free[burst.key] if one.signal in inside}
    same = next((one for one in alive if len(people & one.people) >= SAME * len(people)), None)
    return Belonging(same.id if same is not None else None, (), tuple(closed), burst)


def _goes_on(now: Now, mine: OpenCandidate, evidence: KeyEvidence) -> bool:
    if now.at - mine.raised_at < HELD:
        return True
    lately = {one.person for one in evidence.seen[mine.key] if one.at > now.at - HOUR // 2}
    return pressure(now, len(lately), _tally(evidence, mine.key), 0.5) >= CALM


def _grown(now: Now, mine: OpenCandidate, evidence: KeyEvidence) -> tuple[int, ...]:
    """The signals of people who came since it was brought up, when they alone would be too many."""
    since = max(now.at - HOUR, mine.raised_at)
    fresh = {one.person: one.signal for one in evidence.seen[mine.key] if one.at > since}
    fresh = {person: signal for person, signal in fresh.items() if person not in mine.first}
    if now.at - mine.raised_at < HELD or len(fresh) < FEWEST:
        return ()
    span = min(1.0, max(0.25, (now.at - mine.raised_at) / HOUR))
    many = pressure(now, len(fresh), _tally(evidence, mine.key), span)
    return tuple(sorted(fresh.values())) if many >= needed(now, mine.key) + MORE else ()


def _tally(evidence: KeyEvidence, key: BurstKey) -> Tally:
    return evidence.tallies.get(key, Tally(0, {}))
