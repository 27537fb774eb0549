"""The levels of the SLA ring: decide once, write down who is told, and never tell a flood one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.escalation.recipients import Target, resolve, side_of
from bot.sla import clock as sla
from bot.sla.deskfile import Recipient
from bot.sla.policy import BREACH, Desk
from bot.storage.schema import alerts
from bot.storage.schema import timers as timer_rows
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.tickets import pledge, promises, store
from bot.tickets.promises import Kept
from bot.tickets.ticket import Ticket
from bot.timers import timers

LATE = 300  # seconds after which a level has plainly been missed by the machine, not by people
WORTH_TELLING_LATE = 75  # per cent: a lower level that is late is old news
FLOOD = 5  # more alerts than this for one chat inside GROUP are one message
GROUP = 300  # seconds
HELD = "held"
"""The kind of timer that ends the quiet of a chat."""
AT_ONCE: dict[str, tuple[Recipient, ...]] = {"0:infeasible": ("supervisor",), "0:ping_pong": ("team_lead",)}
"""What is told at a hand-over itself: nobody waits for the breach that is certain."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A level that has been decided: whose, of which clock, by which row."""

    ticket: Ticket
    kept: Kept
    row: Row[Any]


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Ring due rows of kind "sla": per clock only the highest level speaks, the others are superseded by it.

    1. lock the tickets, so that nobody claims while we decide; 2. decide, once, by compare-and-set; 3. write what
    that did to the clocks; 4. tell.
    """
    rows = _with_the_rest(tx, rows, now)
    wanted = {row.ref: int(row.ref.removeprefix("clock:")) for row in rows}
    tickets = store.hold(tx, promises.tickets_of(tx, list(wanted.values())))
    kept = promises.get_all(tx, list(wanted.values()))
    ripe = [row for row in rows if _is_ripe(desk, kept[wanted[row.ref]], row, now)]
    true = {row.id for row in ripe}
    timers.settle_all(tx, [row.id for row in rows if row.id not in true], "skipped", now, "not_ripe")
    tops = {row.ref: row for row in sorted(ripe, key=lambda row: (row.level, row.id))}
    fired = timers.settle_all(tx, [row.id for row in tops.values()], "fired", now)
    passed = [row.id for row in ripe if tops[row.ref].id in fired and row.id not in fired]
    timers.settle_all(tx, passed, "superseded", now, "catch_up")
    rung = [(kept[wanted[row.ref]], row) for row in tops.values() if row.id in fired]
    changes = [(one, sla.reached(one.clock, *promises.means(desk, one), row.key, now)) for one, row in rung]
    promises.write_rung(tx, desk, [change for change in changes if change[1].clock.is_late], now)
    spoken = [Spoken(tickets[one.ticket], one, row) for one, row in rung]
    store.record_all(tx, [_trail(said, now) for said in spoken])
    near = [
        said.ticket
        for said in spoken
        if said.row.level == pledge.NEAR and said.kept.clock.kind == "resolution"
    ]
    pledge.redraw(tx, near, now)
    pledge.broken(
        tx, desk, [(said.ticket, said.kept.clock.kind) for said in spoken if said.row.level == BREACH], now
    )
    _tell_all(tx, desk, [said for said in spoken if not _is_old_news(said.row, now)], now)


def _with_the_rest(tx: Connection, rows: Sequence[Row[Any]], now: int) -> Sequence[Row[Any]]:
    """These rows and every other due one of the same clocks: after an outage a clock's levels come in different batches."""
    theirs = (timer_rows.c.kind == promises.TIMER) & timer_rows.c.ref.in_({row.ref for row in rows})
    due = theirs & (timer_rows.c.state == "armed") & (timer_rows.c.fire_at <= now)
    in_order = select(timer_rows).where(due).order_by(timer_rows.c.fire_at, timer_rows.c.id)
    return tx.execute(in_order.with_for_update(skip_locked=True)).all()


def _trail(said: Spoken, now: int) -> dict[str, Any]:
    data = {"clock": said.kept.clock.kind, "key": said.row.key, "late_s": now - said.row.fire_at}
    return {"ticket": said.ticket.id, "actor": "timer", "action": "level", "at": now, "data": data}


def _is_ripe(desk: Desk, kept: Kept, row: Row[Any], now: int) -> bool:
    """Whether a due row still tells the truth about its clock."""
    return sla.ripe(kept.clock, desk.calendar(kept.calendar), row.key, now)


