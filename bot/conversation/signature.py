"""Who speaks and about which ticket: a line above an engineer's words wherever the employee could wonder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.config.config import Work
from bot.people import directory
from bot.people.directory import Person
from bot.telegram.incoming import CAPTIONED
from bot.texts import speak
from bot.tickets import store, transcript
from bot.tickets.ticket import Ticket

MOST_TEXT, MOST_CAPTION = 4096, 1024  # UTF-16 units (Bot API)
Entities = Sequence[Mapping[str, Any]]


def wanted(work: Work, ticket: Ticket, author: Person, *, always: bool) -> str:
    """The line, in the employee's language; "" once they know who speaks: they have one open ticket, the last words were
    about it too, and the author has written to them there before."""
    employee = directory.get(work.tx, ticket.requester)
    last = transcript.latest(work.tx, employee.id)
    is_plain = len(store.open_of(work.tx, employee.id)) <= 1 and (last is None or last.ticket == ticket.id)
    if is_plain and not always and transcript.has_reached(work.tx, ticket.id, author.id):
        return ""
    return speak.voice(employee.language).say("signature", who=author.first_name, number=ticket.id)


def fits(kind: str, text: str, line: str) -> bool:
    """Whether a message of this kind can have the line above its words."""
    most = MOST_TEXT if kind == "text" else MOST_CAPTION if kind in CAPTIONED else 0
    return _length(line) + 1 + _length(text) <= most


def above(line: str, text: str, entities: Entities) -> tuple[str, list[Mapping[str, object]]]:
    """The words below the line, with their entities where they are now."""
    moved = _length(line) + 1
    head = {"type": "bold", "offset": 0, "length": _length(line)}
    return f"{line}\n{text}".rstrip(), [
        head,
        *(entity | {"offset": entity["offset"] + moved} for entity in map(dict, entities)),
    ]


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
