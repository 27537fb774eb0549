"""Edits travel both ways: the copy changes with its original, or the author is told that it could not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.conversation import masking
from bot.people.directory import Person
from bot.storage.schema import utterances
from bot.telegram import outbox
from bot.telegram.incoming import CAPTIONED, REPLACEABLE, Incoming
from bot.telegram.outbox import Outcome
from bot.tickets import store, transcript
from bot.tickets.actions import tell
from bot.tickets.ticket import State


def edited(tx: Connection, person: Person, chat: str, message: Incoming, now: int) -> None:
    """A person changed a message of theirs: change every copy of it."""
    if message.secret:
        masking.warn(tx, person.key, message.message_id, now)
    copies = transcript.of_source(tx, message.place, message.message_id)
    if not copies:
        _edited_before_it_went(tx, person, chat, message, now)
    for relay in copies:
        if relay.author == person.id and relay.state != "recalled":
            _change(tx, relay, message, now)


def send(tx: Connection, relay: Row[Any], edit: Mapping[str, Any], now: int) -> None:
    """Change the copy that stands on the other side."""
    params = {"message_id": relay.to_message} | edit["params"]
    outbox.call(
        tx,
        relay.to_chat,
        edit["method"],
        params,
        now,
        about=f"edit:{relay.id}",
        topic=f"ticket:{relay.ticket}",
    )


def heard(tx: Connection, row: Any, outcome: Outcome, now: int) -> None:
    """The edit of a copy ended: only a failure is worth a word."""
    if not outcome.is_done:
        _say_it_failed(tx, transcript.get(tx, int(row.about.partition(":")[2])), now)


def _change(tx: Connection, relay: Row[Any], message: Incoming, now: int) -> None:
    edit = _edit_of(relay, message) if relay.state not in ("failed", "in part") else None
    if edit is None:
        _cannot(tx, relay, message, now)
        return
    store.record(tx, relay.ticket, f"person:{relay.author}", "edit", now, {"relay": relay.id})
    values = {"content": transcript.first_words(message.text), "kind": message.kind, "file": message.file}
    if relay.to_message is None:
        transcript.change(tx, relay.id, **values, edit=edit)
    else:
        transcript.change(tx, relay.id, **values)
        send(tx, relay, edit, now)
    ticket = store.get(tx, relay.ticket)
    if relay.role == "question" and ticket.state is State.WAITING and ticket.question is not None:
        tell(tx, store.change(tx, ticket, question=message.text), now)


def _edit_of(relay: Row[Any], message: Incoming) -> dict[str, Any] | None:
    """The call that makes the copy like the original; None when Telegram has no such call."""
    entities = [dict(entity) for entity in message.entities]
    if message.kind == "text" and relay.kind == "text":
        return {"method": "editMessageText", "params": {"text": message.text, "entities": entities}}
    if message.file != relay.file and message.kind in REPLACEABLE:
        media: dict[str, Any] = {"type": message.kind, "media": message.file_id}
        media |= {"caption": message.text, "caption_entities": entities}
        return {"method": "editMessageMedia", "params": {"media": media}}
    if message.kind in CAPTIONED and message.kind == relay.kind:
        caption = {"caption": message.text, "caption_entities": entities}
        return {"method": "editMessageCaption", "params": caption}
    return None


def _edited_before_it_went(tx: Connection, person: Person, chat: str, message: Incoming, now: int) -> None:
    """Words that are not in any ticket: kept ones are corrected, others have been used as they were."""
    mine = (utterances.c.person == person.id) & (utterances.c.message == message.message_id)
    kept = tx.execute(select(utterances.c.id, utterances.c.chosen).where(mine)).first()
    if chat != person.key:
        return
    if kept is not None and kept.chosen is None:
        tx.execute(update(utterances).where(mine).values(text=message.text, file_id=message.file_id))
    else:
        outbox.line(tx, chat, "edit.used", {}, now, answers=message.message_id)


def _cannot(tx: Connection, relay: Row[Any], message: Incoming, now: int) -> None:
    """A place that is shared live changes all the time: that its copy stands still is said once."""
    _say_it_failed(tx, relay, now, dedupe=f"edit.live:{relay.id}" if message.kind == "location" else None)


def _say_it_failed(tx: Connection, relay: Row[Any], now: int, dedupe: str | None = None) -> None:
    how: dict[str, Any] = {"topic": f"ticket:{relay.ticket}", "answers": relay.from_message, "dedupe": dedupe}
    outbox.line(tx, relay.from_chat, f"edit.failed.{relay.toward}", {}, now, **how)
