"""A question of the bot to one person: the answer to that very message does what they began ("why do you hand it over?").

In a private chat no one should have to point at our question: the next words are the answer too, if they come soon.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bot.config.config import Work
from bot.keys import PromptRef
from bot.people import pending_question
from bot.people.directory import Person
from bot.storage import typed
from bot.storage.schema import prompts
from bot.telegram import outbox
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts.speak import Line
from bot.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to one person."""

    id: int
    chat: str
    ticket: int
    person: int
    action: str
    value: str
    message: int | None
    at: int


def put(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str, line: Line) -> None:
    """Ask `person` in `chat`; the answer comes back as `action` with `value`."""
    values = {
        "chat": chat,
        "ticket": ticket.id,
        "person": person.id,
        "action": action,
        "value": value,
        "at": work.now,
    }
    number = work.tx.execute(insert(prompts).values(values)).inserted_primary_key
    assert number is not None
    outbox.line(work, chat, line.key, line.facts, topic=ticket.about, about=PromptRef(number[0]))
    if chat == person.key:
        pending_question.put(work, person.id, PromptRef(number[0]))


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The question is there: remember where."""
    prompt_id = PromptRef.read(row.about).number
    work.tx.execute(update(prompts).where(prompts.c.id == prompt_id).values(message=outcome.message_id))


def readdress(tx: Connection, former: str, address: str) -> None:
    """Questions asked in the chat `former` are answered at `address` from now on."""
    tx.execute(update(prompts).where(prompts.c.chat == former).values(chat=address))


def answered(tx: Connection, chat: str, person: Person, reply_to: int | None) -> Prompt | None:
    """What this answer was asked for, once; None when it answers no question of the bot to this person."""
    if reply_to is None:
        return None
    return _take(tx, person, (prompts.c.chat == chat) & (prompts.c.message == reply_to))


def awaited_by(tx: Connection, person: Person, asked: str) -> Prompt | None:
    """The question that the next words are awaited for, once; None when it has been answered."""
    return _take(tx, person, prompts.c.id == PromptRef.read(asked).number)


def _take(tx: Connection, person: Person, which: ColumnElement[bool]) -> Prompt | None:
    found = typed.first(Prompt, tx.execute(select(prompts).where(which & (prompts.c.person == person.id))))
    if found is not None:
        tx.execute(delete(prompts).where(prompts.c.id == found.id))
    return found
