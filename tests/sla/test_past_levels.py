"""Levels past the target: "at 150 %" is counted like every other share, and only of a clock that is late."""

from __future__ import annotations

from dataclasses import replace

from bot.sla import clock as clocks
from bot.sla.clock import SlaClock
from bot.sla.ladder import Ladder, level
from tests.sla.test_clock import HOUR, OFFICE, at, fires

LADDER = Ladder((75,), every_s=HOUR, most=2, past=(150, 200))


def late(target_s: int = 4 * HOUR) -> SlaClock:
    """Opened on Monday at ten, missed at 14:00."""
    begun = clocks.start("resolution", target_s, at("mon 10:00"), OFFICE, LADDER).clock
    return clocks.reached(begun, OFFICE, LADDER, "100", at("mon 14:00")).clock


def test_a_share_past_the_target_begins_to_wait_with_the_breach() -> None:
    begun = clocks.start("resolution", 4 * HOUR, at("mon 10:00"), OFFICE, LADDER)
    assert fires(begun) == {"75": at("mon 13:00"), "100": at("mon 14:00")}
    turn = clocks.reached(begun.clock, OFFICE, LADDER, "100", at("mon 14:00"))
    assert fires(turn) == {"over:1": at("mon 15:00"), "150": at("mon 16:00"), "200": at("mon 18:00")}
    assert turn.clock.breached_at == at("mon 14:00")


def test_a_pause_of_a_late_clock_moves_what_is_past_the_target() -> None:
    still = clocks.pause(late(), OFFICE, at("mon 15:00"), "waiting_user").clock
    turn = clocks.resume(still, OFFICE, LADDER, ("75", "100"), at("tue 10:00"), "answered")
    assert fires(turn)["150"] == at("tue 11:00")
    assert fires(turn)["200"] == at("tue 13:00")


def test_a_share_that_was_passed_by_a_tighter_target_is_announced_at_once() -> None:
    turn = clocks.retarget(late(), 2 * HOUR, OFFICE, LADDER, [], ("75", "100"), at("mon 15:00"), floor_s=0)
    assert fires(turn)["150"] == at("mon 14:00")  # 13:00 by the new target, and it was not late before 14:00
    assert clocks.ripe(turn.clock, OFFICE, "150", at("mon 15:00"))


def test_nothing_is_past_the_target_of_a_clock_that_is_not_late() -> None:
    floored = replace(late(), breached_at=None, floor_until=at("mon 17:00"))
    turn = clocks.project(floored, OFFICE, LADDER, ("75",), at("mon 16:30"))
    assert fires(turn) == {"100": at("mon 17:00")}
    assert not clocks.ripe(turn.clock, OFFICE, "150", at("mon 16:30"))
    then = clocks.reached(turn.clock, OFFICE, LADDER, "100", at("mon 17:00"))
    assert fires(then)["150"] == at("mon 17:00")
    assert fires(then)["200"] == at("mon 18:00")


def test_past_the_target_ranks_above_every_repeat_and_changes_no_clock() -> None:
    assert level("90") < level("100") < level("over:50") < level("150") < level("200")
    assert clocks.reached(late(), OFFICE, LADDER, "150", at("mon 16:00")).timers == ()
