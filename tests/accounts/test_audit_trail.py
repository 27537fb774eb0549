"""The audit trail: rows are added, and whatever is done to them afterwards is found (T26)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot.storage import audit_trail
from bot.storage.audit_trail import AuditEntry
from bot.storage.schema import audit
from tests.units import work

NOW = 1_795_417_200


@pytest.fixture
def rows(tx: Connection) -> list[int]:
    facts = {"roles": ["admin"], "name": "Ёлка", "n": 3}
    return [
        audit_trail.write(
            work(tx, NOW + n), AuditEntry("operator", "roles", f"person:{n}", facts, {"account": 500 + n})
        )
        for n in range(5)
    ]


def test_an_untouched_trail_holds_and_names_its_newest_link(tx: Connection, rows: list[int]) -> None:
    found = audit_trail.verify(tx)
    assert (found.rows, found.holds, found.head) == (5, True, audit_trail.newest(tx, 1)[0].link)
    assert audit_trail.verify(tx, found.head[:16]).holds


TAMPERING: dict[str, Callable[[Connection, int], Any]] = {
    "another actor": lambda tx, row: change(tx, row, actor="person:1"),
    "another action": lambda tx, row: change(tx, row, action="bound"),
    "another object": lambda tx, row: change(tx, row, about="person:99"),
    "another time": lambda tx, row: change(tx, row, at=1),
    "other facts": lambda tx, row: change(tx, row, facts={"roles": []}),
    "another account": lambda tx, row: change(tx, row, personal={"account": 1, "salt": "x"}),
    "another link": lambda tx, row: change(tx, row, link="0" * 64),
    "a deleted row": lambda tx, row: tx.execute(delete(audit).where(audit.c.id == row)),
}


def change(tx: Connection, row: int, **values: Any) -> None:
    tx.execute(update(audit).where(audit.c.id == row).values(values))


@pytest.mark.parametrize("what", TAMPERING)
@pytest.mark.parametrize("which", [0, 2, 4])
def test_an_altered_row_is_found(tx: Connection, rows: list[int], what: str, which: int) -> None:
    TAMPERING[what](tx, rows[which])
    assert not audit_trail.verify(tx).holds


def test_an_inserted_row_is_found(tx: Connection, rows: list[int]) -> None:
    row = dict(tx.execute(select(audit).where(audit.c.id == rows[2])).mappings().one())
    tx.execute(insert(audit).values(**row | {"id": 77, "link": "f" * 64}))
    assert not audit_trail.verify(tx).holds


def test_a_trail_that_was_written_again_as_a_whole_is_found_by_a_link_noted_before(
    tx: Connection, rows: list[int]
) -> None:
    noted = audit_trail.verify(tx).head
    tx.execute(delete(audit))
    audit_trail.kv.put(tx, audit_trail.HEAD, "")
    for n in range(5):
        audit_trail.write(work(tx, NOW + n), AuditEntry("operator", "roles", f"person:{n}", {"roles": []}))
    assert audit_trail.verify(tx).holds
    assert not audit_trail.verify(tx, noted).holds
