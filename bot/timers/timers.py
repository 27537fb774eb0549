"""Arm a "later", call it off, and ring what is due: the rows are the timers, the scheduler is only a heartbeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import Connection, Executable, Integer, Row, bindparam, select, text, update

from bot.storage.db import savepoint, signal
from bot.storage.schema import timers
from bot.storage.trouble import is_away
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

BATCH = 50  # rows in one transaction: a storm of due rows must not hold an employee's press back

# Written once: building a statement costs more than running it. The state is spelled out, as the partial index has it.
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

Ringer = Callable[[Unit[C], Sequence[Row[Any]]], None]
"""`ringer(unit, rows)`: rows of its own kind that it must bring out of the state "armed"."""


class Alarm(NamedTuple):
    """One row to arm: whose, which of its levels, when (UTC seconds)."""

    ref: str
    key: str
    fire_at: int
    cycle: int = 1
    level: int = 0


def arm(
    tx: Connection, kind: str, ref: str, key: str, fire_at: int, *, cycle: int = 1, level: int = 0
) -> None:
    """Ring `ref` at `fire_at` (UTC seconds). Arming the same key again moves it, unless it has already rung in this cycle."""
    arm_all(tx, kind, [Alarm(ref, key, fire_at, cycle, level)])


def arm_all(tx: Connection, kind: str, alarms: Sequence[Alarm]) -> None:
    """Arm many rows in one statement, each as `arm` does."""
    if alarms:
        rows = [alarm._asdict() | {"kind": kind, "state": "armed"} for alarm in alarms]
        tx.execute(_arming(tx.dialect.name), rows)
        signal(tx, "timers")


@cache
def _arming(dialect: str) -> Executable:
    # Built once: putting the statement together costs more than running it.
    row = insert_for(dialect, timers)
    return row.on_conflict_do_update(
        index_elements=["kind", "ref", "cycle", "key"],
        set_={name: row.excluded[name] for name in ("fire_at", "state", "level")},
        where=(timers.c.state != "fired") & (timers.c.state != "superseded"),
    )


def disarm(tx: Connection, kind: str, *refs: str, to: str = "cancelled", reason: str | None = None) -> None:
    """Call off every armed or held row of `refs`; `to="held"` keeps them for a resume."""
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
    """Take armed rows out of the ring in one statement; returns those that nobody else had taken."""
    if not ids:
        return set()
    row = update(timers).where(timers.c.id.in_(ids) & (timers.c.state == "armed"))
    values = {"state": state, "fired_at": unit.now, "late_s": unit.now - timers.c.fire_at, "reason": reason}
    return set(unit.tx.scalars(row.values(values).returning(timers.c.id)))


def settle(unit: Unit[object], timer_id: int, state: str, reason: str | None = None) -> bool:
    """Take an armed row out of the ring: "fired", "superseded" or "skipped". False when somebody else did."""
    return bool(settle_all(unit, [timer_id], state, reason))


def ring(unit: Unit[C], ringers: Mapping[str, Ringer[C]]) -> int:
    """One transaction of ringing: at most BATCH due rows, handed to their ringers. Returns how many there were."""
    rows = _due(unit)
    by_kind = sorted(rows, key=lambda row: (row.kind, row.fire_at, row.id))
    for kind, group in groupby(by_kind, key=lambda row: row.kind):
        ringers[kind](unit, list(group))
    return len(rows)


def ring_singly(unit: Unit[C], ringers: Mapping[str, Ringer[C]]) -> int:
    """Ring like `ring`, each row in a savepoint of its own; a row that fails is parked with its error, the rest goes on (P6)."""
    rows = _due(unit)
    for row in rows:
        try:
            with savepoint(unit.tx):
                ringers[row.kind](unit, [row])
        except Exception as error:
            if is_away(error):
                raise  # that is nothing against the row
            log.critical("ring.row_failed", kind=row.kind, ref=row.ref, key=row.key, exc_info=True)
            settle(unit, row.id, "skipped", reason=f"{type(error).__name__}: {error}"[:200])
    return len(rows)


def _due(unit: Unit[object]) -> Sequence[Row[Any]]:
    return unit.tx.execute(_DUE, {"now": unit.now, "most": BATCH}).all()


def next_due(tx: Connection) -> int | None:
    """When the nearest armed row rings, in UTC seconds; None when nothing is armed."""
    return tx.scalar(_NEAREST)
