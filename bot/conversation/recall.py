"""Recalling a public message: by a button for some minutes, by /recall for two days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.config.config import Work
from bot.keys import RecallRef, RelayRef, TicketRef
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.telegram import chats, outbox, posts
from bot.telegram.buttons import Recall
from bot.telegram.keyboard import button
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import store, transcript
from bot.tickets.transcript import Relay
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "slip"
MINUTES = 5  # for which a public message has the button


def offer(work: Work, relay: Relay) -> None:
    """The recall button below an engineer's public message, for some minutes."""
    if relay.toward != "employee":
        return
    voice = speak.voice(chats.language(work.tx, relay.from_chat))
    keyboard = [[button(voice.say("button.recall"), Recall(relay.ticket, relay.id))]]
    how: dict[str, Any] = {"topic": TicketRef(relay.ticket), "answers": relay.from_message}
    how |= {"about": f"{TIMER}:{relay.id}", "priority": outbox.NEWS, "expires_at": work.now + MINUTES * 60}
    outbox.line(work, relay.from_chat, "recall.offer", {}, keyboard=keyboard, **how)


def offered(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The button was sent: store its message, to delete it in time."""
    if outcome.message_id is not None:
        posts.keep(work, row.chat, TIMER, row.about, outcome.message_id)
        timers.arm(work.tx, TIMER, f"{row.about}@{row.chat}", "away", work.now + MINUTES * 60)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """The minutes have passed: delete the button."""
    for row in rows:
        if timers.settle(work, row.id, "fired"):
            about, _, chat = row.ref.partition("@")
            outbox.hide(work, chat, TIMER, about)


def readdress(work: Work, former: str, today: str) -> None:
    """The buttons in a chat which is called `today` from now on go in time all the same."""
    for chat, _, about in posts.of_cards(work.tx, (TIMER,)):
        if chat == former:
            timers.rename(work, TIMER, f"{about}@{former}", f"{about}@{today}")


def press(work: Work, pressed: Recall, person: Person) -> Line:
    """The button below a public message."""
    relay = transcript.find(work.tx, pressed.relay)
    if relay is None or relay.ticket != pressed.ticket:
        return Line("unknown.button", alert=True)
    return _take_back(work, person, relay)


def said_by(work: Work, person: Person, place: int, message_id: int) -> Line:
    """/recall as a reply to the message."""
    copies = transcript.of_source(work.tx, place, message_id)
    if not copies:
        return Line("recall.nothing")
    lines = [_take_back(work, person, relay) for relay in copies]
    return lines[-1]


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Delivery of a recall, reported below the message."""
    relay = transcript.get(work.tx, RecallRef.read(row.about).number)
    if not outcome.is_done:
        transcript.change(work.tx, relay.id, state="sent")
    _say(work, relay, "recall.done" if outcome.is_done else "recall.failed")


def _take_back(work: Work, person: Person, relay: Relay) -> Line:
    ticket = store.get(work.tx, relay.ticket)
    authorize(person, "recall", Object(team=ticket.team, author=relay.author))
    mates = transcript.of_album(work.tx, relay.from_place, relay.album) if relay.album else [relay]
    outbox.hide(work, relay.from_chat, TIMER, f"{TIMER}:{mates[0].id}")
    for one in mates:
        store.record(work, ticket.id, person.key, "recall", {"relay": one.id})
        transcript.change(work.tx, one.id, state="recalled")
        if one.to_message is not None:
            remove(work, one)
        elif outbox.take_back(work, one.to_chat, _about(one)):
            _say(work, one, "recall.done")
    return Line("recall.begun")


def _say(work: Work, relay: Relay, key: str) -> None:
    how: dict[str, Any] = {"topic": TicketRef(relay.ticket), "answers": relay.from_message}
    outbox.line(work, relay.from_chat, key, {}, **how)


def _about(relay: Relay) -> str:
    return (
        transcript.about_album(relay.from_place, relay.album, relay.ticket)
        if relay.album
        else RelayRef(relay.id)
    )


def remove(work: Work, relay: Relay) -> None:
    """Delete the copy on the other side; its author gets the result."""
    target = {"message_id": relay.to_message}
    about, topic = RecallRef(relay.id), TicketRef(relay.ticket)
    outbox.call(work, relay.to_chat, "deleteMessage", target, about=about, topic=topic)
