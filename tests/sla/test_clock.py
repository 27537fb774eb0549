"""One clock by hand: the cases of pausing, stopping, reopening and retargeting, one sentence each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sla import clock as clocks
from bot.sla.calendar import Calendar, Spec, compiled
from bot.sla.clock import ClockChange, ClockState, Segment, SlaClock, WrongState
from bot.sla.ladder import Ladder
from bot.sla.production import production
from bot.sla.windows import window
from bot.sla.zones import instant

HOUR = 3600
LADDER = Ladder((50, 75, 90), every_s=2 * HOUR, most=3)


def office(overrides: dict[date, tuple[tuple[int, int], ...]] | None = None) -> Calendar:
    """Monday to Friday, nine to six in Moscow, with the Russian holidays."""
    week = tuple((window("09:00-18:00"),) if day < 5 else () for day in range(7))
    first, last = date(2025, 1, 1), date(2027, 12, 31)
    return compiled(
        Spec("office", "Europe/Moscow", week, first, last, production("ru"), overrides=overrides or {})
    )


OFFICE = office()


def at(text: str) -> int:
    """Moscow wall time in the week of Monday 23 November 2026: "mon 10:00"."""
    day, _, clock = text.partition(" ")
    number = 23 + ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    hours, _, minutes = clock.partition(":")
    return instant(date(2026, 11, number), int(hours) * 60 + int(minutes), OFFICE.zone)


def begun(target_s: int = 8 * HOUR, when: str = "mon 10:00") -> SlaClock:
    """A resolution clock that runs."""
    return clocks.start("resolution", target_s, at(when), OFFICE, LADDER).clock


def paused(clock: SlaClock, when: str) -> SlaClock:
    return clocks.pause(clock, OFFICE, at(when), "waiting_user").clock


def resumed(clock: SlaClock, when: str) -> SlaClock:
    return clocks.resume(clock, OFFICE, LADDER, (), at(when), "resumed").clock


def fires(turn: ClockChange) -> dict[str, int]:
    return {timer.key: timer.fire_at for timer in turn.timers}


def test_levels_are_counted_forward_from_the_start_through_the_night() -> None:
    turn = clocks.start("resolution", 8 * HOUR, at("mon 12:00"), OFFICE, LADDER)
    assert fires(turn) == {
        "50": at("mon 16:00"),
        "75": at("mon 18:00"),
        "90": at("tue 10:12"),
        "100": at("tue 11:00"),
    }


def test_a_due_reached_at_closing_is_that_closing() -> None:
    assert begun(target_s=8 * HOUR, when="mon 10:00").due_at == at("mon 18:00")


@given(st.lists(st.integers(0, 9 * HOUR), max_size=12))
@settings(max_examples=60)
def test_pauses_of_no_length_never_move_the_due(instants: list[int]) -> None:
    clock = begun(40 * HOUR)
    due = clock.due_at
    for second in sorted(instants):
        still = clocks.pause(clock, OFFICE, at("mon 10:00") + second, "waiting_user").clock
        clock = clocks.resume(still, OFFICE, LADDER, (), at("mon 10:00") + second, "resumed").clock
        assert clock.due_at == due


@pytest.mark.parametrize(("start", "end"), [("mon 18:00", "tue 09:00"), ("mon 19:00", "mon 23:00")])
def test_a_pause_wholly_outside_hours_never_moves_the_due(start: str, end: str) -> None:
    clock = begun(20 * HOUR)
    assert resumed(paused(clock, start), end).due_at == clock.due_at


def test_a_paused_clock_has_no_due_and_keeps_what_was_left() -> None:
    still = paused(begun(), "mon 12:00")
    assert (still.due_at, still.running_since, clocks.left(still, OFFICE, at("fri 12:00"))) == (
        None,
        None,
        6 * HOUR,
    )
    assert resumed(still, "tue 10:00").due_at == at("tue 16:00")


def test_an_answer_at_the_weekend_runs_from_monday_opening() -> None:
    still = paused(begun(when="fri 16:00"), "fri 17:00")
    again = resumed(still, "sun 15:00")
    assert again.running_since == at("sun 15:00")
    assert clocks.left(again, OFFICE, at("sun 20:00")) == 7 * HOUR


def test_a_clock_stopped_at_its_due_is_met_and_a_second_later_missed() -> None:
    clock = begun()
    assert clock.due_at is not None
    on_time, late = (clocks.stop(clock, OFFICE, clock.due_at + more).clock for more in (0, 1))
    assert (on_time.outcome, on_time.strict_outcome) == ("met", "met")
    assert (late.outcome, late.breached_at) == ("missed", clock.due_at)


def test_overtime_at_night_costs_no_business_time() -> None:
    late = clocks.stop(begun(9 * HOUR, "mon 09:00"), OFFICE, at("mon 23:00")).clock
    assert (late.outcome, late.strict_outcome, late.overrun_s) == ("missed", "met", 0)


def test_the_overrun_stands_still_while_paused() -> None:
    clock = begun(4 * HOUR)
    rung = clocks.reached(clock, OFFICE, LADDER, "100", at("mon 14:00")).clock
    still = clocks.pause(rung, OFFICE, at("mon 16:00"), "waiting_user").clock
    assert (still.overrun_s, still.breached_at) == (2 * HOUR, at("mon 14:00"))
    assert clocks.left(still, OFFICE, at("fri 12:00")) == -2 * HOUR


def test_a_breach_that_nobody_announced_is_announced_at_the_resume() -> None:
    still = paused(begun(4 * HOUR), "mon 16:00")
    assert still.breached_at == at("mon 14:00")
    turn = clocks.resume(still, OFFICE, LADDER, (), at("tue 10:00"), "resumed")
    assert fires(turn) == {"100": at("tue 10:00")}


def test_repeats_are_counted_from_when_the_last_was_told() -> None:
    turn = clocks.reached(begun(4 * HOUR), OFFICE, LADDER, "100", at("mon 17:00"))
    assert fires(turn) == {"over:1": at("tue 10:00")}
    late = clocks.reached(turn.clock, OFFICE, LADDER, "over:3", at("wed 10:00"))
    assert fires(late) == {}


def test_a_tighter_target_leaves_the_floor_and_says_so() -> None:
    clock = begun(16 * HOUR)
    running = [Segment(clock.started_at, None, "started")]
    turn = clocks.retarget(clock, 2 * HOUR, OFFICE, LADDER, running, (), at("mon 15:00"), 1800)
    assert turn.clock.due_at == at("mon 15:30")
    assert turn.events[-1].data["floored"] is True
    assert not {"50", "75", "90"} & set(fires(turn))
    again = clocks.retarget(turn.clock, HOUR, OFFICE, LADDER, running, (), at("mon 15:10"), 1800)
    assert again.clock.due_at == at("mon 15:30")  # an existing floor is not renewed


def test_a_floor_granted_while_paused_counts_from_the_resume() -> None:
    still = paused(begun(16 * HOUR), "mon 15:00")
    segments = [Segment(still.started_at, at("mon 15:00"), "started", "waiting_user")]
    tight = clocks.retarget(still, 2 * HOUR, OFFICE, LADDER, segments, (), at("mon 16:00"), 1800).clock
    assert resumed(tight, "tue 12:00").due_at == at("tue 12:30")


def test_loosening_never_erases_a_breach() -> None:
    rung = clocks.reached(begun(4 * HOUR), OFFICE, LADDER, "100", at("mon 14:00")).clock
    running = [Segment(rung.started_at, None, "started")]
    turn = clocks.retarget(rung, 40 * HOUR, OFFICE, LADDER, running, ("100",), at("mon 15:00"), 1800)
    assert (turn.clock.is_late, turn.clock.due_at) == (True, at("mon 14:00"))


def test_a_corrected_calendar_voids_the_breach_that_it_undoes() -> None:
    rung = clocks.reached(begun(4 * HOUR), OFFICE, LADDER, "100", at("mon 14:00")).clock
    running = [Segment(rung.started_at, None, "started")]
    monday_off = office({date(2026, 11, 23): ()})
    turn = clocks.recalc(rung, monday_off, LADDER, running, ("100",), at("mon 15:00"), "calendar")
    assert (turn.clock.is_late, turn.clock.void_reason) == (False, "calendar")
    assert turn.clock.due_at == at("tue 13:00")
    assert "100:2" in fires(turn)  # a second breach has its own key: no key fires twice
    same = clocks.recalc(rung, OFFICE, LADDER, running, ("100",), at("mon 15:00"), "calendar")
    assert same.clock.is_late


def test_rebuilding_a_clock_from_its_segments_gives_the_same_clock() -> None:
    clock = resumed(paused(begun(20 * HOUR), "mon 12:00"), "tue 11:00")
    segments = [
        Segment(at("mon 10:00"), at("mon 12:00"), "started", "waiting_user"),
        Segment(at("tue 11:00"), None, "resumed"),
    ]
    blank = replace(clock, consumed_s=-1, due_at=None)
    assert clocks.recalc(blank, OFFICE, LADDER, segments, (), at("tue 12:00"), "audit").clock == clock


def test_a_due_past_the_end_of_the_calendar_is_no_due_and_says_so() -> None:
    end = instant(date(2027, 12, 30), 12 * 60, OFFICE.zone)
    turn = clocks.start("resolution", 90 * HOUR, end, OFFICE, LADDER)
    assert (turn.clock.due_at, turn.timers, [event.type for event in turn.events]) == (None, (), ["beyond"])
    stopped = clocks.stop(turn.clock, OFFICE, end + 10 * 24 * HOUR).clock
    assert (stopped.outcome, stopped.state) == ("met", ClockState.STOPPED)


@pytest.mark.parametrize("state", [ClockState.STOPPED, ClockState.CANCELLED])
def test_a_finished_clock_moves_only_by_reopening(state: ClockState) -> None:
    done = replace(begun(), state=state, running_since=None)
    with pytest.raises(WrongState):
        clocks.pause(done, OFFICE, at("tue 10:00"), "waiting_user")
    with pytest.raises(WrongState):
        clocks.stop(done, OFFICE, at("tue 10:00"))
    with pytest.raises(WrongState):
        clocks.retarget(done, HOUR, OFFICE, LADDER, (), (), at("tue 10:00"), 0)
    with pytest.raises(WrongState):
        clocks.recalc(done, OFFICE, LADDER, (), (), at("tue 10:00"), "calendar")
    with pytest.raises(WrongState):
        clocks.resume(done, OFFICE, LADDER, (), at("tue 10:00"), "resumed")
