"""What an import changes, person by person: the directory before and after it, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, select

from bot.storage.schema import people


@dataclass(frozen=True, slots=True)
class Entered:
    """What people.csv decides about one person, as the directory has it."""

    staff_id: str
    name: str
    department: str
    office: str
    zone: str
    phone: str
    email: str
    telegram_id: int | None
    username: str | None
    roles: Sequence[str]
    manager: str | None
    active: int


@dataclass(frozen=True, slots=True)
class Altered:
    """One column of one person; an empty text is no value."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Who comes, who leaves, and what becomes different for the others, each in the order of their numbers."""

    new: Sequence[Entered] = ()
    left: Sequence[Entered] = ()
    altered: Sequence[tuple[Entered, Sequence[Altered]]] = ()


def snapshot(tx: Connection) -> Mapping[int, Entered]:
    """Everybody, active or not, by the directory's number."""
    columns = [people.c[field.name] for field in fields(Entered)]
    found = tx.execute(select(people.c.id, *columns).order_by(people.c.id))
    return {row.id: Entered(*row[1:]) for row in found}


def between(before: Mapping[int, Entered], after: Mapping[int, Entered]) -> Changes:
    """A person who comes back is new; the staff id in another spelling is the same person."""
    new, left, altered = [], [], []
    for number, now in after.items():
        then = before.get(number)
        if now.active and (then is None or not then.active):
            new.append(now)
        elif then is not None and then.active and not now.active:
            left.append(now)
        elif then is not None and (differences := list(_differences(then, now))):
            altered.append((now, differences))
    return Changes(new, left, altered)


def _differences(then: Entered, now: Entered) -> Iterator[Altered]:
    for field in fields(Entered):
        was, is_now = _words(getattr(then, field.name)), _words(getattr(now, field.name))
        if was != is_now:
            yield Altered(field.name, was, is_now)


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(value)
    return "" if value is None else str(value)
