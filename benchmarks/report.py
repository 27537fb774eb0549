"""The figures of a year of tickets: processor time of `firstline report`'s reading and computing, and its growth."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine

from benchmarks.figures import Figure
from benchmarks.year import fill
from bot.reports.insight.days import period_of
from bot.reports.insight.measuring import measured
from bot.reports.letters import gathered, written
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.schema import metadata
from bot.storage.unit import Unit

FEW, MANY, TIMES = 10_000, 100_000, 3


def run() -> list[Figure]:
    """Medians of three, on SQLite, without the start of the process."""
    desk = desk_or_exit(Path("desk.yaml"), "en")
    (few, _), (many, digest) = (_cost(desk, count) for count in (FEW, MANY))
    return [
        Figure(f"processor time of a morning digest, {MANY:,} tickets", digest, "s", "<= 1"),
        Figure(f"processor time of a report, {FEW:,} tickets", few, "s"),
        Figure(f"processor time of a report, {MANY:,} tickets", many, "s", "<= 3"),
        Figure("growth for ten times the tickets", many / few, "", "<= 10"),
    ]


@dataclass(frozen=True, slots=True)
class _OnlyDesk:
    """As much of a configuration as a letter reads."""

    desk: Desk


def _cost(desk: Desk, count: int) -> tuple[float, float]:
    period = period_of(desk, date(2025, 1, 1), date(2025, 12, 31))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "year.db"
        engine = create_engine(f"sqlite:///{file}")
        metadata.create_all(engine)
        with closing(sqlite3.connect(file)) as database, database:
            fill(database, count)
        with engine.connect() as tx:
            report = _median(lambda: measured(tx, desk, period))
            morning = int(datetime(2025, 12, 16, 9, 15, tzinfo=ZoneInfo(desk.zone)).timestamp())
            unit = Unit(tx, morning, _OnlyDesk(desk))
            kv.put(tx, "letter_due_morning", str(morning))
            digest = _median(lambda: written(gathered(unit)[0], desk, "ru"))  # type: ignore[arg-type]
        engine.dispose()
    return report, digest


def _median(work: Callable[[], object]) -> float:
    costs = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        costs.append(time.process_time() - began)
    return median(costs)
