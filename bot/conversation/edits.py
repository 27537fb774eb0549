"""Edits in both directions: the copy is changed like its original, or the author reads that it could not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from bot.config.config import Work
from bot.conversation import hidden_words, signature
from bot.keys import EditRef, PersonChat, TicketRef
from bot.people.directory import Person
from bot.storage.schema import utterances
from bot.telegram import outbox
from bot.telegram.incoming import CAPTIONED, REPLACEABLE, Incoming
from bot.telegram.outbox import OutboxRow, Outcome
from bot.tickets import prompts, store, transcript
from bot.tickets.actions import team_chat, tell
from bot.tickets.ticket import State
from bot.tickets.transcript import Relay


def edited(work: Work, person: Person, chat: str, message: Incoming) -> None:
    """A person edited a message: change every copy of it."""
    if message.secret:
        hidden_words.warn(work, person, message)
    copies = transcript.of_source(work.tx, message.place, message.message_id)
    if not copies:
        _edited_before_it_went(work, person, chat, message)
    for relay in copies:
        if relay.author == person.id and relay.state != "recalled":
            _change(work, relay, message)


def send(work: Work, relay: Relay, edit: Mapping[str, Any]) -> None:
    """Edit the copy on the other side."""
    params = {"message_id": relay.to_message} | edit["params"]
    outbox.call(
        work, relay.to_chat, edit["method"], params, about=EditRef(relay.id), topic=TicketRef(relay.ticket)
    )


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Delivery of an edit: only a failure is reported."""
    if not outcome.is_done:
        _say_it_failed(work, transcript.get(work.tx, EditRef.read(row.about).number))


def _change(work: Work, relay: Relay, message: Incoming) -> None:
    edit = _edit_of(relay, message) if relay.state not in ("failed", "in part") else None
    if edit is None:
        if not _is_the_same(relay, message):
            _cannot(work, relay, message)
        return
    store.record(work, relay.ticket, PersonChat(relay.author), "edit", {"relay": relay.id})
    values = {"content": transcript.first_words(message.text), "kind": message.kind, "file": message.file}
    if relay.to_message is None:
        transcript.change(work.tx, relay.id, **values, edit=edit)
    else:
        transcript.change(work.tx, relay.id, **values)
        send(work, relay, edit)
    ticket = store.get(work.tx, relay.ticket)
    if relay.role == "question" and ticket.state is State.WAITING and ticket.question is not None:
        tell(work, store.change(work.tx, ticket, question=message.text))
    else:
        prompts.redraw(work, team_chat(work.tx, ticket), ticket)


def _edit_of(relay: Relay, message: Incoming) -> dict[str, Any] | None:
    """The call that edits the copy; None when Telegram has no such call."""
    text, entities = message.text, message.entities
    if relay.signature and signature.fits(message.kind, text, relay.signature):
        text, entities = signature.above(relay.signature, text, message.entities)
    if message.kind == "text" and relay.kind == "text":
        return {"method": "editMessageText", "params": {"text": text, "entities": entities}}
    if message.file != relay.file and message.kind in REPLACEABLE:
        media: dict[str, Any] = {"type": message.kind, "media": message.file_id}
        media |= {"caption": text, "caption_entities": entities}
        return {"method": "editMessageMedia", "params": {"media": media}}
    if message.kind in CAPTIONED and message.kind == relay.kind:
        caption = {"caption": text, "caption_entities": entities}
        return {"method": "editMessageCaption", "params": caption}
    return None


def _is_the_same(relay: Relay, message: Incoming) -> bool:
    """Whether nothing that is kept of a message has changed; updates of edits come without one too."""
    kept = (relay.kind, relay.file, relay.content)
    return relay.state == "sent" and kept == (
        message.kind,
        message.file,
        transcript.first_words(message.text),
    )


def _edited_before_it_went(work: Work, person: Person, chat: str, message: Incoming) -> None:
    """Edit a message that is in no ticket: waiting ones are corrected, others were used already."""
    mine = (utterances.c.person == person.id) & (utterances.c.message == message.message_id)
    newest = select(utterances.c.id, utterances.c.chosen).where(mine).order_by(utterances.c.id.desc())
    kept = work.tx.execute(newest.limit(1)).first()
    if chat != person.key:
        return
    if kept is not None and kept.chosen is None:
        work.tx.execute(update(utterances).where(mine).values(text=message.text, file_id=message.file_id))
    else:
        outbox.line(work, chat, "edit.used", {}, answers=message.message_id)


def _cannot(work: Work, relay: Relay, message: Incoming) -> None:
    """A live location changes all the time: that its copy does not is said once."""
    _say_it_failed(work, relay, dedupe=f"edit.live:{relay.id}" if message.kind == "location" else None)


def _say_it_failed(work: Work, relay: Relay, dedupe: str | None = None) -> None:
    how: dict[str, Any] = {"topic": TicketRef(relay.ticket), "answers": relay.from_message, "dedupe": dedupe}
    outbox.line(work, relay.from_chat, f"edit.failed.{relay.toward}", {}, **how)