def _is_old_news(row: Row[Any], now: int) -> bool:
    return bool(0 < row.level < WORTH_TELLING_LATE and now - row.fire_at > LATE)


def _tell_all(tx: Connection, desk: Desk, spoken: Sequence[Spoken], now: int) -> None:
    roles: dict[Any, list[Target]] = {}
    rows: list[dict[str, Any]] = []
    for said in spoken:
        recipients, loud = _audience(desk, said)
        key = (side_of(said.ticket, said.kept.clock.scope), recipients)
        if key not in roles:
            roles[key] = resolve(tx, desk, *key, now)
        held_until = desk.quiet_until(said.ticket.priority, now)
        rows += [_alert(said, target, loud, now) | {"held_until": held_until} for target in roles[key]]
    if not rows:
        return
    once = insert(tx, alerts).on_conflict_do_nothing()
    told: dict[str, list[int]] = {}
    for row in tx.execute(once.returning(alerts.c.id, alerts.c.chat, alerts.c.held_until), rows).all():
        if row.held_until is None:
            told.setdefault(row.chat, []).append(row.id)
        else:
            timers.arm(tx, HELD, f"chat:{row.chat}", str(row.held_until), row.held_until)
    for chat, ids in told.items():
        _tell(tx, chat, ids, _burst(tx, chat, now), now)


def ring_held(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
    """The quiet is over: what was held for a chat is told, as one message when there is more than one thing to tell."""
    for row in rows:
        timers.settle(tx, row.id, "fired", now)
        chat = row.ref.removeprefix("chat:")
        held = (alerts.c.chat == chat) & (alerts.c.held_until <= now)
        ids = tx.scalars(update(alerts).where(held).values(held_until=None).returning(alerts.c.id)).all()
        if ids:
            _tell(tx, chat, ids, now if len(ids) > 1 else None, now)


def _audience(desk: Desk, said: Spoken) -> tuple[tuple[Recipient, ...], bool]:
    """Who is told of a level, and whether loudly."""
    chain, kept, level = desk.chain(said.kept.chain), said.kept, said.row.level
    if said.row.key in AT_ONCE:
        return AT_ONCE[said.row.key], True
    if level > BREACH:
        return (chain.repeated_to(level - BREACH),), True
    levels = chain.for_clock(kept.clock.kind, kept.clock.target_s, desk.calendar(kept.calendar))
    found = next((one for one in levels if one.at == level), None)
    return (found.to, found.loud) if found else ((), False)


def _alert(said: Spoken, target: Target, loud: bool, now: int) -> dict[str, Any]:
    """The alert as a row: one level speaks once in one chat."""
    return {
        "chat": target.chat,
        "ticket": said.ticket.id,
        "clock": said.kept.id,
        "key": said.row.key,
        "mentions": list(target.mentions) if loud else [],
        "loud": int(loud),
        "at": now,
        "late_s": max(0, now - said.row.fire_at),
    }


def _tell(tx: Connection, chat: str, ids: Sequence[int], burst: int | None, now: int) -> None:
    """One message each, or one for all when they are a burst. The words are drawn when their turn comes."""
    if burst is not None:
        tx.execute(update(alerts).where(alerts.c.id.in_(ids)).values(burst=burst))
        outbox.show(tx, chat, "burst", f"burst:{burst}", now, priority=outbox.ALARM)
        return
    for row in tx.execute(select(alerts).where(alerts.c.id.in_(ids)).order_by(alerts.c.id)).all():
        about = f"ticket:{row.ticket}"
        if chat.startswith("team:"):
            priority = outbox.ALARM if row.loud else outbox.TALK
            outbox.show(tx, chat, "reminder", f"alert:{row.id}", now, topic=about, priority=priority)
        else:
            outbox.show(tx, chat, "alert", about, now, priority=outbox.ALARM, anew=row.key)


def _burst(tx: Connection, chat: str, now: int) -> int | None:
    """The flood that this chat is in: the instant it began, or None when a few messages are no flood."""
    recent = (alerts.c.chat == chat) & (alerts.c.at > now - GROUP)
    begun = tx.scalar(select(func.max(alerts.c.burst)).where(recent))
    if begun is not None:
        return int(begun)
    many = tx.scalar(select(func.count()).select_from(alerts).where(recent)) or 0
    return now if many > FLOOD else None
