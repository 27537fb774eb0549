"""Update the directory from people.csv: add new people, update known ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.errors import FirstlineError
from bot.people import directory
from bot.people.roster import RosterRow, folded
from bot.storage.schema import people
from bot.yamlfiles import Complaint, nearest

NAMED = 5  # people whom a warning names; the others are a number


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of an import: numbers of people."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Administrators:
    """How many administrators there are, and how many have a known account."""

    all: int
    recognised: int


class NotTakenIn(FirstlineError):
    """The file contradicts the directory: accounts belong to other people who work here, managers are unknown."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__()
        self.complaints = complaints


class NoAdministrator(FirstlineError):
    """No administrator would be left, or none whom the bot can recognise by their account."""


class TooManyLeave(FirstlineError):
    """More people would leave than was expected; the file is probably not whole."""

    def __init__(self, leaving: int, expected: int) -> None:
        super().__init__()
        self.leaving, self.expected = leaving, expected


def take_in(tx: Connection, file: str, entries: Sequence[RosterRow]) -> Taken:
    """Add and update everyone in the file; people who are not in it stay as they are.

    Keeps what people chose or said themselves (their language once they are known, the bound account, their profile)
    and everything in columns that the file does not have. Raises NotTakenIn, with nothing changed.
    """
    known = {folded(row["staff_id"]): dict(row) for row in tx.execute(select(people)).mappings()}
    here = {own: row["staff_id"] for own, row in known.items() if row["active"]}
    here |= {
        folded(entry.staff_id): entry.staff_id for entry in entries if folded(entry.staff_id) not in here
    }
    complaints = [*_taken_accounts(file, entries, known), *_unknown_managers(file, entries, here)]
    if complaints:
        raise NotTakenIn(complaints)
    entries = [replace(one, manager=here[folded(one.manager)]) if one.manager else one for one in entries]
    _free_accounts(tx, entries, known)
    added = changed = 0
    for entry in entries:
        before = known.get(folded(entry.staff_id))
        if before is None:
            proof = directory.BY_NAME if entry.telegram_id is None else "id"
            values = _values(entry) | {"language": entry.language, "profile": {}, "proof": proof}
            tx.execute(insert(people).values(values))
            added += 1
        elif after := _difference(before, entry):
            tx.execute(update(people).where(people.c.id == before["id"]).values(**after))
            changed += 1
    return Taken(added, changed, len(entries) - added - changed)


def let_go(tx: Connection, entries: Sequence[RosterRow], expected: int) -> int:
    """Deactivate everyone who is not in the file; returns how many. Their next press is refused (T5).

    Raises TooManyLeave above `expected`: an incomplete file would deactivate half of the company.
    """
    staying = {folded(entry.staff_id) for entry in entries}
    here = tx.execute(select(people.c.id, people.c.staff_id).where(people.c.active == 1))
    leaving = [row.id for row in here if folded(row.staff_id) not in staying]
    if len(leaving) > expected:
        raise TooManyLeave(len(leaving), expected)
    for person in leaving:
        tx.execute(update(people).where(people.c.id == person).values(active=0))
    return len(leaving)


def administrators(tx: Connection) -> Administrators:
    here = directory.everybody(tx)
    admins = [person for person in here if "admin" in person.roles | person.claimed]
    recognised = [person for person in admins if person.is_admin and person.telegram_id is not None]
    return Administrators(len(admins), len(recognised))


def keep_one(tx: Connection, before: Administrators) -> None:
    """Raises NoAdministrator when the last administrator is lost: that could not be undone in Telegram."""
    after = administrators(tx)
    if (before.all and not after.all) or (before.recognised and not after.recognised):
        raise NoAdministrator


def unrecognised(tx: Connection, file: str, entries: Sequence[RosterRow]) -> list[Complaint]:
    """The people of the file whose account is in neither the file nor the directory: one warning for all of them."""
    nameless = people.c.telegram_id.is_(None) & people.c.username.is_(None)
    found = set(tx.scalars(select(people.c.staff_id).where(nameless)))
    return _summed("W601", file, "staff_id", [entry for entry in entries if entry.staff_id in found])


