"""How alerts reach a chat: singly while they are few, as one list when they are many; held in quiet hours.

Texts are drawn when sent. An alert that no longer applies is not sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.config.config import Work
from bot.escalation import calling
from bot.escalation.alerts import Alert
from bot.escalation.recipients import Detour, beyond
from bot.keys import AlertRef, BurstRef, ChatRef, TeamChat, TicketRef
from bot.storage import typed
from bot.storage.schema import OUTBOX_OPEN, alerts, clocks, tickets
from bot.storage.schema import outbox as outbox_rows
from bot.storage.upsert import insert
from bot.telegram import chats, outbox, posts
from bot.tickets import store
from bot.timers import timers
from bot.timers.timers import Timer

HELD = "held"
"""The kind of timer that ends the quiet of a chat."""
GATHERED = "gathered"
"""The kind of timer at which a chat's list is shown, or brought up to date."""
CARDS = frozenset({"alert", "reminder", "burst"})


def tell(work: Work, rows: Sequence[dict[str, Any]]) -> set[int]:
    """Store alerts, each once per chat, and send them: now, in a list, or after the quiet hours.

    Returns the tickets of those that were not stored before.
    """
    if not rows:
        return set()
    once = insert(work.tx, alerts).on_conflict_do_nothing()
    written = once.returning(alerts.c.id, alerts.c.chat, alerts.c.held_until, alerts.c.ticket)
    told: dict[str, list[int]] = {}
    new = set()
    for row in work.tx.execute(written, rows).all():
        new.add(row.ticket)
        if row.held_until is None:
            told.setdefault(row.chat, []).append(row.id)
        else:
            timers.arm(work.tx, HELD, ChatRef(row.chat), str(row.held_until), row.held_until)
    for chat, ids in told.items():
        _say(work, chat, ids)
    return new


def ring_held(work: Work, rows: Sequence[Timer]) -> None:
    """The quiet hours are over: send what was held for a chat, as one message if there are several."""
    for row in rows:
        timers.settle(work, row.id, "fired")
        chat = ChatRef.read(row.ref).name
        held = (alerts.c.chat == chat) & (alerts.c.held_until <= work.now)
        ids = work.tx.scalars(update(alerts).where(held).values(held_until=None).returning(alerts.c.id)).all()
        if len(ids) > 1:
            work.tx.execute(update(alerts).where(alerts.c.id.in_(ids)).values(burst=work.now))
            outbox.show(work, chat, "burst", BurstRef(work.now), priority=outbox.ALARM)
        else:
            _each(work, chat, ids)


def ring_gathered(work: Work, rows: Sequence[Timer]) -> None:
    """A list has waited for more alerts: show it, or edit it."""
    for row in rows:
        timers.settle(work, row.id, "fired")
        begun = row.key.partition(":")[0]
        outbox.show(work, ChatRef.read(row.ref).name, "burst", BurstRef(int(begun)), priority=outbox.ALARM)


def readdress(work: Work, former: str, today: str) -> None:
    """Alerts of a chat that is called `today` from now on: those that wait and those that are there."""
    for kind in (HELD, GATHERED):
        timers.rename(work, kind, ChatRef(former), ChatRef(today))
    other = alerts.alias()
    same = (other.c.clock == alerts.c.clock) & (other.c.key == alerts.c.key) & (other.c.chat == today)
    mine = (alerts.c.chat == former) & ~select(other.c.id).where(same).exists()
    work.tx.execute(update(alerts).where(mine).values(chat=today))


def lost(work: Work, chat: str) -> None:
    """The bot was removed from a group: alerts waiting for it are not held until it is back."""
    for about in _waiting(work, chat):
        unreached(work, chat, about)


def muted(work: Work, chat: str) -> None:
    """Telegram takes nothing for a chat for long: alerts waiting for it are not held until then."""
    for about in _waiting(work, chat):
        _detour(work, chat, about)


def _waiting(work: Work, chat: str) -> Sequence[str]:
    waiting = OUTBOX_OPEN & (outbox_rows.c.chat == chat) & outbox_rows.c.card.in_(CARDS)
    return work.tx.scalars(select(outbox_rows.c.about).where(waiting).order_by(outbox_rows.c.id)).all()


def unreached(work: Work, chat: str, about: str) -> None:
    """A chat refuses an alert: the level goes to the next step of the ladder, once, and the history records it."""
    if not chats.reachable(work.tx, chat):
        _detour(work, chat, about)


