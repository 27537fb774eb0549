"""Who belongs to which department, for figures: names of people are not read."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage.schema import people


def departments(tx: Connection) -> dict[int, str]:
    """The department of everybody who has one, by their number."""
    found = select(people.c.id, people.c.department).where(people.c.department != "")
    return dict(tx.execute(found).all())


def names(tx: Connection, numbers: set[int]) -> dict[int, str]:
    """The names of some people, by their numbers."""
    found = select(people.c.id, people.c.name).where(people.c.id.in_(sorted(numbers)))
    return dict(tx.execute(found).all())