def unproven(file: str, entries: Sequence[RosterRow]) -> list[Complaint]:
    """The people of the file whose roles wait, because nothing but a user name says which account is theirs."""
    waiting = [one for one in entries if one.roles and one.username and one.telegram_id is None]
    return _summed("W820", file, "roles", waiting)


def _summed(code: str, file: str, column: str, entries: Sequence[RosterRow]) -> list[Complaint]:
    """One warning at the first of these people, with the ids of a few and the number of the others."""
    if not entries:
        return []
    more = f" (+{len(entries) - NAMED})" if len(entries) > NAMED else ""
    who = ", ".join(entry.staff_id for entry in entries[:NAMED]) + more
    return [Complaint(code, file, entries[0].marks[column], {"column": column, "who": who})]


def _values(entry: RosterRow) -> dict[str, Any]:
    """A new person's values by column; a blank account is unknown."""
    values: dict[str, Any] = {
        "staff_id": entry.staff_id,
        "name": entry.name,
        "department": entry.department,
        "office": entry.office,
        "zone": entry.zone,
        "phone": entry.phone,
        "email": entry.email,
        "roles": list(entry.roles),
        "manager": entry.manager,
        "active": 1,
    }
    accounts = {"telegram_id": entry.telegram_id, "username": entry.username}
    return values | {column: value for column, value in accounts.items() if value is not None}


def _difference(before: dict[str, Any], entry: RosterRow) -> dict[str, Any]:
    """What the file changes about a person. Columns that it does not have are unchanged."""
    decided = {"active", *entry.marks} - {"staff_id"}
    if before["telegram_id"] is not None and entry.telegram_id is None:
        decided -= {"username"}  # the account is known, and its user name is followed
    changed = {
        column: value
        for column, value in _values(entry).items()
        if column in decided and before[column] != value
    }
    proven = entry.telegram_id is not None and before["proof"] == directory.BY_NAME
    return changed | ({"proof": "id"} if proven else {})


def _taken_accounts(
    file: str, entries: Sequence[RosterRow], known: dict[str, dict[str, Any]]
) -> Iterator[Complaint]:
    """Accounts of the file that belong to an active person outside the file, with their place in the file."""
    mentioned = {folded(entry.staff_id) for entry in entries}
    for column in ("telegram_id", "username"):
        holders = {
            row[column]: row
            for row in known.values()
            if row[column] is not None and row["active"] and folded(row["staff_id"]) not in mentioned
        }
        for entry in entries:
            holder = holders.get(getattr(entry, column))
            if holder is not None:
                facts = {"name": holder["name"], "staff_id": holder["staff_id"], "value": holder[column]}
                yield Complaint("E617", file, entry.marks[column], facts)


def _unknown_managers(
    file: str, entries: Sequence[RosterRow], here: Mapping[str, str]
) -> Iterator[Complaint]:
    """Managers who are neither in the file nor work here; `here`: staff ids by how they are compared."""
    unknown = [one for one in entries if one.manager and folded(one.manager) not in here]
    for place, entry in enumerate(unknown):
        if entry.manager is not None:
            facts = {"column": "manager", "value": entry.manager}
            hint = (
                nearest(entry.manager, here.values()) if place < NAMED else None
            )  # it compares with everybody
            yield Complaint("E623", file, entry.marks["manager"], facts, hint)


def _free_accounts(tx: Connection, entries: Sequence[RosterRow], known: dict[str, dict[str, Any]]) -> None:
    """Take the file's accounts from their present holders - two people who swapped, one who left - because the unique
    columns would refuse the second of two updates."""
    for column in ("telegram_id", "username"):
        owner = {getattr(entry, column): folded(entry.staff_id) for entry in entries}
        for row in known.values():
            own = folded(row["staff_id"])
            if row[column] is not None and owner.get(row[column], own) != own:
                lost = {column: None} | ({"proof": directory.BY_NAME} if column == "telegram_id" else {})
                tx.execute(update(people).where(people.c.id == row["id"]).values(lost))
                row |= lost
