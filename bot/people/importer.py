"""Bring the directory in line with people.csv: new people come in, known ones are brought up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.authored import Complaint
from bot.errors import FirstlineError
from bot.people.roster import Entry
from bot.storage.schema import people


@dataclass(frozen=True, slots=True)
class Taken:
    """How many people an import brought, changed, found as they were, and saw leave."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0


class AccountsTaken(FirstlineError):
    """Some Telegram accounts of the file belong to other people who work here."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__()
        self.complaints = complaints


class TooManyLeave(FirstlineError):
    """More people would leave than was expected; the file is probably not whole."""

    def __init__(self, leaving: int, expected: int) -> None:
        super().__init__()
        self.leaving, self.expected = leaving, expected


def take_in(tx: Connection, file: str, entries: Sequence[Entry]) -> Taken:
    """Add and update everybody in the file; those who are not in it stay as they are.

    What people chose or said themselves is kept: their language once they are known, the account they were
    bound to, their profile. Raises AccountsTaken, with nothing changed.
    """
    known = {row["staff_id"]: dict(row) for row in tx.execute(select(people)).mappings()}
    complaints = list(_taken_accounts(file, entries, known))
    if complaints:
        raise AccountsTaken(complaints)
    _free_accounts(tx, entries, known)
    added = changed = 0
    for entry in entries:
        before = known.get(entry.staff_id)
        if before is None:
            tx.execute(insert(people).values(**_values(entry), language=entry.language, profile={}))
            added += 1
        elif after := _difference(before, entry):
            tx.execute(update(people).where(people.c.id == before["id"]).values(**after))
            changed += 1
    return Taken(added, changed, len(entries) - added - changed)


def let_go(tx: Connection, entries: Sequence[Entry], expected: int) -> int:
    """Deactivate everybody who is not in the file; returns how many. Their next press is refused (T5).

    Raises TooManyLeave above `expected`, because half a file would switch half of the company off.
    """
    staying = {entry.staff_id for entry in entries}
    here = tx.execute(select(people.c.id, people.c.staff_id).where(people.c.active == 1))
    leaving = [row.id for row in here if row.staff_id not in staying]
    if len(leaving) > expected:
        raise TooManyLeave(len(leaving), expected)
    for person in leaving:
        tx.execute(update(people).where(people.c.id == person).values(active=0))
    return len(leaving)


def _values(entry: Entry) -> dict[str, Any]:
    """What the file decides about a person, by column. An account left blank is not the file's to decide."""
    values: dict[str, Any] = {
        "staff_id": entry.staff_id,
        "name": entry.name,
        "department": entry.department,
        "office": entry.office,
        "roles": list(entry.roles),
        "manager": entry.manager,
        "active": 1,
    }
    accounts = {"telegram_id": entry.telegram_id, "username": entry.username}
    return values | {column: value for column, value in accounts.items() if value is not None}


def _difference(before: dict[str, Any], entry: Entry) -> dict[str, Any]:
    return {column: value for column, value in _values(entry).items() if before[column] != value}


def _taken_accounts(
    file: str, entries: Sequence[Entry], known: dict[str, dict[str, Any]]
) -> Iterator[Complaint]:
    """Accounts of the file that an active person outside the file holds, by the place in the file."""
    mentioned = {entry.staff_id for entry in entries}
    for column in ("telegram_id", "username"):
        holders = {
            row[column]: row
            for row in known.values()
            if row[column] is not None and row["active"] and row["staff_id"] not in mentioned
        }
        for entry in entries:
            holder = holders.get(getattr(entry, column))
            if holder is not None:
                facts = {"name": holder["name"], "staff_id": holder["staff_id"], "value": holder[column]}
                yield Complaint("E617", file, entry.marks[column], facts)


def _free_accounts(tx: Connection, entries: Sequence[Entry], known: dict[str, dict[str, Any]]) -> None:
    """Take the file's accounts from whoever holds them now - two people who swapped, one who left - or the
    unique columns would refuse the second of the two updates."""
    for column in ("telegram_id", "username"):
        owner = {getattr(entry, column): entry.staff_id for entry in entries}
        for row in known.values():
            if row[column] is not None and owner.get(row[column], row["staff_id"]) != row["staff_id"]:
                tx.execute(update(people).where(people.c.id == row["id"]).values({column: None}))
                row[column] = None
