"""The people of these tests and their actions: verbs called as doors call them, time moved by firing due timers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Text, insert, select

from bot.config.config import Config
from bot.escalation import alerts, levels, telling
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram.card import Drawing
from bot.tickets import store
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import Ticket
from bot.timers import timers
from tests import shipped
from tests.units import work

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")
CAST = {
    "Anna": [],
    "Oleg": ["engineer:helpdesk"],
    "Sveta": ["engineer:helpdesk", "lead:helpdesk"],
    "Marina": ["supervisor"],
    "Igor": ["admin"],
    "Pavel": ["head"],
}
ANNA, OLEG, SVETA, MARINA, IGOR, PAVEL = range(1, 7)
CHATS = ("team:helpdesk", "team:network", "supervisors", "bot-admins")


def at(text: str) -> int:
    """UTC seconds of Moscow wall time: "2026-11-23 10:00" (a Monday)."""
    return int(datetime.fromisoformat(f"{text}:00+03:00").astimezone(UTC).timestamp())


def shipped_with(*changes: tuple[str, str]) -> Desk:
    """The shipped desk with some texts replaced."""
    text = SHIPPED
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    return found


def house_of(desk: Desk) -> Config:
    """The shipped scenarios and articles with a desk of the test's own."""
    return shipped.house(desk)


def opened(tx: Connection, desk: Desk, now: int, **facts: Any) -> Ticket:
    """A ticket of Anna's with its clocks started; by default a P3 in printing."""
    values = {
        "requester": ANNA,
        "type": "incident",
        "category": "printing",
        "summary": "Printer is silent",
        "transcript": [],
        "tried": [],
        "impact": "one",
        "urgency": "degraded",
        "priority": "P3",
        "team": "helpdesk",
        "state": "new",
        "opened_at": now,
    }
    ticket = store.create(tx, values | facts)
    operations.open_all(work(tx, 0, desk), ticket, now)
    return ticket


def changed(tx: Connection, ticket: Ticket, **values: Any) -> Ticket:
    """The ticket's row, changed as a verb would change it."""
    return store.change(tx, store.get(tx, ticket.id), **values)


def ring_until(tx: Connection, desk: Desk, until: int) -> None:
    """Fire every due timer at its own moment, like a bot that was never down."""
    while (due := timers.next_due(tx)) is not None and due <= until:
        ring(tx, desk, due)


def ring(tx: Connection, desk: Desk, now: int) -> int:
    """One pass of the ringer at `now`, in batches; returns the number of fired rows."""

    ringers = {"sla": levels.ring, telling.HELD: telling.ring_held, telling.GATHERED: telling.ring_gathered}
    ringers |= {operations.PLEDGE: revised_eta.ring}
    total = 0
    while rung := timers.ring(work(tx, now, desk), ringers):
        total += rung
    return total


def keys(tx: Connection, state: str = "fired", kind: str | None = None) -> list[str]:
    """The levels in a state, in order of firing: "claim 75"."""
    found = select(schema.clocks.c.kind, schema.timers.c.key).where(
        (schema.timers.c.ref == "clock:" + schema.clocks.c.id.cast(Text)) & (schema.timers.c.state == state)
    )
    rows = tx.execute(found.order_by(schema.timers.c.fired_at, schema.timers.c.id)).all()
    return [f"{row.kind} {row.key}" for row in rows if kind in (None, row.kind)]


def alerts_of(tx: Connection, chat: str) -> list[Row[Any]]:
    """The alerts decided for a chat."""
    return list(
        tx.execute(select(schema.alerts).where(schema.alerts.c.chat == chat).order_by(schema.alerts.c.id))
    )


def outgoing(tx: Connection, chat: str) -> list[Row[Any]]:
    """The rows waiting for a chat."""
    waiting = (schema.outbox.c.chat == chat) & (schema.outbox.c.state == "pending")
    return list(tx.execute(select(schema.outbox).where(waiting).order_by(schema.outbox.c.id)))


def drawn(tx: Connection, desk: Desk, chat: str, now: int) -> list[Drawing]:
    """What a chat would read now: every waiting alert, drawn, without outdated ones."""
    renderers = {"alert": alerts.alert, "reminder": alerts.reminder, "burst": alerts.burst}
    cards = [row for row in outgoing(tx, chat) if row.card in renderers]
    drawings = [renderers[row.card](work(tx, now, desk), row.about, chat) for row in cards]
    return [drawing for drawing in drawings if drawing is not None]


def send_all(tx: Connection, now: int) -> None:
    """The sender has delivered everything."""
    for row in tx.execute(select(schema.outbox).where(schema.outbox.c.state == "pending")).all():
        tx.execute(schema.outbox.update().where(schema.outbox.c.id == row.id).values(state="sent"))
        if row.kind == "card":
            values = {"chat": row.chat, "card": row.card, "about": row.about}
            known = select(schema.posts).where(
                *(schema.posts.c[name] == value for name, value in values.items())
            )
            if tx.execute(known).first() is None:
                tx.execute(insert(schema.posts).values(**values, message_id=row.id, at=now))
