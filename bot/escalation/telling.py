"""What a level says reaches a chat: one by one while that can be read, as one list when it cannot; held while it is quiet.

The words are drawn when their turn comes. What is no longer true by then is not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.escalation.recipients import Detour, beyond
from bot.sla.policy import Desk
from bot.storage.schema import OUTBOX_OPEN, alerts, clocks, tickets
from bot.storage.schema import outbox as outbox_rows
from bot.storage.upsert import insert
from bot.telegram import chats, outbox
from bot.tickets import store
from bot.timers import timers

HELD = "held"
"""The kind of timer that ends the quiet of a chat."""
GATHERED = "gathered"
"""The kind of timer at which a chat's list is shown, or brought up to date."""
CARDS = frozenset({"alert", "reminder", "burst"})


def tell(tx: Connection, desk: Desk, rows: Sequence[dict[str, Any]], now: int) -> set[int]:
    """Write alerts down, each once in its chat, and have them said: now, in a list, or when the quiet is over.

    Returns the tickets of those that were not written down before.
    """
    if not rows:
        return set()
    once = insert(tx, alerts).on_conflict_do_nothing()
    written = once.returning(alerts.c.id, alerts.c.chat, alerts.c.held_until, alerts.c.ticket)
    told: dict[str, list[int]] = {}
    new = set()
    for row in tx.execute(written, rows).all():
        new.add(row.ticket)
        if row.held_until is None:
            told.setdefault(row.chat, []).append(row.id)
        else:
            timers.arm(tx, HELD, f"chat:{row.chat}", str(row.held_until), row.held_until)
    for chat, ids in told.items():
        _say(tx, desk, chat, ids, now)
    return new


