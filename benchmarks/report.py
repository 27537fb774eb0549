"""The figures of a year of tickets: processor time of `firstline report`'s reading and computing, and its growth."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine

from benchmarks.figures import Figure
from benchmarks.year import fill
from bot.reports.insight.days import period_of
from bot.reports.insight.measuring import measured
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.storage.schema import metadata

FEW, MANY, TIMES = 10_000, 100_000, 3


def run() -> list[Figure]:
    """Medians of three, on SQLite, without the start of the process."""
    desk = desk_or_exit(Path("desk.yaml"), "en")
    few, many = (_cost(desk, count) for count in (FEW, MANY))
    return [
        Figure(f"processor time of a report, {FEW:,} tickets", few, "s"),
        Figure(f"processor time of a report, {MANY:,} tickets", many, "s", "<= 3"),
        Figure("growth for ten times the tickets", many / few, "", "<= 10"),
    ]


def _cost(desk: Desk, count: int) -> float:
    period = period_of(desk, date(2025, 1, 1), date(2025, 12, 31))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "year.db"
        engine = create_engine(f"sqlite:///{file}")
        metadata.create_all(engine)
        with closing(sqlite3.connect(file)) as database, database:
            fill(database, count)
        costs = []
        with engine.connect() as tx:
            for _ in range(TIMES):
                began = time.process_time()
                measured(tx, desk, period)
                costs.append(time.process_time() - began)
        engine.dispose()
    return median(costs)
