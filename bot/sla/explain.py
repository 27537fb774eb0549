"""The arithmetic of a clock, told: which spans ran, which stood still, what they cost, and whether it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sla.calendar import Calendar
from bot.sla.clock import Clock, Segment, State


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span between two instants (UTC seconds): business `seconds` that were counted, or 0 while it stood still."""

    started_at: int
    ended_at: int
    seconds: int
    runs: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a clock has used of its target, in business seconds, recomputed from its history.

    `agrees` says whether that equals what the clock's own row remembers; it must.
    """

    clock: Clock
    stretches: tuple[Stretch, ...]
    used_s: int
    left_s: int
    agrees: bool


def account(clock: Clock, segments: Sequence[Segment], calendar: Calendar, now: int) -> Account:
    """The whole history of a clock until `now`, replayed in the calendar that measures it."""
    stretches: list[Stretch] = []
    for number, one in enumerate(segments):
        end = max(now, one.started_at) if one.ended_at is None else one.ended_at
        if number and segments[number - 1].ended_at is not None:
            before = segments[number - 1]
            stretches.append(Stretch(before.ended_at or 0, one.started_at, 0, False, before.end_reason or ""))
        seconds = calendar.spent(one.started_at, end)
        stretches.append(Stretch(one.started_at, end, seconds, True, one.start_reason))
    if segments and clock.state is State.PAUSED:
        last = segments[-1]
        stretches.append(Stretch(last.ended_at or 0, now, 0, False, last.end_reason or ""))
    used = sum(stretch.seconds for stretch in stretches)
    return Account(clock, tuple(stretches), used, clock.target_s - used, _agrees(clock, stretches))


def _agrees(clock: Clock, stretches: Sequence[Stretch]) -> bool:
    running = [stretch for stretch in stretches if stretch.runs]
    closed = running[:-1] if clock.state is State.RUNNING else running
    same = sum(stretch.seconds for stretch in closed) == clock.consumed_s
    return same and (clock.running_since is None or running[-1].started_at == clock.running_since)
