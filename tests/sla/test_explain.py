"""The account of a clock: on any history it equals the row, and a changed row is noticed."""

from dataclasses import replace
from random import Random

import pytest

from bot.sla.calendar import BeyondCalendar
from bot.sla.clock import ClockState, Segment, SlaClock
from bot.sla.explain import account, split, waited
from tests.sla.histories import TARGETS, Ours, history, world
from tests.sla.test_clock import OFFICE, at

HOUR = 3600
OTHER = {"met": "missed", "missed": "met"}


@pytest.mark.parametrize("seed", range(100, 112))
def test_any_history_adds_up_to_the_row_and_a_changed_row_is_noticed(seed: int) -> None:
    random = Random(seed)
    found, told = world(random), 0
    for _ in range(25):
        acts = history(random, found)
        end = min([acts[-1].at + 86_400, *(calendar.end // 60 * 60 - 60 for calendar in found.calendars)])
        try:
            ours = Ours(found).play(acts, end)
        except BeyondCalendar:
            continue
        clock, spans = ours.clock, ours.segments
        assert clock is not None
        said = account(clock, spans, ours.now, end)
        assert said.agrees
        assert said.used_s + said.left_s == clock.target_s
        assert sum(one.seconds for one in said.stretches if one.runs) == said.used_s
        for forged in forgeries(clock):
            assert not account(forged, spans, ours.now, end).agrees, forged
            told += 1
    assert told or found.calendars[0].totals[-1] < max(TARGETS)  # a calendar that is hardly ever open


def forgeries(clock: SlaClock) -> list[SlaClock]:
    """The row with one fact changed."""
    lies = [replace(clock, consumed_s=clock.consumed_s + 60)]
    if clock.state is ClockState.RUNNING:
        assert clock.due_at is not None
        assert clock.running_since is not None
        lies += [
            replace(clock, due_at=clock.due_at + 60),
            replace(clock, running_since=clock.running_since - 60),
            replace(clock, state=ClockState.PAUSED),
            replace(clock, state=ClockState.STOPPED),
        ]
    elif clock.state is ClockState.PAUSED:
        lies += [replace(clock, running_since=clock.started_at), replace(clock, due_at=clock.started_at)]
    else:
        assert clock.outcome is not None
        assert clock.strict_outcome is not None
        lies += [
            replace(clock, strict_outcome=OTHER[clock.strict_outcome]),
            replace(clock, state=ClockState.RUNNING, running_since=clock.started_at),
        ]
        if (
            clock.void_reason is None
        ):  # else both can be: who lifts a breach later leaves the outcome as it was
            lies.append(replace(clock, outcome=OTHER[clock.outcome]))
    return lies


def test_time_is_told_by_whoever_had_the_ticket_and_nobody_twice() -> None:
    ran = [
        Segment(at("mon 10:00"), at("mon 14:00"), "started"),
        Segment(at("mon 16:00"), at("tue 11:00"), "resumed"),
    ]
    stints = [
        ("network", [Segment(at("mon 11:00"), at("mon 12:00"), "started")]),
        ("admins", [Segment(at("mon 16:00"), None, "started")]),
    ]
    used = split(ran, stints, OFFICE, at("tue 11:00"))
    assert used == {"network": HOUR, "admins": 4 * HOUR, "": 3 * HOUR}
    assert waited(ran, OFFICE, at("tue 15:00"), ended=True) == 2 * HOUR
    assert waited(ran, OFFICE, at("tue 15:00"), ended=False) == 6 * HOUR
