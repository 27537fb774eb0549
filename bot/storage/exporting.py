"""Everything the database has about one person, by table: what a request for access asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from bot.storage.personal import Whose, tables, theirs

Row = Mapping[str, Any]


def of_person(tx: Connection, whose: Whose) -> dict[str, Sequence[Row]]:
    """The rows about a person, by table; tables without one are left out."""
    found: dict[str, Sequence[Row]] = {}
    for table in tables():
        which = theirs(table, whose)
        rows = [] if which is None else tx.execute(select(table).where(which)).mappings().all()
        if rows:
            found[table.name] = [dict(row) for row in rows]
    return found
