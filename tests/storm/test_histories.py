"""A clock against the minute-walking oracle: 100,000 random histories at length."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from random import Random

from tests.sla.histories import same, world

A_WORLD = 40  # histories in one pair of calendars


def test_every_random_history_ends_as_the_walk_over_its_minutes_does(at_length: bool) -> None:
    worlds = 2500 if at_length else 12
    with multiprocessing.get_context("fork").Pool(2) as pool:
        counts = pool.map(_play, range(worlds), chunksize=4)
    total = sum((Counter(count) for count in counts), Counter[str]())
    print(
        f"\nhistories: {sum(total.values())}, equal: {total['equal']}, past a calendar's end: {total['beyond']}"
    )
    assert total["equal"] > worlds * A_WORLD // 2


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
