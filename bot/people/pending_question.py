"""What we asked a person in their private chat: the next words they write are the answer, if they come soon."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from bot.storage.schema import awaited
from bot.storage.upsert import insert

PATIENCE = 15 * 60  # seconds: later words are about something else


class Asked(NamedTuple):
    """What we asked for, and when (UTC seconds)."""

    what: str
    at: int


def put(tx: Connection, person_id: int, what: str, now: int) -> None:
    """From `now` on (UTC seconds) the person's next words are meant for `what`."""
    row = insert(tx, awaited).values(person=person_id, what=what, at=now)
    tx.execute(row.on_conflict_do_update(index_elements=["person"], set_={"what": what, "at": now}))


def peek(tx: Connection, person_id: int, now: int) -> Asked | None:
    """What the next words are meant for, as things stand; None when nothing was asked, or long ago."""
    asked = tx.execute(select(awaited).where(awaited.c.person == person_id)).first()
    return Asked(asked.what, asked.at) if asked is not None and now - asked.at <= PATIENCE else None


def take(tx: Connection, person_id: int, now: int) -> Asked | None:
    """What the words that have just come are meant for, once; None when nothing was asked, or long ago."""
    asked = peek(tx, person_id, now)
    if asked is not None:
        forget(tx, person_id)
    return asked


def forget(tx: Connection, person_id: int) -> None:
    """They have turned to something else."""
    tx.execute(delete(awaited).where(awaited.c.person == person_id))


def sweep(tx: Connection, now: int) -> None:
    """Whatever was asked long ago awaits no answer any more."""
    tx.execute(delete(awaited).where(awaited.c.at < now - PATIENCE))
