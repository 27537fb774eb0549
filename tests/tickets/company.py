"""The people of these tests and their actions: verbs called as doors call them, time moved by firing due timers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.config.config import Config, Work
from bot.conversation import recall
from bot.escalation import pauses
from bot.people import directory
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.storage.schema import history, outbox, tickets
from bot.telegram.incoming import Incoming
from bot.tickets import actions, closing, store, ticket_timers
from bot.tickets.actions import Draft
from bot.tickets.clocks import operations
from bot.tickets.ticket import MOVES, State, Ticket, moved
from bot.timers import timers
from tests import shipped
from tests.units import work

CAST: dict[str, list[str]] = {
    "Anna": [],
    "Boris": [],
    "Oleg": ["engineer:helpdesk"],
    "Sveta": ["engineer:helpdesk", "lead:helpdesk"],
    "Nina": ["engineer:network"],
    "Marina": ["supervisor"],
    "Petr": ["engineer:helpdesk"],
    "Igor": ["admin"],
}
ANNA, BORIS, OLEG, SVETA, NINA, MARINA, PETR, IGOR = range(1, 9)
CHATS = ("team:helpdesk", "team:network", "team:admins", "supervisors", "admins")
HELPDESK, NETWORK = "team:helpdesk", "team:network"


def at(text: str) -> int:
    """UTC seconds of Moscow wall time: "2026-11-23 10:00" (a Monday)."""
    return int(datetime.fromisoformat(f"{text}:00+03:00").astimezone(UTC).timestamp())


MONDAY = at("2026-11-23 10:00")


def house_of(desk: Desk) -> Config:
    """The shipped files, and this desk."""
    return shipped.house(desk)


def who(tx: Connection, person: int) -> Person:
    return directory.get(tx, person)


def opened(tx: Connection, desk: Desk, now: int = MONDAY, person: int = ANNA, **draft: Any) -> Ticket:
    """A ticket of Anna's for the helpdesk."""
    wanted = {"category": "printing", "team": "helpdesk", "summary": "Принтер молчит"} | draft
    return actions.open_ticket(work(tx, now, desk), who(tx, person), Draft(**wanted))


def claimed(tx: Connection, desk: Desk, now: int = MONDAY, **draft: Any) -> Ticket:
    """The same, taken by Oleg."""
    ticket = opened(tx, desk, now, **draft)
    actions.claim(work(tx, now, desk), ticket.id, who(tx, OLEG))
    return store.get(tx, ticket.id)


def closed(tx: Connection, desk: Desk, now: int = MONDAY, words: str = "заменил ролик") -> Ticket:
    """The same, solved and confirmed."""
    ticket = claimed(tx, desk, now)
    actions.resolve(work(tx, now, desk), ticket.id, who(tx, OLEG), words)
    actions.confirm(work(tx, now), ticket.id, who(tx, ANNA))
    return store.get(tx, ticket.id)


def message(number: int, text: str = "слова", place: int = 1001, **more: Any) -> Incoming:
    """A person's message, by default in Anna's private chat."""
    values = {"kind": "text", "file_id": None, "reply_to": None, "thread": None, "at": MONDAY, "place": place}
    return Incoming(number, text, **values | more)


def ring_until(tx: Connection, desk: Desk, until: int) -> None:
    """Fire a ticket's timers, each at its own moment, except the SLA's."""
    while (due := _due(tx)) is not None and due <= until:
        ringers = {
            ticket_timers.TIMER: closing.ring,
            operations.PAUSE: pauses.ring,
            "sla": _unheard,
            recall.TIMER: recall.ring,
        }
        timers.ring(work(tx, due, desk), ringers)


def _due(tx: Connection) -> int | None:
    return timers.next_due(tx)


def _unheard(work: Work, rows: Any) -> None:
    timers.settle_all(work, [row.id for row in rows], "skipped")


def said(tx: Connection, chat: str) -> list[str]:
    """The keys of the sentences waiting for a chat, oldest first."""
    rows = tx.execute(select(outbox).where(outbox.c.chat == chat).order_by(outbox.c.id)).all()
    return [row.params["line"] for row in rows if row.params and "line" in row.params]


def calls(tx: Connection, chat: str, method: str) -> list[Row[Any]]:
    """The calls that wait for a chat."""
    wanted = (outbox.c.chat == chat) & (outbox.c.method == method)
    return list(tx.execute(select(outbox).where(wanted).order_by(outbox.c.id)))


def shown(tx: Connection, chat: str) -> set[str]:
    """The cards that wait to be drawn in a chat."""
    wanted = (outbox.c.chat == chat) & (outbox.c.kind == "card")
    return set(tx.scalars(select(outbox.c.card).where(wanted)))


def replayed(tx: Connection, ticket_id: int) -> State | None:
    """The ticket's state according to its history."""
    rows = tx.execute(
        select(history.c.action, history.c.data).where(history.c.ticket == ticket_id).order_by(history.c.id)
    )
    return replay((row.action, row.data) for row in rows)


def replay(actions: Iterable[tuple[str, Mapping[str, Any]]]) -> State | None:
    """The state that a history (action, data), oldest first, leads to; other actions change nothing."""
    state: State | None = None
    for action, data in actions:
        if action == "open":
            state = State(data.get("state", State.NEW))
        elif state is not None and action in MOVES:
            state = moved(state, action)
    return state


def every_ticket(tx: Connection) -> list[Ticket]:
    return [store.peek(tx, number) for number in tx.scalars(select(tickets.c.id).order_by(tickets.c.id))]
