"""Why a ticket is due when it is: `/why 123` and `firstline why 123` print the arithmetic, recomputed from history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.people import directory
from bot.sla.explain import Account, account
from bot.sla.policy import Desk
from bot.storage.schema import history, timers
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import promises, store
from bot.tickets.promises import TIMER, Kept

ACTS = ("take_control", "hush", "assign", "call")
"""What supervisors do about an alert: it is told with the arithmetic."""


@dataclass(frozen=True, slots=True)
class Told:
    """One clock with its arithmetic and the levels it has, or has not yet, spoken."""

    kept: Kept
    account: Account
    levels: Sequence[Row[Any]]


def drawing(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing:
    """The card behind "Why?": about is "ticket:123"."""
    voice = speak.voice(chats.language(tx, chat))
    return Drawing(why(tx, desk, int(about.partition(":")[2]), voice, now))


def why(tx: Connection, desk: Desk, ticket_id: int, voice: Voice, now: int) -> str:
    """Every clock of the ticket, its spans, its levels, who acted on them. Raises NoSuchTicket."""
    ticket = store.peek(tx, ticket_id)
    kept = promises.of_ticket(tx, ticket_id)
    spans = promises.segments_of(tx, kept)
    told = [
        Told(one, account(one.clock, spans[one.id], desk.calendar(one.calendar), now), _levels(tx, one))
        for one in kept
    ]
    acts = [
        (row.action, directory.get(tx, int(row.actor.partition(":")[2])).name, row.at)
        for row in _acts(tx, ticket_id)
    ]
    return voice.card(
        "why", ticket=ticket, told=told, acts=acts, at=lambda when: voice.when(when, desk.zone, now)
    )


def _levels(tx: Connection, kept: Kept) -> Sequence[Row[Any]]:
    mine = (timers.c.kind == TIMER) & (timers.c.ref == kept.ref) & (timers.c.state != "cancelled")
    return tx.execute(select(timers).where(mine).order_by(timers.c.level)).all()


def _acts(tx: Connection, ticket_id: int) -> Sequence[Row[Any]]:
    mine = (history.c.ticket == ticket_id) & history.c.action.in_(ACTS)
    return tx.execute(select(history).where(mine).order_by(history.c.id)).all()
