"""A question of ours to one person: the answer to that very message does what they began ("why do you hand it over?").

In a private chat nobody should have to point at our question: the next words are the answer too, if they come soon.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from bot.config.config import Work
from bot.people import pending_question
from bot.people.directory import Person
from bot.storage.schema import prompts
from bot.telegram import outbox
from bot.telegram.outbox import Outcome
from bot.texts.speak import Line
from bot.tickets.ticket import Ticket

AWAITED = "prompt:"  # what the next words are meant for, and what the question itself is about


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
    outbox.line(work, chat, line.key, line.facts, topic=ticket.about, about=f"{AWAITED}{number[0]}")
    if chat == person.key:
        pending_question.put(work, person.id, f"{AWAITED}{number[0]}")


def heard(work: Work, row: Any, outcome: Outcome) -> None:
    """The question stands there: remember where."""
    prompt_id = int(row.about.partition(":")[2])
    work.tx.execute(update(prompts).where(prompts.c.id == prompt_id).values(message=outcome.message_id))


def readdress(tx: Connection, former: str, address: str) -> None:
    """Questions asked in the chat `former` are answered at `address` from now on."""
    tx.execute(update(prompts).where(prompts.c.chat == former).values(chat=address))


def answered(tx: Connection, chat: str, person: Person, reply_to: int | None) -> Row[Any] | None:
    """What this answer was asked for, once; None when it answers no question of ours to this person."""
    if reply_to is None:
        return None
    return _take(tx, person, (prompts.c.chat == chat) & (prompts.c.message == reply_to))


def awaited_by(tx: Connection, person: Person, asked: str) -> Row[Any] | None:
    """The question that the next words are awaited for, once; None when it has been answered."""
    return _take(tx, person, prompts.c.id == int(asked.removeprefix(AWAITED)))


def _take(tx: Connection, person: Person, which: ColumnElement[bool]) -> Row[Any] | None:
    found = tx.execute(select(prompts).where(which & (prompts.c.person == person.id))).first()
    if found is not None:
        tx.execute(delete(prompts).where(prompts.c.id == found.id))
    return found
