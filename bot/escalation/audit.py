"""The auditor: every ten minutes checks that each running clock has a timer, and that rows follow from history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Text, func, select

from bot.config.config import Work
from bot.escalation.editions import calendar_of
from bot.keys import ADMINS
from bot.sla import clock as sla
from bot.sla.explain import account
from bot.storage.schema import clocks, timers
from bot.telegram import outbox
from bot.tickets import store
from bot.tickets.clocks import clock_rows

EVERY = 10  # minutes
MOST = 200  # repairs in one unit of work
SAMPLE = 100  # open clocks rebuilt from their segments per check
LATE = 300  # seconds after which an armed timer counts as forgotten
LISTED = 20  # ticket numbers in one message


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of one check: ids of clocks. `last` is where the next sample begins."""

    silent: tuple[int, ...]
    wrong: tuple[int, ...]
    late: int
    last: int

    @property
    def is_bad(self) -> bool:
        return bool(self.silent or self.wrong or self.late)


def look(work: Work, after: int) -> Findings:
    """Running clocks without a timer, a sample (ids above `after`) that does not follow from its segments, and
    overdue timers. Reads only."""
    wrong, last = _sample(work, after)
    overdue = (timers.c.state == "armed") & (timers.c.fire_at < work.now - LATE)
    late = work.tx.scalar(select(func.count()).select_from(timers).where(overdue)) or 0
    return Findings(_silent(work.tx), wrong, late, last)


def mend(work: Work, found: Findings) -> None:
    """Arm missing timers, and report all findings to the administrators."""
    store.hold(work.tx, clock_rows.tickets_of(work.tx, found.silent))
    still = set(_silent(work.tx))
    kept = [one for number, one in clock_rows.get_all(work.tx, found.silent).items() if number in still]
    rung = clock_rows.rung(work.tx, kept)
    changes = [
        (one, sla.project(one.clock, *clock_rows.means(work.config.desk, one), rung[one.id], work.now))
        for one in kept
    ]
    clock_rows.write(work, changes, work.now)
    for one in kept:
        store.record(work, one.ticket, "bot", "audit.repaired", {"clock": one.clock.kind})
    _tell(work, "audit.repaired", sorted({one.ticket for one in kept}))
    _tell(work, "audit.wrong", sorted(clock_rows.tickets_of(work.tx, found.wrong)))
    if found.late:
        outbox.line(work, ADMINS, "audit.late", {"count": found.late})


def _silent(tx: Connection) -> tuple[int, ...]:
    """Running clocks with a due time that is not missed yet, and no armed timer."""
    owed = clocks.c.due_at.is_not(None) & (clocks.c.breached_at.is_(None) | clocks.c.void_reason.is_not(None))
    mine = (timers.c.kind == clock_rows.TIMER) & (timers.c.ref == "clock:" + clocks.c.id.cast(Text))
    armed = select(timers.c.id).where(mine & (timers.c.state == "armed")).exists()
    running = clock_rows.OPEN & (clocks.c.state == sla.ClockState.RUNNING.value)
    return tuple(tx.scalars(select(clocks.c.id).where(running & owed & ~armed).limit(MOST)))


def _sample(work: Work, after: int) -> tuple[tuple[int, ...], int]:
    """Open clocks above an id whose row does not follow from their segments; and the last id checked."""
    mine = clock_rows.OPEN & (clocks.c.id > after)
    ids = work.tx.scalars(select(clocks.c.id).where(mine).order_by(clocks.c.id).limit(SAMPLE)).all()
    kept = clock_rows.get_all(work.tx, ids)
    spans = clock_rows.segments_of(work.tx, list(kept.values()))
    wrong = []
    for number, one in kept.items():
        calendar = calendar_of(work.tx, work.config.desk, one.calendar, one.version)
        known = calendar.hash == one.version  # another version is about to be recomputed
        if known and not account(one.clock, spans[number], calendar, work.now).agrees:
            wrong.append(number)
    return tuple(wrong), ids[-1] if len(ids) == SAMPLE else 0


def _tell(work: Work, key: str, numbers: list[int]) -> None:
    if numbers:
        listed = ", ".join(map(str, numbers[:LISTED]))
        facts = {"numbers": f"{listed} …" if len(numbers) > LISTED else listed}
        outbox.line(work, ADMINS, key, facts, dedupe=f"{key}:{work.now // 86_400}:{listed}")