def _detour(work: Work, chat: str, about: str) -> None:
    columns = {TicketRef: alerts.c.ticket, AlertRef: alerts.c.id, BurstRef: alerts.c.burst}
    kind = next(kind for kind in columns if kind.names(about))
    mine = select(alerts).where((alerts.c.chat == chat) & (columns[kind] == kind.read(about).number))
    rows = work.tx.execute(mine.order_by(alerts.c.id)).mappings().all()
    for row in rows:
        if calling.is_call(row["mentions"], chat):
            calling.call_in_topic(work, row["ticket"], row["clock"], row["key"])
    rest = [row for row in rows if not calling.is_call(row["mentions"], chat)]
    if not rest:
        return
    audience = beyond(work, chat)
    told = []
    for row in rest:
        same = {name: value for name, value in row.items() if name not in ("id", "burst", "held_until")}
        told += [
            same | {"chat": target.chat, "at": work.now, "held_until": None} for target in audience.targets
        ]
    fresh = sorted(tell(work, told))
    store.record_all(
        work.tx, [detoured(ticket, detour, work.now) for ticket in fresh for detour in audience.detours]
    )


def detoured(ticket: int, detour: Detour, now: int, **of: str) -> dict[str, Any]:
    """The history line about an alert's detour; `of` = its clock and level."""
    data = of | {"role": detour.role, "why": detour.why, "to": list(detour.to)}
    return {"ticket": ticket, "actor": "timer", "action": "detour", "at": now, "data": data}


def _say(work: Work, chat: str, ids: Sequence[int]) -> None:
    notify = work.config.desk.notify
    rows = work.tx.execute(
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
    begun = _begun(work, chat, notify.interval_s)
    if begun is not None or _too_many(work, chat):
        listed = rest
    else:
        groups = _groups(work.tx, chat, work.now - notify.interval_s)
        listed = [row for row in rest if groups[row.kind, row.key] > notify.at_once]
    _gather(work, chat, [row.id for row in listed], work.now if begun is None else begun)
    _each(work, chat, [row.id for row in rows if row not in listed])


def _each(work: Work, chat: str, ids: Sequence[int]) -> None:
    for row in typed.every(
        Alert, work.tx.execute(select(alerts).where(alerts.c.id.in_(ids)).order_by(alerts.c.id))
    ):
        about = TicketRef(row.ticket)
        if TeamChat.names(chat) and row.loud:
            # An edit notifies no one: a loud level is sent again, and its former message is deleted.
            outbox.show(work, chat, "reminder", about, topic=about, priority=outbox.ALARM, anew=row.key)
        elif TeamChat.names(chat):
            is_there = posts.find(work.tx, chat, "reminder", about) is not None
            outbox.show(work, chat, "reminder" if is_there else "team_card", about, topic=about)
        else:
            card = "reminder" if calling.is_call(row.mentions, chat) else "alert"
            outbox.show(work, chat, card, about, priority=outbox.ALARM, anew=row.key)


def _gather(work: Work, chat: str, ids: Sequence[int], begun: int) -> None:
    """Add alerts to the chat's list: shown after `wait`, updated every `interval`."""
    if not ids:
        return
    work.tx.execute(update(alerts).where(alerts.c.id.in_(ids)).values(burst=begun))
    first, interval = begun + work.config.desk.notify.wait_s, work.config.desk.notify.interval_s
    later = -(-(work.now - first) // interval) * interval if work.now > first else 0
    timers.arm(work.tx, GATHERED, ChatRef(chat), f"{begun}:{first + later}", first + later)


def _begun(work: Work, chat: str, interval_s: int) -> int | None:
    """When the chat's current list began; None when there is none."""
    recent = (alerts.c.chat == chat) & (alerts.c.at > work.now - interval_s)
    begun: int | None = work.tx.scalar(select(func.max(alerts.c.burst)).where(recent))
    return begun


def _too_many(work: Work, chat: str) -> bool:
    """Whether a chat would get more messages than its rate, or than an outage is worth. New alerts are included."""
    notify = work.config.desk.notify
    most, seconds = notify.rate_of(chat)
    late = (alerts.c.at > work.now - notify.interval_s) & (alerts.c.late_s > notify.late_after_s)
    return (
        _count(work.tx, chat, [alerts.c.at > work.now - seconds]) > most
        or _count(work.tx, chat, [late]) > notify.digest_over
    )


def _count(tx: Connection, chat: str, conditions: Iterable[Any]) -> int:
    alone = (alerts.c.chat == chat) & alerts.c.burst.is_(None) & alerts.c.held_until.is_(None)
    return tx.scalar(select(func.count()).select_from(alerts).where(alone, *conditions)) or 0


def _groups(tx: Connection, chat: str, since: int) -> Counter[tuple[str, str]]:
    """How many alerts of each clock and level this chat has had since an instant."""
    recent = (alerts.c.chat == chat) & (alerts.c.at > since) & alerts.c.held_until.is_(None)
    rows = select(clocks.c.kind, alerts.c.key, func.count().label("many"))
    found = tx.execute(
        rows.join(clocks, clocks.c.id == alerts.c.clock).where(recent).group_by(clocks.c.kind, alerts.c.key)
    )
    return Counter({(row.kind, row.key): row.many for row in found})
