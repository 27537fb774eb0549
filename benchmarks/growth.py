"""The cost of a tap with much history: a hundred thousand ended tickets against a thousand, on SQLite."""

from __future__ import annotations

from statistics import median

from benchmarks.figures import Figure
from benchmarks.stage import ROSTER, stage
from benchmarks.tap import SCENARIO, USERS, WALK, begin, pace

FEW, MANY, PAIRS = 1_000, 100_000, 5
OURS = ["benchmarks.desk_bot"]


def run() -> list[Figure]:
    """Two desks in turn, medians."""
    few, many = ([ROSTER, ["benchmarks.history", "{folder}/bench.db", str(count)]] for count in (FEW, MANY))
    with stage(OURS, USERS, few) as young, stage(OURS, USERS, many) as old:
        for place in (young, old):
            begin(place, *SCENARIO)
        pairs = [(pace(young, WALK), pace(old, WALK)) for _ in range(PAIRS)]
    growth = median(later.cost / early.cost for early, later in pairs)
    return [
        Figure(f"processor time of a tap, {FEW:,} tickets", median(early.cost for early, _ in pairs), "us"),
        Figure(f"processor time of a tap, {MANY:,} tickets", median(later.cost for _, later in pairs), "us"),
        Figure("growth", growth, "", "<= 1.1 from 1,000 to 1,000,000"),
    ]
