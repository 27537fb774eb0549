"""One SLA clock, pure: pausing, stopping, reopening and retargeting, and which levels fire when.

Consumed time is the sum of business seconds of the *running* segments, recomputed in the current calendar; a pause is
never added to a due time. Every level is computed forward from the start.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.errors import FirstlineError
from bot.sla.calendar import Calendar
from bot.sla.ladder import (
    BREACH,
    Ladder,
    LevelTimer,
    is_past,
    is_repeat,
    level,
    next_breach,
    over,
    percent,
    repeat,
)

BEYOND = 2**40  # an instant past the end of every calendar


class ClockState(StrEnum):
    """Whether business time is consumed. At night a clock is running, although the calendar is closed."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class WrongState(FirstlineError):
    """A clock in this state cannot do that."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A span in which the clock ran: UTC seconds, `ended_at` None while it runs. Append-only."""

    started_at: int
    ended_at: int | None
    start_reason: str
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One clock: a target in business seconds of its calendar. Instants are UTC seconds.

    `consumed_s` counts closed segments; `due_at` and `running_since` are None unless running. After a tightening or a
    reopening it is never due before `floor_until`; `floor_s` is that floor while paused. A `void_reason` cancels
    `breached_at`.
    """

    kind: str
    target_s: int
    state: ClockState
    started_at: int
    scope: str = ""
    cycle: int = 1
    consumed_s: int = 0
    running_since: int | None = None
    due_at: int | None = None
    floor_until: int | None = None
    floor_s: int = 0
    stopped_at: int | None = None
    outcome: str | None = None
    strict_outcome: str | None = None
    breached_at: int | None = None
    breach_target_s: int | None = None
    """The target that was missed: what a later retarget may not excuse."""
    overrun_s: int = 0
    void_reason: str | None = None

    @property
    def is_late(self) -> bool:
        """Whether a deadline was missed and not voided."""
        return self.breached_at is not None and self.void_reason is None


@dataclass(frozen=True, slots=True)
class Event:
    """An event for the audit trail."""

    type: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The result of one operation. `timers` are all that must fire from now on."""

    clock: SlaClock
    opened: Segment | None = None
    closed: Segment | None = None
    timers: tuple[LevelTimer, ...] = ()
    events: tuple[Event, ...] = ()


def start(
    kind: str, target_s: int, at: int, calendar: Calendar, ladder: Ladder, *, scope: str = "", cycle: int = 1
) -> ClockChange:
    """A new clock that runs from `at`; `scope` is the team of an OLA clock."""
    clock = SlaClock(kind, target_s, ClockState.RUNNING, at, scope, cycle, running_since=at)
    return replace(project(clock, calendar, ladder, (), at), opened=Segment(at, None, "started"))


def project(
    clock: SlaClock, calendar: Calendar, ladder: Ladder, fired: Collection[str], now: int
) -> ClockChange:
    """The only place that computes a due time and its timers; `fired` keys never fire again in a cycle.

    A late clock keeps the due time it missed, and fires at once if that has not been announced. Past the end of the
    calendar there is no due time: the event "beyond" reports it.
    """
    since = _running(clock)
    if clock.is_late:
        told = any(level(key) == 100 for key in fired)
        clock = replace(clock, due_at=clock.breached_at)
        if not told:
            return ClockChange(clock, timers=(LevelTimer(BREACH, 100, now),))
        timers = repeat(calendar, ladder, fired, now) + _past(clock, calendar, ladder, fired)
        return ClockChange(clock, timers=timers)
    due = calendar.later(since, clock.target_s - clock.consumed_s)
    if due is None or clock.floor_until == BEYOND:
        return ClockChange(replace(clock, due_at=None), events=(Event("beyond", {"kind": clock.kind}),))
    clock = replace(clock, due_at=max(due, clock.floor_until or 0))
    assert clock.due_at is not None
    used = clock.consumed_s + calendar.spent(since, max(since, now))
    armed: list[LevelTimer] = []
    for key in (*map(str, ladder.percents), *ladder.acts):
        threshold = _share(clock, key)
        if key in fired:
            continue
        if (
            threshold > used or key in ladder.acts
        ):  # otherwise it was passed before a change of the clock's facts
            armed.append(LevelTimer(key, level(key), calendar.add(since, threshold - clock.consumed_s)))
    armed.append(LevelTimer(next_breach(fired), 100, clock.due_at))
    return ClockChange(clock, timers=tuple(armed))


def pause(clock: SlaClock, calendar: Calendar, at: int, reason: str) -> ClockChange:
    """Pause from `at`. A deadline that passed before is still missed. Raises WrongState."""
    clock, segment, events = _close(clock, calendar, at, reason)
    return ClockChange(replace(clock, state=ClockState.PAUSED), closed=segment, events=events)


