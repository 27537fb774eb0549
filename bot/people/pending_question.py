"""The question asked in a person's private chat: their next message answers it, if it comes soon."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from bot.storage.schema import awaited
from bot.storage.unit import Unit
from bot.storage.upsert import insert

PATIENCE = 15 * 60  # seconds: a later message is about something else
_OF_PERSON = select(awaited).where(
    awaited.c.person == bindparam("whose")
)  # built once: it runs at every message


class Asked(NamedTuple):
    """What was asked for, and when (UTC seconds)."""

    what: str
    at: int


def put(unit: Unit[object], person_id: int, what: str) -> None:
    """From `now` (UTC seconds) the person's next message answers `what`."""
    row = insert(unit.tx, awaited).values(person=person_id, what=what, at=unit.now)
    unit.tx.execute(row.on_conflict_do_update(index_elements=["person"], set_={"what": what, "at": unit.now}))


def peek(unit: Unit[object], person_id: int) -> Asked | None:
    """The pending question, without removing it; None when there is none or it has expired."""
    asked = unit.tx.execute(_OF_PERSON, {"whose": person_id}).first()
    return Asked(asked.what, asked.at) if asked is not None and unit.now - asked.at <= PATIENCE else None


def take(unit: Unit[object], person_id: int) -> Asked | None:
    """The pending question, removed; None when there was none or it had expired."""
    asked = peek(unit, person_id)
    if asked is not None:
        forget(unit.tx, person_id)
    return asked


def forget(tx: Connection, person_id: int) -> None:
    tx.execute(delete(awaited).where(awaited.c.person == person_id))


def sweep(unit: Unit[object]) -> None:
    """Delete expired questions."""
    unit.tx.execute(delete(awaited).where(awaited.c.at < unit.now - PATIENCE))
