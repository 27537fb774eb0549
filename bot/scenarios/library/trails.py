"""Runs and the steps they went through, as an author looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.scenarios.library.run_rows import RunEvent, RunRow
from bot.storage import typed
from bot.storage.schema import run_events, runs


@dataclass(frozen=True, slots=True)
class Trail:
    """A run, and what people and timers did in it, oldest first."""

    run: RunRow
    events: Sequence[RunEvent]


def trails(tx: Connection) -> list[Trail]:
    """Every run that is kept; for a small database."""
    found = typed.every(RunRow, tx.execute(select(runs).order_by(runs.c.id)))
    return [Trail(run, _events(tx, run.id)) for run in found]


def _events(tx: Connection, run: int) -> Sequence[RunEvent]:
    mine = select(run_events).where(run_events.c.run == run).order_by(run_events.c.seq)
    return typed.every(RunEvent, tx.execute(mine))
