"""The auditor: every ten minutes it looks whether each running promise will ring, and whether rows still follow from history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Text, func, select

from bot.escalation.editions import calendar_of
from bot.sla import clock as sla
from bot.sla.explain import account
from bot.sla.policy import Desk
from bot.storage.schema import clocks, timers
from bot.telegram import chats, outbox
from bot.tickets import store
from bot.tickets.clocks import clock_rows

EVERY = 10  # minutes
MOST = 200  # repairs in one unit of work
SAMPLE = 100  # open clocks that are rebuilt from their segments in one look
LATE = 300  # seconds after which an armed timer has plainly been forgotten
LISTED = 20  # ticket numbers in one message


@dataclass(frozen=True, slots=True)
class Findings:
    """What one look found: ids of clocks. `last` is where the next sample begins."""

    silent: tuple[int, ...]
    wrong: tuple[int, ...]
    late: int
    last: int

    @property
    def is_bad(self) -> bool:
        return bool(self.silent or self.wrong or self.late)


def look(tx: Connection, desk: Desk, after: int, now: int) -> Findings:
    """Running clocks that nothing will ring for, a sample (ids above `after`) that does not follow from its segments,
    and timers that are long due. Reads only."""
    wrong, last = _sample(tx, desk, after, now)
    overdue = (timers.c.state == "armed") & (timers.c.fire_at < now - LATE)
    late = tx.scalar(select(func.count()).select_from(timers).where(overdue)) or 0
    return Findings(_silent(tx), wrong, late, last)


def mend(tx: Connection, desk: Desk, found: Findings, now: int) -> None:
    """Arm what was silent, and tell the administrators of all that was found."""
    store.hold(tx, clock_rows.tickets_of(tx, found.silent))
    still = set(_silent(tx))
    kept = [one for number, one in clock_rows.get_all(tx, found.silent).items() if number in still]
    rung = clock_rows.rung(tx, kept)
    changes = [(one, sla.project(one.clock, *clock_rows.means(desk, one), rung[one.id], now)) for one in kept]
    clock_rows.write(tx, desk, changes, now)
    for one in kept:
        store.record(tx, one.ticket, "bot", "audit.repaired", now, {"clock": one.clock.kind})
    _tell(tx, "audit.repaired", sorted({one.ticket for one in kept}), now)
    _tell(tx, "audit.wrong", sorted(clock_rows.tickets_of(tx, found.wrong)), now)
    if found.late:
        outbox.line(tx, chats.ADMINS, "audit.late", {"count": found.late}, now)


def _silent(tx: Connection) -> tuple[int, ...]:
    """Running clocks with a due that is not missed yet, and no armed timer."""
    owed = clocks.c.due_at.is_not(None) & (clocks.c.breached_at.is_(None) | clocks.c.void_reason.is_not(None))
    mine = (timers.c.kind == clock_rows.TIMER) & (timers.c.ref == "clock:" + clocks.c.id.cast(Text))
    armed = select(timers.c.id).where(mine & (timers.c.state == "armed")).exists()
    running = clock_rows.OPEN & (clocks.c.state == sla.State.RUNNING.value)
    return tuple(tx.scalars(select(clocks.c.id).where(running & owed & ~armed).limit(MOST)))


def _sample(tx: Connection, desk: Desk, after: int, now: int) -> tuple[tuple[int, ...], int]:
    """Open clocks above an id whose row does not follow from their segments; and the last id that was looked at."""
    mine = clock_rows.OPEN & (clocks.c.id > after)
    ids = tx.scalars(select(clocks.c.id).where(mine).order_by(clocks.c.id).limit(SAMPLE)).all()
    kept = clock_rows.get_all(tx, ids)
    spans = clock_rows.segments_of(tx, list(kept.values()))
    wrong = []
    for number, one in kept.items():
        calendar = calendar_of(tx, desk, one.calendar, one.version)
        known = calendar.hash == one.version  # another version is about to be recounted
        if known and not account(one.clock, spans[number], calendar, now).agrees:
            wrong.append(number)
    return tuple(wrong), ids[-1] if len(ids) == SAMPLE else 0


def _tell(tx: Connection, key: str, numbers: list[int], now: int) -> None:
    if numbers:
        listed = ", ".join(map(str, numbers[:LISTED]))
        facts = {"numbers": f"{listed} …" if len(numbers) > LISTED else listed}
        outbox.line(tx, chats.ADMINS, key, facts, now, dedupe=f"{key}:{now // 86_400}:{listed}")
