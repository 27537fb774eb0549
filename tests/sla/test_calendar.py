"""Business time: the laws of the arithmetic, and equality with an oracle that walks minute by minute."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sla.calendar import BeyondCalendar, Calendar, compiled
from tests.sla.minute_walk import MinuteWalk
from tests.sla.random_calendars import authored, spec


def calendar(seed: int) -> Calendar:
    """The first random calendar from this seed on that opens at all."""
    random = Random(seed)
    while True:
        found = spec(authored(random))
        if found is not None:
            return compiled(found)


CALENDARS = [calendar(seed) for seed in range(120)]
calendars = st.sampled_from(CALENDARS)


@st.composite
def moments(draw: st.DrawFn) -> tuple[Calendar, int]:
    """A calendar and an instant it covers."""
    found = draw(calendars)
    return found, draw(st.integers(found.begin, found.end))


@pytest.mark.parametrize("seed", range(40))
def test_business_time_equals_a_walk_over_every_minute(seed: int) -> None:
    random = Random(seed)
    data = authored(random)
    found = spec(data)
    walk = MinuteWalk(data)
    if found is None:
        assert not any(walk.open)
        return
    ours = compiled(found)
    for _ in range(60):
        start, end = (random.randint(ours.begin, ours.end) for _ in range(2))
        assert ours.elapsed(start, end) == max(0, walk.passed(end) - walk.passed(start))
        seconds = random.choice([0, 1, 60, random.randint(0, ours.totals[-1])])
        try:
            assert ours.add(start, seconds) == walk.add(start, seconds)
        except BeyondCalendar:
            assert walk.add(start, seconds) is None


@given(moments(), st.integers(0, 400_000))
@settings(max_examples=400)
def test_what_was_added_has_elapsed(moment: tuple[Calendar, int], seconds: int) -> None:
    found, start = moment
    try:
        due = found.add(start, seconds)
    except BeyondCalendar:
        assert found.totals[-1] - found.passed(start) < seconds
        return
    assert found.elapsed(start, due) == seconds
    assert due >= start
    assert due == start or found.elapsed(start, due - 1) < seconds  # and no earlier instant would do


@given(moments(), st.integers(0, 90_000), st.integers(0, 90_000))
@settings(max_examples=400)
def test_adding_twice_is_adding_the_sum_and_more_is_never_earlier(
    moment: tuple[Calendar, int], some: int, more: int
) -> None:
    found, start = moment
    try:
        both = found.add(start, some + more)
    except BeyondCalendar:
        return
    assert found.add(found.add(start, some), more) == both
    assert found.add(start, some) <= both


@given(calendars, st.data())
@settings(max_examples=400)
def test_business_time_never_runs_backwards_or_faster_than_real_time(
    found: Calendar, data: st.DataObject
) -> None:
    early = data.draw(st.integers(found.begin, found.end))
    late = data.draw(st.integers(early, found.end))
    assert 0 <= found.elapsed(early, late) <= late - early
    assert found.elapsed(late, early) == 0


@pytest.mark.parametrize("off", [-1, 1])
def test_a_calendar_refuses_to_guess_past_its_edges(off: int) -> None:
    found = CALENDARS[0]
    edge = found.begin if off < 0 else found.end
    with pytest.raises(BeyondCalendar):
        found.passed(edge + off)