def resume(
    clock: SlaClock, calendar: Calendar, ladder: Ladder, fired: Collection[str], at: int, reason: str
) -> ClockChange:
    """Resume from `at`, with what was left. Raises WrongState."""
    if clock.state is not ClockState.PAUSED:
        raise WrongState(f"resume: {clock.state}")
    floor = _floor(calendar, at, clock.floor_s) if clock.floor_s else clock.floor_until
    running = replace(clock, state=ClockState.RUNNING, running_since=at, floor_until=floor, floor_s=0)
    return replace(project(running, calendar, ladder, fired, at), opened=Segment(at, None, reason))


def stop(clock: SlaClock, calendar: Calendar, at: int) -> ClockChange:
    """End the clock: met when `at`, the instant of the event, is not after the due time.

    A breach that was noticed before a stop in time was processed is voided, with that reason.
    """
    if clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        raise WrongState(f"stop: {clock.state}")
    segment: Segment | None = None
    events: tuple[Event, ...] = ()
    if clock.state is ClockState.RUNNING:
        clock, segment, events = _close(clock, calendar, at, "stopped")
    outcome = "missed" if clock.is_late else "met"
    strict = "met" if clock.consumed_s <= clock.target_s else "missed"
    done = replace(clock, state=ClockState.STOPPED, stopped_at=at, outcome=outcome, strict_outcome=strict)
    return ClockChange(done, closed=segment, events=events)


def cancel(clock: SlaClock, calendar: Calendar, at: int) -> ClockChange:
    """The clock is no longer needed: neither met nor missed, but an earlier breach stays."""
    segment: Segment | None = None
    events: tuple[Event, ...] = ()
    if clock.state is ClockState.RUNNING:
        clock, segment, events = _close(clock, calendar, at, "cancelled")
    cancelled = replace(clock, state=ClockState.CANCELLED, stopped_at=at)
    return ClockChange(cancelled, closed=segment, events=events)


def reopen(
    clock: SlaClock, calendar: Calendar, ladder: Ladder, fired: Collection[str], at: int, floor_s: int
) -> ClockChange:
    """Continue the same clock: the time since it stopped was a pause; due is at least `floor_s` away."""
    if clock.state is not ClockState.STOPPED:
        raise WrongState(f"reopen: {clock.state}")
    running = replace(
        clock,
        state=ClockState.RUNNING,
        running_since=at,
        stopped_at=None,
        outcome=None,
        strict_outcome=None,
        floor_until=_floor(calendar, at, floor_s),
        floor_s=0,
    )
    return replace(project(running, calendar, ladder, fired, at), opened=Segment(at, None, "reopened"))


def retarget(
    clock: SlaClock,
    target_s: int,
    calendar: Calendar,
    ladder: Ladder,
    segments: Iterable[Segment],
    fired: Collection[str],
    at: int,
    floor_s: int,
) -> ClockChange:
    """Change the target or the calendar and recompute the closed segments, so that no elapsed time is lost or gained.

    When the due time comes nearer, it stays at least `floor_s` business seconds from `at`; an existing floor is not
    renewed. A missed deadline stays missed. `segments` are all of the clock. Raises WrongState.
    """
    if clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        raise WrongState(f"retarget: {clock.state}")
    before = clock
    clock = replace(clock, target_s=target_s, consumed_s=consumed(segments, calendar))
    if clock.state is ClockState.PAUSED:
        tighter = target_s - clock.consumed_s < min(floor_s, before.target_s - before.consumed_s)
        clock = replace(clock, floor_s=floor_s if tighter else before.floor_s)
        return ClockChange(clock, events=(_retargeted(before, clock, floored=tighter),))
    turn = project(clock, calendar, ladder, fired, at)
    floored = False
    if before.due_at is not None and turn.clock.due_at is not None and turn.clock.due_at < before.due_at:
        floor = _floor(calendar, at, floor_s)
        stands = clock.floor_until is not None and clock.floor_until > at
        floored = turn.clock.due_at < floor and not stands and not clock.is_late
        if floored:
            turn = project(replace(clock, floor_until=floor), calendar, ladder, fired, at)
    return replace(turn, events=(*turn.events, _retargeted(before, turn.clock, floored=floored)))


def recalc(
    clock: SlaClock,
    calendar: Calendar,
    ladder: Ladder,
    segments: Iterable[Segment],
    fired: Collection[str],
    at: int,
    reason: str,
) -> ClockChange:
    """The calendar was corrected: recompute with it. A breach that this undoes is voided with `reason`.

    Finished clocks are frozen and must not be recomputed. Raises WrongState.
    """
    if clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        raise WrongState(f"recalc: {clock.state}")
    segments = tuple(segments)
    clock = replace(clock, consumed_s=consumed(segments, calendar))
    events: tuple[Event, ...] = ()
    if clock.is_late and _undone(clock, segments, calendar):
        clock, events = _void(clock, reason)
    if clock.state is ClockState.PAUSED:
        return ClockChange(clock, events=events)
    turn = project(clock, calendar, ladder, fired, at)
    return replace(turn, events=(*turn.events, *events))


