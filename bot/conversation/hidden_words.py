"""A message with a secret: it was passed on without it; the bot deletes the message, unless its author says it is none."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import PersonChat, SecretRef, TicketRef
from bot.people import directory
from bot.people.directory import Person
from bot.telegram import outbox
from bot.telegram.buttons import NotSecret
from bot.telegram.incoming import Incoming
from bot.telegram.keyboard import button
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from bot.tickets import transcript
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "secret"
AWAY, FILE = "away", "file"  # what is deleted: a text, or a message with a file
PATIENCE = 5 * 60  # seconds in which its author can say that it is no secret
DELETABLE = 47 * 3600  # seconds: after 48 hours Telegram deletes no message of a private chat


def warn(work: Work, person: Person, message: Incoming) -> None:
    """Say below the message what was hidden and what happens next. A file goes as soon as its copies have arrived."""
    ref = SecretRef.of(person.id, message.message_id)
    goes, is_file = work.now - message.at < DELETABLE, message.kind != "text"
    key = "secret.hidden" if not goes else "secret.will_go.file" if is_file else "secret.will_go"
    keyboard = [
        [button(speak.voice(person.language).say("button.not_secret"), NotSecret(message.message_id))]
    ]
    outbox.line(
        work, person.key, key, {}, keyboard=keyboard, answers=message.message_id, dedupe=f"warned:{ref}"
    )
    if goes:
        timers.arm(work.tx, TIMER, ref, FILE if is_file else AWAY, work.now + PATIENCE, cycle=message.at)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """The minutes have passed: delete the message; one with a file when its copy has arrived, or at the last moment."""
    for row in rows:
        ref = SecretRef.read(row.ref)
        if row.key == FILE and work.now - row.cycle < DELETABLE and not _has_arrived(work, ref):
            timers.settle(work, row.id, "skipped", "its file is needed")
            timers.arm(work.tx, TIMER, ref, FILE, work.now + PATIENCE, cycle=row.cycle)
        elif timers.settle(work, row.id, "fired"):
            target = {"message_id": ref.message}
            outbox.call(work, PersonChat(ref.person), "deleteMessage", target, about=ref)


def _has_arrived(work: Work, ref: SecretRef) -> bool:
    """Whether the message was copied to a team: later copies are made from that one."""
    place = directory.get(work.tx, ref.person).telegram_id or 0
    copies = transcript.of_source(work.tx, place, ref.message)
    return bool(copies) and all(one.to_message is not None for one in copies)


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The message is gone, or its author has to delete it."""
    key = "secret.gone" if outcome.is_done else "secret.stays"
    outbox.line(work, row.chat, key, {}, dedupe=f"told:{row.about}")


def reveal(work: Work, person: Person, place: int, message: int, words: str) -> bool:
    """Its author says that it is no secret: it stays, and its copies follow as they were written. Whether there were copies."""
    timers.disarm(work.tx, TIMER, SecretRef.of(person.id, message))
    copies = [one for one in transcript.of_source(work.tx, place, message) if one.toward == "team"]
    for relay in copies:
        source = {"from_chat_id": place, "message_id": message}
        topic, dedupe = TicketRef(relay.ticket), f"revealed:{relay.id}"
        outbox.call(work, relay.to_chat, "copyMessage", source, topic=topic, dedupe=dedupe)
        transcript.change(work.tx, relay.id, content=transcript.first_words(words))
    return bool(copies)
