"""What we asked a person in their private chat: the next words they write are the answer, if they come soon."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from bot.storage.schema import awaited
from bot.storage.unit import Unit
from bot.storage.upsert import insert

PATIENCE = 15 * 60  # seconds: later words are about something else


class Asked(NamedTuple):
    """What we asked for, and when (UTC seconds)."""

    what: str
    at: int


def put(unit: Unit[object], person_id: int, what: str) -> None:
    """From `now` on (UTC seconds) the person's next words are meant for `what`."""
    row = insert(unit.tx, awaited).values(person=person_id, what=what, at=unit.now)
    unit.tx.execute(row.on_conflict_do_update(index_elements=["person"], set_={"what": what, "at": unit.now}))


def peek(unit: Unit[object], person_id: int) -> Asked | None:
    """What the next words are meant for, as things stand; None when nothing was asked, or long ago."""
    asked = unit.tx.execute(select(awaited).where(awaited.c.person == person_id)).first()
    return Asked(asked.what, asked.at) if asked is not None and unit.now - asked.at <= PATIENCE else None


def take(unit: Unit[object], person_id: int) -> Asked | None:
    """What the words that have just come are meant for, once; None when nothing was asked, or long ago."""
    asked = peek(unit, person_id)
    if asked is not None:
        forget(unit.tx, person_id)
    return asked


def forget(tx: Connection, person_id: int) -> None:
    """They have turned to something else."""
    tx.execute(delete(awaited).where(awaited.c.person == person_id))


def sweep(unit: Unit[object]) -> None:
    """Whatever was asked long ago awaits no answer any more."""
    unit.tx.execute(delete(awaited).where(awaited.c.at < unit.now - PATIENCE))