def ripe(clock: SlaClock, calendar: Calendar, key: str, now: int) -> bool:
    """Whether the level is really reached at `now`: a guard against clock jumps and changed facts."""
    if clock.state is not ClockState.RUNNING:
        return False
    if is_repeat(key):
        return clock.is_late
    if level(key) == 100:
        return clock.due_at is not None and now >= clock.due_at
    if is_past(key) and not clock.is_late:
        return False
    since = _running(clock)
    used = clock.consumed_s + calendar.spent(since, max(since, now))
    return used >= _share(clock, key)


def reached(clock: SlaClock, calendar: Calendar, ladder: Ladder, key: str, now: int) -> ClockChange:
    """A level has fired: at 100 the breach is recorded, dated at the due time; the next repeat is counted from `now`.

    Shares past the target begin to wait with the breach, so that a later one never passes over it.
    """
    if level(key) < 100 or is_past(key):
        return ClockChange(clock)
    if is_repeat(key):
        return ClockChange(clock, timers=over(calendar, ladder, level(key) - 99, now))
    events: tuple[Event, ...] = ()
    if not clock.is_late:
        clock, events = _missed(clock)
    timers = over(calendar, ladder, 1, now) + _past(clock, calendar, ladder, ())
    return ClockChange(clock, timers=timers, events=events)


def consumed(segments: Iterable[Segment], calendar: Calendar) -> int:
    return sum(calendar.spent(one.started_at, one.ended_at) for one in segments if one.ended_at is not None)


def left(clock: SlaClock, calendar: Calendar, now: int) -> int:
    """Business seconds left of the target at `now`; negative when exceeded."""
    used = clock.consumed_s
    if clock.running_since is not None:
        used += calendar.spent(clock.running_since, max(clock.running_since, now))
    return clock.target_s - used


def _share(clock: SlaClock, key: str) -> int:
    """The business seconds of the target at which a level fires."""
    return clock.target_s * percent(key) // 100


def _past(
    clock: SlaClock, calendar: Calendar, ladder: Ladder, fired: Collection[str]
) -> tuple[LevelTimer, ...]:
    """The shares past the target of a late clock that have not fired; never before the deadline that was missed."""
    keys = [key for key in map(str, ladder.past) if key not in fired]
    moments = {key: calendar.later(_running(clock), _share(clock, key) - clock.consumed_s) for key in keys}
    missed = clock.breached_at or 0
    return tuple(
        LevelTimer(key, level(key), max(at, missed)) for key, at in moments.items() if at is not None
    )


def _floor(calendar: Calendar, at: int, seconds: int) -> int:
    """The instant before which a clock is not due; BEYOND when the calendar ends earlier."""
    later = calendar.later(at, seconds)
    return BEYOND if later is None else later


def _running(clock: SlaClock) -> int:
    if clock.state is not ClockState.RUNNING or clock.running_since is None:
        raise WrongState(f"{clock.kind}: {clock.state}")
    return clock.running_since


def _close(
    clock: SlaClock, calendar: Calendar, at: int, reason: str
) -> tuple[SlaClock, Segment, tuple[Event, ...]]:
    """End the running segment at `at`: a passed due time is missed, a breach noticed too soon is voided."""
    since = _running(clock)
    end = max(since, at)  # events may arrive out of order; a segment never runs backwards
    used = clock.consumed_s + calendar.spent(since, end)
    events: tuple[Event, ...] = ()
    if clock.is_late and clock.breached_at is not None and end <= clock.breached_at:
        clock, events = _void(clock, f"{reason}_in_time")
    elif not clock.is_late and clock.due_at is not None and end > clock.due_at:
        clock, events = _missed(clock)
    closed = replace(
        clock, consumed_s=used, running_since=None, due_at=None, overrun_s=max(0, used - clock.target_s)
    )
    return closed, Segment(since, end, "", reason), events


def _undone(clock: SlaClock, segments: Iterable[Segment], calendar: Calendar) -> bool:
    """Whether, by this calendar, the missed target was not used up when the breach was dated."""
    breach = clock.breached_at or 0
    spans = [
        (one.started_at, breach if one.ended_at is None else min(one.ended_at, breach)) for one in segments
    ]
    used = sum(calendar.spent(start, end) for start, end in spans if start < end)
    return used < (clock.breach_target_s or clock.target_s)


def _void(clock: SlaClock, reason: str) -> tuple[SlaClock, tuple[Event, ...]]:
    event = Event("void", {"kind": clock.kind, "reason": reason, "breached_at": clock.breached_at})
    return replace(clock, void_reason=reason), (event,)


def _missed(clock: SlaClock) -> tuple[SlaClock, tuple[Event, ...]]:
    late = replace(clock, breached_at=clock.due_at, breach_target_s=clock.target_s, void_reason=None)
    return late, (Event("breach", {"kind": clock.kind, "breached_at": clock.due_at}),)


def _retargeted(before: SlaClock, after: SlaClock, *, floored: bool) -> Event:
    facts = {"kind": after.kind, "from_s": before.target_s, "to_s": after.target_s, "floored": floored}
    return Event("retarget", facts | {"due_at": after.due_at})