def ring_held(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
    """The quiet is over: what was held for a chat is told, as one message when there is more than one thing to tell."""
    for row in rows:
        timers.settle(tx, row.id, "fired", now)
        chat = row.ref.removeprefix("chat:")
        held = (alerts.c.chat == chat) & (alerts.c.held_until <= now)
        ids = tx.scalars(update(alerts).where(held).values(held_until=None).returning(alerts.c.id)).all()
        if len(ids) > 1:
            tx.execute(update(alerts).where(alerts.c.id.in_(ids)).values(burst=now))
            outbox.show(tx, chat, "burst", f"burst:{now}", now, priority=outbox.ALARM)
        else:
            _each(tx, chat, ids, now)


def ring_gathered(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
    """A list has waited for what belongs to it: it is shown, or edited where it stands."""
    for row in rows:
        timers.settle(tx, row.id, "fired", now)
        begun = row.key.partition(":")[0]
        outbox.show(tx, row.ref.removeprefix("chat:"), "burst", f"burst:{begun}", now, priority=outbox.ALARM)


def lost(tx: Connection, desk: Desk, chat: str, now: int) -> None:
    """A group has thrown us out: whatever alert waits to be said there does not wait for us to be let in again."""
    waiting = OUTBOX_OPEN & (outbox_rows.c.chat == chat) & outbox_rows.c.card.in_(CARDS)
    for about in tx.scalars(select(outbox_rows.c.about).where(waiting).order_by(outbox_rows.c.id)).all():
        unreached(tx, desk, chat, about, now)


def unreached(tx: Connection, desk: Desk, chat: str, about: str, now: int) -> None:
    """A chat refuses an alert: the level goes on to the next step of the ladder, once, and the history says so."""
    if chats.reachable(tx, chat):
        return
    kind, _, number = about.partition(":")
    column = {"ticket": alerts.c.ticket, "alert": alerts.c.id, "burst": alerts.c.burst}[kind]
    mine = select(alerts).where((alerts.c.chat == chat) & (column == int(number)))
    rows = tx.execute(mine.order_by(alerts.c.id)).mappings().all()
    audience = beyond(tx, desk, chat, now)
    told = []
    for row in rows:
        same = {name: value for name, value in row.items() if name not in ("id", "burst", "held_until")}
        told += [same | {"chat": target.chat, "at": now, "held_until": None} for target in audience.targets]
    fresh = sorted(tell(tx, desk, told, now))
    store.record_all(tx, [detoured(ticket, detour, now) for ticket in fresh for detour in audience.detours])


def detoured(ticket: int, detour: Detour, now: int, **of: str) -> dict[str, Any]:
    """The line of a ticket's history about a way that an alert took; `of` = the clock and the level it was about."""
    data = of | {"role": detour.role, "why": detour.why, "to": list(detour.to)}
    return {"ticket": ticket, "actor": "timer", "action": "detour", "at": now, "data": data}


def _say(tx: Connection, desk: Desk, chat: str, ids: Sequence[int], now: int) -> None:
    notify = desk.notify
    rows = tx.execute(
        select(
            alerts.c.id, alerts.c.key, alerts.c.late_s, clocks.c.kind, tickets.c.priority, tickets.c.category
        )
        .join(clocks, clocks.c.id == alerts.c.clock)
        .join(tickets, tickets.c.id == alerts.c.ticket)
        .where(alerts.c.id.in_(ids))
    ).all()
    awake = [
        row
        for row in rows
        if notify.goes_first(row.priority, row.category) and row.late_s <= notify.late_after_s
    ]
    rest = [row for row in rows if row not in awake]
    begun = _begun(tx, chat, notify.interval_s, now)
    if begun is not None or _too_many(tx, desk, chat, now):
        listed = rest
    else:
        groups = _groups(tx, chat, now - notify.interval_s)
        listed = [row for row in rest if groups[row.kind, row.key] > notify.at_once]
    _gather(tx, desk, chat, [row.id for row in listed], now if begun is None else begun, now)
    _each(tx, chat, [row.id for row in rows if row not in listed], now)


def _each(tx: Connection, chat: str, ids: Sequence[int], now: int) -> None:
    for row in tx.execute(select(alerts).where(alerts.c.id.in_(ids)).order_by(alerts.c.id)).all():
        about = f"ticket:{row.ticket}"
        if chat.startswith("team:"):
            priority = outbox.ALARM if row.loud else outbox.TALK
            outbox.show(tx, chat, "reminder", f"alert:{row.id}", now, topic=about, priority=priority)
        else:
            outbox.show(tx, chat, "alert", about, now, priority=outbox.ALARM, anew=row.key)


def _gather(tx: Connection, desk: Desk, chat: str, ids: Sequence[int], begun: int, now: int) -> None:
    """Put alerts into the chat's list: shown once `wait` has passed, brought up to date every `interval`."""
    if not ids:
        return
    tx.execute(update(alerts).where(alerts.c.id.in_(ids)).values(burst=begun))
    first, interval = begun + desk.notify.wait_s, desk.notify.interval_s
    later = -(-(now - first) // interval) * interval if now > first else 0
    timers.arm(tx, GATHERED, f"chat:{chat}", f"{begun}:{first + later}", first + later)


def _begun(tx: Connection, chat: str, interval_s: int, now: int) -> int | None:
    """The instant at which the list began that this chat is still reading; None when there is none."""
    recent = (alerts.c.chat == chat) & (alerts.c.at > now - interval_s)
    begun: int | None = tx.scalar(select(func.max(alerts.c.burst)).where(recent))
    return begun


def _too_many(tx: Connection, desk: Desk, chat: str, now: int) -> bool:
    """Whether a chat would get more messages than it may, or than an outage is worth. What is new is counted in."""
    notify = desk.notify
    most, seconds = notify.rate_of(chat)
    late = (alerts.c.at > now - notify.interval_s) & (alerts.c.late_s > notify.late_after_s)
    return (
        _count(tx, chat, [alerts.c.at > now - seconds]) > most
        or _count(tx, chat, [late]) > notify.digest_over
    )


def _count(tx: Connection, chat: str, conditions: Iterable[Any]) -> int:
    alone = (alerts.c.chat == chat) & alerts.c.burst.is_(None) & alerts.c.held_until.is_(None)
    return tx.scalar(select(func.count()).select_from(alerts).where(alone, *conditions)) or 0


def _groups(tx: Connection, chat: str, since: int) -> Counter[tuple[str, str]]:
    """How many alerts of each promise and level this chat has had since an instant."""
    recent = (alerts.c.chat == chat) & (alerts.c.at > since) & alerts.c.held_until.is_(None)
    rows = select(clocks.c.kind, alerts.c.key, func.count().label("many"))
    found = tx.execute(
        rows.join(clocks, clocks.c.id == alerts.c.clock).where(recent).group_by(clocks.c.kind, alerts.c.key)
    )
    return Counter({(row.kind, row.key): row.many for row in found})
