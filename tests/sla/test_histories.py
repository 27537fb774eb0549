"""Equality of the clock with an oracle that walks minute by minute, on random histories."""

from random import Random

import pytest

from bot.sla.calendar import BeyondCalendar
from tests.sla.histories import Oracle, Ours, World, history, world


def same(random: Random, found: World) -> bool | None:
    """Play one random history twice and compare every fact; None when it runs off the calendars' edge."""
    acts = history(random, found)
    end = acts[-1].at + random.choice([0, 600, 86_400])
    end = min([end, *(calendar.end // 60 * 60 - 60 for calendar in found.calendars)])
    try:
        ours = Ours(found).play(acts, end)
    except BeyondCalendar:
        return None
    oracle = Oracle(found).play(acts, end)
    clock = ours.clock
    assert clock is not None
    assert clock.state.value == oracle.state
    assert clock.breached_at == oracle.breached_at or clock.void_reason
    assert (clock.breached_at if clock.is_late else None) == oracle.breached_at
    assert (clock.outcome, clock.strict_outcome) == (oracle.outcome, oracle.strict)
    assert ours.fired == oracle.fired
    used = clock.consumed_s
    if clock.running_since is not None:
        used += ours.now.elapsed(clock.running_since, max(end, clock.running_since))
    assert used == oracle.used(end)
    if clock.due_at is not None and not clock.is_late:
        assert clock.due_at == oracle.due(end)
    return True


@pytest.mark.parametrize("seed", range(12))
def test_a_clock_equals_the_walk_over_every_minute_of_its_history(seed: int) -> None:
    random = Random(seed)
    found = world(random)
    played = [same(random, found) for _ in range(25)]
    assert played.count(True) > 0 or len(found.calendars[0].opens) < 3
