"""Telegram's limits, computed in steady seconds; nothing here waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from bot.telegram.limits import Limit, Limits, Meter

LIMITS = Limits(overall=Limit(25, 1.0), private=Limit(1, 1.0), burst=9, group=Limit(18, 60.0), rush=12)


def spoken(meter: Meter, chats: list[str], seconds: float, step: float = 0.25) -> list[tuple[float, str]]:
    """Send to every chat that may get a message, every `step`, for so long."""
    calls: list[tuple[float, str]] = []
    for tick in range(int(seconds / step)):
        steady = 1000.0 + tick * step
        shut = meter.waiting(steady)
        for chat in chats:
            if chat not in shut and meter.overall_room(steady) > 0:
                meter.spend(chat, steady, is_group=chat.startswith("team:"))
                calls.append((steady, chat))
    return calls


def most_within(calls: list[tuple[float, str]], seconds: float) -> int:
    times = [when for when, _ in calls]
    return max(sum(1 for other in times if when <= other < when + seconds) for when in times)


def test_a_group_hears_seventeen_a_minute_of_talk_twelve_of_them_at_once() -> None:
    calls = spoken(Meter(LIMITS), ["team:a"], 240)
    assert most_within(calls, 60.0) == 17
    assert len(calls) >= 17 * 4
    assert [when for when, _ in calls][11] < 1003.0


def test_a_group_hears_eighteen_a_minute_when_alarms_are_among_them_and_not_one_more() -> None:
    meter, calls = Meter(LIMITS), []
    for tick in range(240 * 4):
        steady = 1000.0 + tick / 4
        if "team:a" not in meter.waiting(steady, urgent=tick % 80 == 79):
            meter.spend("team:a", steady, is_group=True)
            calls.append((steady, "team:a"))
    assert most_within(calls, 60.0) == 18


@given(some.lists(some.floats(0.0, 5.0), min_size=1, max_size=80), some.floats(0.0, 5.0))
def test_an_alarm_finds_a_place_at_once_however_much_was_said_before(
    gaps: list[float], moment: float
) -> None:
    meter, steady = Meter(LIMITS), 1000.0
    for gap in gaps:
        steady = max(steady + gap, meter.waiting(steady + gap).get("team:a", 0.0))
        meter.spend("team:a", steady, is_group=True)
    assert meter.waiting(steady + moment, urgent=True) == {}


def test_a_rested_person_hears_a_burst_and_then_one_a_second() -> None:
    calls = spoken(Meter(LIMITS), ["person:1"], 100)
    assert most_within(calls, 1.0) <= 10
    assert 100 <= len(calls) <= 100 + 9


def test_all_together_never_hear_more_than_twenty_five_a_second() -> None:
    calls = spoken(Meter(LIMITS), [f"person:{n}" for n in range(200)], 20)
    assert most_within(calls, 1.0) == 25
    assert len(calls) >= 24 * 20


def test_a_full_group_does_not_hold_others_back() -> None:
    meter = Meter(LIMITS)
    for _ in range(18):
        meter.spend("team:a", 1000.0, is_group=True)
    assert set(meter.waiting(1010.0)) == {"team:a"}
    assert meter.overall_room(1010.0) == 25


def test_what_a_429_has_taught_of_a_group_is_kept_and_forgotten_slowly_and_never_above_the_limit() -> None:
    meter = Meter(LIMITS)
    meter.refused("team:a", 1000.0, 1030.0, is_group=True)
    assert meter.waiting(1000.0) == {"team:a": 1030.0}
    calls = []
    for steady in map(float, range(1030, 4000)):
        if "team:a" not in meter.waiting(steady, urgent=True):
            meter.spend("team:a", steady, is_group=True)
            calls.append((steady, "team:a"))
    assert most_within([one for one in calls if one[0] < 1600], 60.0) == 17
    assert most_within([one for one in calls if one[0] > 1660], 60.0) == 18


def test_a_429_of_a_person_lowers_what_all_together_hear() -> None:
    meter = Meter(LIMITS)
    for _ in range(3):
        meter.refused("person:1", 1000.0, 1001.0, is_group=False)
    assert meter.overall_room(1002.0) == 22
    assert meter.overall_room(1002.0 + 3 * 600) == 25


def test_a_private_chat_refused_twice_waits_no_longer_than_telegram_says() -> None:
    meter = Meter(LIMITS)
    for at in (1000.0, 1001.0, 1002.0):
        meter.refused("person:1", at, at + 1.0, is_group=False)
    assert meter.waiting(1002.5) == {"person:1": 1003.0}
    assert meter.waiting(1003.0) == {}


def test_refusals_alone_never_silence_a_bot() -> None:
    meter = Meter(LIMITS)
    for _ in range(100):
        meter.refused("person:1", 1000.0, 1001.0, is_group=False)
    assert meter.overall_room(1002.0) == 13


def test_alarms_that_come_every_ten_seconds_find_a_place_within_two_in_a_group_that_is_talked_to() -> None:
    meter, late = Meter(Limits()), []
    for tick in range(1200):
        steady = 1000.0 + tick / 4
        if tick % 40 == 39:
            late.append(meter.waiting(steady, urgent=True).get("team:a", steady) - steady)
            meter.spend("team:a", steady, is_group=True, urgent=True)
        if "team:a" not in meter.waiting(steady):
            meter.spend("team:a", steady, is_group=True)
    assert max(late) <= 2.0


def test_retry_after_closes_one_chat_for_as_long_as_telegram_says() -> None:
    meter = Meter(LIMITS)
    meter.close("person:1", 1030.0)
    assert meter.waiting(1029.9) == {"person:1": 1030.0}
    assert meter.waiting(1030.0) == {}


def test_an_outage_closes_everybody() -> None:
    meter = Meter(LIMITS)
    meter.close(None, 1030.0)
    assert meter.overall_room(1029.0) == 0
    assert meter.overall_free_at(1029.0) == 1030.0
    assert meter.overall_room(1030.0) == 25


def test_a_chat_that_rests_is_forgotten() -> None:
    meter = Meter(LIMITS)
    for number in range(1000):
        meter.spend(f"person:{number}", 1000.0 + number, is_group=False)
    meter.waiting(3000.0)
    assert meter._chats == {}


@given(some.lists(some.floats(0.0, 5.0), min_size=1, max_size=80))
def test_whatever_the_gaps_no_minute_holds_more_than_eighteen(gaps: list[float]) -> None:
    meter, steady, calls = Meter(LIMITS), 1000.0, []
    for gap in gaps:
        steady = max(steady + gap, meter.waiting(steady + gap).get("team:a", 0.0))
        meter.spend("team:a", steady, is_group=True)
        calls.append((steady, "team:a"))
    assert most_within(calls, 59.999) <= 18
