"""The rows of an import: what is stored with each portion, so that a stopped one goes on without a duplicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from bot.reports.past.folding import PastTicket, of_changes
from bot.reports.past.parsing import PastRow
from bot.storage.schema import imports, past_events, past_tickets
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

FOLDED = 4_000  # changes in one transaction
READING, FOLDING, DONE = "reading", "folding", "done"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import; `line` is the last row of the file that is stored, from 1."""

    id: int
    source: str
    hash: str
    state: str
    line: int
    bad: int
    begun_at: int


def begin(unit: Unit[None], source: str, hash: str) -> ImportRow:
    """The import of this file by this map, as far as it came."""
    found = unit.tx.execute(select(imports).where(imports.c.hash == hash)).first()
    if found is None:
        facts = {"source": source, "hash": hash, "state": READING, "line": 0, "bad": 0, "begun_at": unit.now}
        unit.tx.execute(insert(imports).values(**facts))
        found = unit.tx.execute(select(imports).where(imports.c.hash == hash)).one()
    return ImportRow(*found)


def keep_changes(unit: Unit[None], row: ImportRow, changes: Sequence[tuple[int, PastRow]]) -> None:
    """Store a portion of a log."""
    if changes:
        rows = [
            {"import": row.id, "line": line, "number": change.number, "facts": asdict(change)}
            for line, change in changes
        ]
        unit.tx.execute(insert(past_events), rows)
    _note(unit, row)


def known(tx: Connection, source: str, numbers: Sequence[str]) -> dict[str, int]:
    """Which of these tickets are stored already, and the row of the file they came from."""
    mine = (past_tickets.c.source == source) & past_tickets.c.number.in_(numbers)
    return dict(tx.execute(select(past_tickets.c.number, past_tickets.c.line).where(mine)).all())


def keep_tickets(unit: Unit[None], row: ImportRow, found: Sequence[tuple[int, PastTicket]]) -> None:
    """Store a portion of tickets."""
    _put(unit, row.source, found)
    _note(unit, row)


def fold(unit: Unit[None], row: ImportRow) -> int:
    """Turn some stored changes into tickets; returns how many are left."""
    events = past_events.c
    mine = events["import"] == row.id
    portion = select(events.number, events.line, events.facts).where(mine)
    rows = unit.tx.execute(portion.order_by(events.number, events.line).limit(FOLDED)).all()
    last = rows[-1].number if rows else ""
    if len(rows) == FOLDED and rows[0].number != last:
        rows = [one for one in rows if one.number != last]  # its other changes are in the next portion
    elif len(rows) == FOLDED:
        only = portion.where(events.number == last).order_by(events.line)
        rows = list(unit.tx.execute(only).all())
    tickets: list[tuple[int, PastTicket]] = []
    for _, group in groupby(rows, key=lambda one: str(one.number)):
        changes = [(one.line, PastRow(**one.facts)) for one in group]
        changes.sort(key=lambda pair: (pair[1].moments["at"], pair[0]))
        tickets.append((changes[0][0], of_changes([change for _, change in changes])))
    _put(unit, row.source, tickets)
    if rows:
        folded = (events.number >= rows[0].number) & (events.number <= rows[-1].number)
        unit.tx.execute(delete(past_events).where(mine & folded))
    left = unit.tx.scalar(select(func.count()).select_from(past_events).where(mine)) or 0
    unit.tx.execute(update(imports).where(imports.c.id == row.id).values(state=FOLDING if left else DONE))
    return left


def end(unit: Unit[None], row: ImportRow, state: str) -> None:
    """The file is read to its end."""
    unit.tx.execute(update(imports).where(imports.c.id == row.id).values(state=state))


def _note(unit: Unit[None], row: ImportRow) -> None:
    mine = imports.c.id == row.id
    unit.tx.execute(update(imports).where(mine).values(line=row.line, bad=row.bad))


def _put(unit: Unit[None], source: str, found: Sequence[tuple[int, PastTicket]]) -> None:
    """Insert these tickets; a newer export of the same desk replaces what it says of a ticket."""
    if not found:
        return
    numbers = [ticket.number for _, ticket in found]
    keys = [(source, number) for number in numbers]
    unit.tx.execute(
        delete(past_tickets).where(tuple_(past_tickets.c.source, past_tickets.c.number).in_(keys))
    )
    rows: list[dict[str, object]] = [
        {"source": source, "line": line, **asdict(ticket), **_flags(ticket)} for line, ticket in found
    ]
    unit.tx.execute(insert_for(unit.tx.dialect.name, past_tickets), rows)


def _flags(ticket: PastTicket) -> dict[str, int | None]:
    """What a column of numbers holds for yes and no."""
    return {
        "is_cancelled": int(ticket.is_cancelled),
        "met": None if ticket.met is None else int(ticket.met),
    }
