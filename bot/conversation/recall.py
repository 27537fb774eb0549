"""A slip of the tongue: a public word can be taken back, by a button for some minutes, by /recall for two days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.telegram import chats, outbox, posts
from bot.telegram.card import button
from bot.telegram.outbox import Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import store, transcript
from bot.timers import timers

TIMER = "slip"
MINUTES = 5  # how long the button stands below a public word


def offer(tx: Connection, relay: Row[Any], now: int) -> None:
    """Below an engineer's public word: the way to take it back, for some minutes."""
    if relay.toward != "employee":
        return
    voice = speak.voice(chats.language(tx, relay.from_chat))
    keyboard = [[button(voice.say("button.recall"), f"t|recall|{relay.ticket}|{relay.id}")]]
    how: dict[str, Any] = {"topic": f"ticket:{relay.ticket}", "answers": relay.from_message}
    how |= {"about": f"{TIMER}:{relay.id}", "priority": outbox.NEWS, "expires_at": now + MINUTES * 60}
    outbox.line(tx, relay.from_chat, "recall.offer", {}, now, keyboard=keyboard, **how)


def offered(tx: Connection, row: Any, outcome: Outcome, now: int) -> None:
    """The button is there: remember where, to take it away in time."""
    if outcome.message_id is not None:
        posts.keep(tx, row.chat, TIMER, row.about, outcome.message_id, now)
        timers.arm(tx, TIMER, f"{row.about}@{row.chat}", "away", now + MINUTES * 60)


def ring(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
    """The minutes are over: the button goes."""
    for row in rows:
        if timers.settle(tx, row.id, "fired", now):
            about, _, chat = row.ref.partition("@")
            outbox.hide(tx, chat, TIMER, about, now)


def press(tx: Connection, person: Person, ticket_id: int, relay_id: int, now: int) -> Line:
    """The button below a public word."""
    relay = transcript.find(tx, relay_id)
    if relay is None or relay.ticket != ticket_id:
        return Line("unknown.button", alert=True)
    return _take_back(tx, person, relay, now)


def said_by(tx: Connection, person: Person, place: int, message_id: int, now: int) -> Line:
    """/recall as an answer to the word itself."""
    copies = transcript.of_source(tx, place, message_id)
    if not copies:
        return Line("recall.nothing")
    lines = [_take_back(tx, person, relay, now) for relay in copies]
    return lines[-1]


def heard(tx: Connection, row: Any, outcome: Outcome, now: int) -> None:
    """What became of the taking back, said below the word."""
    relay = transcript.get(tx, int(row.about.partition(":")[2]))
    if not outcome.is_done:
        transcript.change(tx, relay.id, state="sent")
    _say(tx, relay, "recall.done" if outcome.is_done else "recall.failed", now)


def _take_back(tx: Connection, person: Person, relay: Row[Any], now: int) -> Line:
    ticket = store.get(tx, relay.ticket)
    authorize(person, "recall", Object(team=ticket.team, author=relay.author))
    mates = transcript.of_album(tx, relay.from_place, relay.album) if relay.album else [relay]
    outbox.hide(tx, relay.from_chat, TIMER, f"{TIMER}:{mates[0].id}", now)
    for one in mates:
        store.record(tx, ticket.id, person.key, "recall", now, {"relay": one.id})
        transcript.change(tx, one.id, state="recalled")
        if one.to_message is not None:
            remove(tx, one, now)
        elif outbox.take_back(tx, one.to_chat, _about(one), now):
            _say(tx, one, "recall.done", now)
    return Line("recall.begun")


def _say(tx: Connection, relay: Row[Any], key: str, now: int) -> None:
    how: dict[str, Any] = {"topic": f"ticket:{relay.ticket}", "answers": relay.from_message}
    outbox.line(tx, relay.from_chat, key, {}, now, **how)


def _about(relay: Row[Any]) -> str:
    return (
        transcript.about_album(relay.from_place, relay.album, relay.ticket)
        if relay.album
        else f"relay:{relay.id}"
    )


def remove(tx: Connection, relay: Row[Any], now: int) -> None:
    """Delete the copy on the other side; its author hears how that went."""
    target = {"message_id": relay.to_message}
    about, topic = f"recall:{relay.id}", f"ticket:{relay.ticket}"
    outbox.call(tx, relay.to_chat, "deleteMessage", target, now, about=about, topic=topic)
