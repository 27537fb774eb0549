"""Arm and cancel timers, and fire due ones: the rows are the timers, the scheduler is only a heartbeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple, TypeVar

import structlog
from sqlalchemy import Connection, Executable, Integer, bindparam, select, text, update

from bot.storage import typed
from bot.storage.db import savepoint, signal
from bot.storage.schema import timers
from bot.storage.trouble import is_away
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

BATCH = 50  # rows in one transaction: many due rows must not delay an employee's press

# Built once: building a statement costs more than running it. The state is spelled out to match the partial index.
_ARMED = timers.c.state == text("'armed'")
_DUE = (
    select(timers)
    .where(_ARMED & (timers.c.fire_at <= bindparam("now")))
    .order_by(timers.c.fire_at, timers.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_NEAREST = select(timers.c.fire_at).where(_ARMED).order_by(timers.c.fire_at).limit(1)
_DISARM = update(timers).where(
    (timers.c.kind == bindparam("of_kind"))
    & timers.c.ref.in_(bindparam("of_refs", expanding=True))
    & timers.c.state.in_(("armed", "held"))
)

log = structlog.get_logger()
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Timer:
    """One row that fires at `fire_at` (UTC seconds)."""

    id: int
    kind: str
    ref: str
    cycle: int
    key: str
    level: int
    fire_at: int
    state: str
    fired_at: int | None
    late_s: int | None
    reason: str | None


Ringer = Callable[[Unit[C], Sequence[Timer]], None]
"""`ringer(unit, rows)`: rows of its own kind that it must bring out of the state "armed"."""


class Alarm(NamedTuple):
    """One row to arm: its object, its level, when (UTC seconds); `reason` says why that has passed already."""

    ref: str
    key: str
    fire_at: int
    cycle: int = 1
    level: int = 0
    reason: str | None = None


def arm(
    tx: Connection, kind: str, ref: str, key: str, fire_at: int, *, cycle: int = 1, level: int = 0
) -> None:
    """Fire `ref` at `fire_at` (UTC seconds). Arming the same key again moves it, unless it has fired in this cycle."""
    arm_all(tx, kind, [Alarm(ref, key, fire_at, cycle, level)])


def arm_all(tx: Connection, kind: str, alarms: Sequence[Alarm]) -> None:
    """Arm many rows in one statement, each as `arm` does."""
    if alarms:
        rows = [alarm._asdict() | {"kind": kind, "state": "armed"} for alarm in alarms]
        tx.execute(_arming(tx.dialect.name), rows)
        signal(tx, "timers")


@cache
def _arming(dialect: str) -> Executable:
    # Built once: building the statement costs more than running it.
    row = insert_for(dialect, timers)
    return row.on_conflict_do_update(
        index_elements=["kind", "ref", "cycle", "key"],
        set_={name: row.excluded[name] for name in ("fire_at", "state", "level", "reason")},
        where=(timers.c.state != "fired") & (timers.c.state != "superseded"),
    )


def disarm(tx: Connection, kind: str, *refs: str, to: str = "cancelled", reason: str | None = None) -> None:
    """Cancel every armed or held row of `refs`; `to="held"` keeps them for a resume."""
    whose = {"of_kind": kind, "of_refs": refs}
    tx.execute(_DISARM, whose | {"state": to, "reason": reason})
    signal(tx, "timers")


def rename(unit: Unit[object], kind: str, former: str, today: str) -> None:
    """What waits for `former` waits for `today` from now on; where that waits for the same already, once is enough."""
    waits = timers.c.state.in_(("armed", "held"))
    mine, other = (timers.c.kind == kind) & (timers.c.ref == former) & waits, timers.alias()
    same = (other.c.kind == kind) & (other.c.ref == today)
    same &= (other.c.cycle == timers.c.cycle) & (other.c.key == timers.c.key)
    doubled = update(timers).where(mine & select(other.c.id).where(same).exists())
    unit.tx.execute(doubled.values(state="cancelled", reason="renamed"))
    unit.tx.execute(update(timers).where(mine).values(ref=today))


def settle_all(unit: Unit[object], ids: Sequence[int], state: str, reason: str | None = None) -> set[int]:
    """Settle armed rows in one statement; returns the ids of those that were still armed."""
    if not ids:
        return set()
    row = update(timers).where(timers.c.id.in_(ids) & (timers.c.state == "armed"))
    values = {"state": state, "fired_at": unit.now, "late_s": unit.now - timers.c.fire_at, "reason": reason}
    return set(unit.tx.scalars(row.values(values).returning(timers.c.id)))


def settle(unit: Unit[object], timer_id: int, state: str, reason: str | None = None) -> bool:
    """Settle an armed row as "fired", "superseded" or "skipped". False when another process did."""
    return bool(settle_all(unit, [timer_id], state, reason))


def ring(unit: Unit[C], ringers: Mapping[str, Ringer[C]]) -> int:
    """Fire at most BATCH due rows in one transaction, by the handlers of their kinds. Returns the number of rows."""
    rows = _due(unit)
    by_kind = sorted(rows, key=lambda row: (row.kind, row.fire_at, row.id))
    for kind, group in groupby(by_kind, key=lambda row: row.kind):
        ringers[kind](unit, list(group))
    return len(rows)


def ring_singly(unit: Unit[C], ringers: Mapping[str, Ringer[C]]) -> int:
    """Like `ring`, each row in its own savepoint; a failing row is parked with its error, the rest fires (P6)."""
    rows = _due(unit)
    for row in rows:
        try:
            with savepoint(unit.tx):
                ringers[row.kind](unit, [row])
        except Exception as error:
            if is_away(error):
                raise  # not the row's fault
            log.critical("ring.row_failed", kind=row.kind, ref=row.ref, key=row.key, exc_info=True)
            settle(unit, row.id, "skipped", reason=f"{type(error).__name__}: {error}"[:200])
    return len(rows)


def _due(unit: Unit[object]) -> Sequence[Timer]:
    return typed.every(Timer, unit.tx.execute(_DUE, {"now": unit.now, "most": BATCH}))


def next_due(tx: Connection) -> int | None:
    """When the nearest armed row fires, in UTC seconds; None when none is armed."""
    return tx.scalar(_NEAREST)
