"""Look somebody up as a test does: by the number the file gave them."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people import directory


def by_staff_id(tx: Connection, staff_id: str) -> directory.Person | None:
    return next((person for person in directory.everybody(tx) if person.staff_id == staff_id), None)
