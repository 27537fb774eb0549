"""The arithmetic of a clock: running spans, pauses, their business time, and whether it equals the stored values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.sla import clock as clocks
from bot.sla.calendar import Calendar
from bot.sla.clock import ClockState, Segment, SlaClock
from bot.sla.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span between two instants (UTC seconds): the business `seconds` counted, or 0 for a pause."""

    started_at: int
    ended_at: int
    seconds: int
    runs: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ClockAccount:
    """What a clock has used of its target, in business seconds, recomputed from its history.

    `agrees` says whether that equals the clock's row; it must.
    """

    clock: SlaClock
    stretches: tuple[Stretch, ...]
    used_s: int
    left_s: int
    agrees: bool


def account(clock: SlaClock, segments: Sequence[Segment], calendar: Calendar, now: int) -> ClockAccount:
    """The whole history of a clock until `now`, recomputed in its calendar."""
    stretches: list[Stretch] = []
    for number, one in enumerate(segments):
        end = max(now, one.started_at) if one.ended_at is None else one.ended_at
        if number and segments[number - 1].ended_at is not None:
            before = segments[number - 1]
            stretches.append(Stretch(before.ended_at or 0, one.started_at, 0, False, before.end_reason or ""))
        seconds = calendar.spent(one.started_at, end)
        stretches.append(Stretch(one.started_at, end, seconds, True, one.start_reason))
    if segments and clock.state is ClockState.PAUSED:
        last = segments[-1]
        stretches.append(Stretch(last.ended_at or 0, now, 0, False, last.end_reason or ""))
    used = sum(stretch.seconds for stretch in stretches)
    return ClockAccount(
        clock, tuple(stretches), used, clock.target_s - used, _agrees(clock, segments, calendar)
    )


def split(
    segments: Sequence[Segment], stints: Sequence[tuple[str, Sequence[Segment]]], calendar: Calendar, now: int
) -> dict[str, int]:
    """The business seconds of a clock by the team that had the ticket; "" = time that no stint covers."""
    used: dict[str, int] = {}
    whole = 0
    for one in segments:
        start, end = one.started_at, now if one.ended_at is None else one.ended_at
        whole += calendar.spent(start, end)
        for team, theirs in stints:
            for other in theirs:
                first = max(start, other.started_at)
                last = min(end, now if other.ended_at is None else other.ended_at)
                used[team] = used.get(team, 0) + calendar.spent(first, max(first, last))
    return used | {"": whole - sum(used.values())}


def waited(segments: Sequence[Segment], calendar: Calendar, now: int, *, ended: bool) -> int:
    """The business seconds of a clock's pauses between its segments, and after the last unless it has `ended`."""
    edges = [(one.started_at, one.ended_at) for one in segments]
    stood = sum(
        calendar.spent(before[1], after[0]) for before, after in pairwise(edges) if before[1] is not None
    )
    last = edges[-1][1] if edges else None
    return stood + (calendar.spent(last, max(last, now)) if last is not None and not ended else 0)


def _agrees(clock: SlaClock, segments: Sequence[Segment], calendar: Calendar) -> bool:
    """Whether the row follows from the segments: what was used, since when it runs, when it is due, how it ended."""
    if not segments or clock.consumed_s != clocks.consumed(segments, calendar):
        return False
    last, closed = segments[-1], [one.ended_at for one in segments[:-1]]
    if None in closed or any(one.started_at > other.started_at for one, other in pairwise(segments)):
        return False
    if clock.state is ClockState.RUNNING:
        again = clocks.project(clock, calendar, Ladder(), (), last.started_at).clock
        return last.ended_at is None and clock.running_since == last.started_at and again == clock
    if last.ended_at is None or clock.running_since is not None or clock.due_at is not None:
        return False
    if clock.state is not ClockState.STOPPED:
        return clock.outcome is None
    kept = "met" if clock.consumed_s <= clock.target_s else "missed"
    missed = clock.breached_at is not None and (clock.void_reason is None or clock.outcome == "missed")
    return clock.strict_outcome == kept and clock.outcome == ("missed" if missed else "met")
