"""The levels of the SLA ring: decide once, write down who is told, and never tell a flood one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.escalation.recipients import Target, resolve
from bot.sla.deskfile import Recipient, Threshold
from bot.sla.policy import BREACH, Desk
from bot.storage.schema import alerts
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.tickets import clocks, store
from bot.tickets.clocks import Kept
from bot.tickets.ticket import Ticket
from bot.timers import timers

LATE = 300  # seconds after which a level has plainly been missed by the machine, not by people
WORTH_TELLING_LATE = 75  # per cent: a lower level that is late is old news
FLOOD = 5  # more alerts than this for one chat inside GROUP are one message
GROUP = 300  # seconds


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Ring due rows of kind "sla": per clock only the highest level speaks, the others are superseded by it."""
    spoken: list[tuple[Ticket, Kept, Row[Any]]] = []
    for ref, group in groupby(sorted(rows, key=lambda row: (row.ref, row.id)), key=lambda row: row.ref):
        spoken += _ring_clock(tx, desk, int(ref.removeprefix("clock:")), list(group), now)
    told: dict[str, list[int]] = {}
    for ticket, kept, row in spoken:
        for target, loud in _audience(tx, desk, ticket, kept, row):
            written = _write(tx, ticket, kept, row, target, loud, now)
            told.setdefault(target.chat, []).extend(written)
    for chat, ids in told.items():
        _tell(tx, chat, ids, now)


def _ring_clock(
    tx: Connection, desk: Desk, clock_id: int, rows: Sequence[Row[Any]], now: int
) -> list[tuple[Ticket, Kept, Row[Any]]]:
    """Decide what one clock says now: nothing, or its highest level. The decision is made once, by whoever is first."""
    ticket = store.get(tx, clocks.ticket_of(tx, clock_id))
    kept = clocks.get(tx, clock_id)
    ripe = []
    for row in rows:
        if clocks.is_ripe(desk, kept, row.key, now):
            ripe.append(row)
        else:
            timers.settle(tx, row.id, "skipped", now, "not_ripe")
    if not ripe:
        return []
    top = max(ripe, key=lambda row: row.level)
    for row in ripe:
        if row is not top:
            timers.settle(tx, row.id, "superseded", now, "catch_up")
    if not timers.settle(tx, top.id, "fired", now):
        return []
    kept = clocks.rang(tx, desk, kept, top.key, now)
    store.record(tx, ticket.id, "timer", "level", now, {"clock": kept.clock.kind, "key": top.key})
    if top.level < WORTH_TELLING_LATE and now - top.fire_at > LATE:
        return []
    return [(ticket, kept, top)]


def _audience(
    tx: Connection, desk: Desk, ticket: Ticket, kept: Kept, row: Row[Any]
) -> list[tuple[Target, bool]]:
    """Who is told of a level, and whether loudly."""
    chain = desk.chain(kept.chain)
    if row.level > BREACH:
        recipients: tuple[Recipient, ...] = (chain.repeated_to(row.level - BREACH),)
        return [(target, True) for target in resolve(tx, ticket, recipients)]
    threshold = _threshold(desk, kept, row.level)
    if threshold is None:
        return []
    return [(target, threshold.loud) for target in resolve(tx, ticket, threshold.to)]


def _threshold(desk: Desk, kept: Kept, percent: int) -> Threshold | None:
    calendar = desk.calendar(kept.calendar)
    chain = desk.chain(kept.chain).for_clock(kept.clock.kind, kept.clock.target_s, calendar)
    return next((one for one in chain if one.at == percent), None)


def _write(
    tx: Connection, ticket: Ticket, kept: Kept, row: Row[Any], target: Target, loud: bool, now: int
) -> list[int]:
    """The alert as a row; nothing when this level has spoken in this chat already."""
    values = {
        "chat": target.chat,
        "ticket": ticket.id,
        "clock": kept.id,
        "key": row.key,
        "mentions": list(target.mentions) if loud else [],
        "loud": int(loud),
        "at": now,
        "late_s": max(0, now - row.fire_at),
    }
    written = tx.execute(insert(tx, alerts).values(values).on_conflict_do_nothing().returning(alerts.c.id))
    return [row.id for row in written]


def _tell(tx: Connection, chat: str, ids: Sequence[int], now: int) -> None:
    """One message each, or one for all when they are a flood. The words are drawn when their turn comes."""
    burst = _burst(tx, chat, now)
    if burst is not None:
        tx.execute(alerts.update().where(alerts.c.id.in_(ids)).values(burst=burst))
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
