"""A slip of the tongue: a public word can be taken back, by a button for some minutes, by /recall for two days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from bot.config.config import Work
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.telegram import chats, outbox, posts
from bot.telegram.buttons import Recall
from bot.telegram.card import button
from bot.telegram.outbox import Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import store, transcript
from bot.timers import timers

TIMER = "slip"
MINUTES = 5  # how long the button stands below a public word


def offer(work: Work, relay: Row[Any]) -> None:
    """Below an engineer's public word: the way to take it back, for some minutes."""
    if relay.toward != "employee":
        return
    voice = speak.voice(chats.language(work.tx, relay.from_chat))
    keyboard = [[button(voice.say("button.recall"), Recall(relay.ticket, relay.id))]]
    how: dict[str, Any] = {"topic": f"ticket:{relay.ticket}", "answers": relay.from_message}
    how |= {"about": f"{TIMER}:{relay.id}", "priority": outbox.NEWS, "expires_at": work.now + MINUTES * 60}
    outbox.line(work, relay.from_chat, "recall.offer", {}, keyboard=keyboard, **how)


def offered(work: Work, row: Any, outcome: Outcome) -> None:
    """The button is there: remember where, to take it away in time."""
    if outcome.message_id is not None:
        posts.keep(work, row.chat, TIMER, row.about, outcome.message_id)
        timers.arm(work.tx, TIMER, f"{row.about}@{row.chat}", "away", work.now + MINUTES * 60)


def ring(work: Work, rows: Sequence[Row[Any]]) -> None:
    """The minutes are over: the button goes."""
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
    """The button below a public word."""
    relay = transcript.find(work.tx, pressed.relay)
    if relay is None or relay.ticket != pressed.ticket:
        return Line("unknown.button", alert=True)
    return _take_back(work, person, relay)


def said_by(work: Work, person: Person, place: int, message_id: int) -> Line:
    """/recall as an answer to the word itself."""
    copies = transcript.of_source(work.tx, place, message_id)
    if not copies:
        return Line("recall.nothing")
    lines = [_take_back(work, person, relay) for relay in copies]
    return lines[-1]


def heard(work: Work, row: Any, outcome: Outcome) -> None:
    """What became of the taking back, said below the word."""
    relay = transcript.get(work.tx, int(row.about.partition(":")[2]))
    if not outcome.is_done:
        transcript.change(work.tx, relay.id, state="sent")
    _say(work, relay, "recall.done" if outcome.is_done else "recall.failed")


def _take_back(work: Work, person: Person, relay: Row[Any]) -> Line:
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


def _say(work: Work, relay: Row[Any], key: str) -> None:
    how: dict[str, Any] = {"topic": f"ticket:{relay.ticket}", "answers": relay.from_message}
    outbox.line(work, relay.from_chat, key, {}, **how)


def _about(relay: Row[Any]) -> str:
    return (
        transcript.about_album(relay.from_place, relay.album, relay.ticket)
        if relay.album
        else f"relay:{relay.id}"
    )


def remove(work: Work, relay: Row[Any]) -> None:
    """Delete the copy on the other side; its author hears how that went."""
    target = {"message_id": relay.to_message}
    about, topic = f"recall:{relay.id}", f"ticket:{relay.ticket}"
    outbox.call(work, relay.to_chat, "deleteMessage", target, about=about, topic=topic)
