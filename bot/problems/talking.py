"""Where the bot talks with a supervisor: it cannot begin a private chat, so one that was never opened takes no message."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.keys import SUPERVISORS
from bot.people.directory import Person
from bot.telegram import chats


def chat_of(tx: Connection, person: Person) -> str:
    """Their private chat; the supervisors' chat while nothing shows that the private one is open."""
    if chats.is_open(tx, person.key) or not chats.reachable(tx, SUPERVISORS):
        return person.key
    return SUPERVISORS


def beside(tx: Connection, person: Person, chat: str | None) -> str:
    """Where something is asked that was begun in `chat`: there, unless it is the chat of a team."""
    return chat if chat in (person.key, SUPERVISORS) else chat_of(tx, person)


def is_possible(tx: Connection, person: Person, chat: str | None) -> bool:
    """Whether there is a chat that takes what is asked."""
    return chat == person.key or chats.is_open(tx, person.key) or chats.reachable(tx, SUPERVISORS)
