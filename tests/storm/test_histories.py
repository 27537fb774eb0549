"""A clock against the minute-walking oracle: 100,000 random histories at length."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterable
from random import Random

from tests.sla.histories import same, world

A_WORLD = 80  # histories per pair of calendars; a quarter of them run past its end and prove nothing
AT_LENGTH = 1750  # worlds
HOURS = 2  # that the long form may take


def test_every_random_history_ends_as_the_walk_over_its_minutes_does(at_length: bool) -> None:
    worlds = AT_LENGTH if at_length else 6
    counts = _in_two_processes(worlds) if at_length else map(_play, range(worlds))
    total = sum((Counter(count) for count in counts), Counter[str]())
    print(
        f"\nhistories: {sum(total.values())}, equal: {total['equal']}, past a calendar's end: {total['beyond']}"
    )
    assert total["equal"] >= (100_000 if at_length else worlds * A_WORLD // 3)


def _in_two_processes(worlds: int) -> Iterable[dict[str, int]]:
    # Spawned: a process forked from one with threads may wait for ever for a lock that is never released.
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return pool.map_async(_play, range(worlds), chunksize=4).get(HOURS * 3600)


def _play(seed: int) -> dict[str, int]:
    """Histories of one world; the first that differs fails the test with its seed."""
    random = Random(10_000 + seed)
    found = world(random)
    played = Counter[str]()
    for number in range(A_WORLD):
        try:
            played["equal" if same(random, found) else "beyond"] += 1
        except AssertionError as difference:
            raise AssertionError(f"world {seed}, history {number}: {difference}") from difference
    return dict(played)
