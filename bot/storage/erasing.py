"""Empties what people wrote and what identifies them; figures stay (T24). Every call is one bounded unit of work.

What is emptied by age and what a person has erased take the same way. Only these functions take words out of
`history`; the digest of sealed history (bot/storage/sealing.py) does not cover words, so it holds afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, Table, delete, null, select, update

from bot.keys import RawChat, TicketRef
from bot.storage import kv, schema
from bot.storage.personal import COLUMNS, WORDS_IN_HISTORY, Whose, mentions
from bot.storage.unit import Unit

TICKETS = 20  # in one unit: a ticket has some dozens of rows in other tables
ROWS = 500  # of other tables
SCANNED = 2_000  # rows of outbox and inbox that one unit looks through for a person
GONE = "gone"  # the reason of an outbox row whose reader was erased


def open_tickets(tx: Connection, requester: int) -> Sequence[int]:
    """The person's tickets that have not ended."""
    tickets = schema.tickets
    mine = (tickets.c.requester == requester) & tickets.c.closed_at.is_(None)
    return tx.scalars(select(tickets.c.id).where(mine).order_by(tickets.c.id)).all()


def ended_tickets(tx: Connection, before: int, requester: int | None = None) -> Sequence[int]:
    """Tickets that ended before this instant (UTC seconds) and still have their words, the oldest first."""
    tickets = schema.tickets
    which = schema.TICKETS_KEPT & (tickets.c.closed_at < before)
    if requester is not None:
        which &= tickets.c.requester == requester
    return tx.scalars(select(tickets.c.id).where(which).order_by(tickets.c.closed_at).limit(TICKETS)).all()


def empty_tickets(unit: Unit[object], numbers: Sequence[int]) -> int:
    """Take the words out of these tickets and of all that was said in them."""
    tx = unit.tx
    forget_relays(unit, numbers)
    _empty(tx, schema.tickets, schema.tickets.c.id.in_(numbers), emptied_at=unit.now)
    _empty(tx, schema.approvals, schema.approvals.c.ticket.in_(numbers))
    tx.execute(delete(schema.terms).where(schema.terms.c.ticket.in_(numbers)))
    tx.execute(delete(schema.prompts).where(schema.prompts.c.ticket.in_(numbers)))
    _empty_history(tx, numbers)
    outbox = schema.outbox
    refs = [TicketRef(number) for number in numbers]
    said = (outbox.c.topic.in_(refs) | outbox.c.about.in_(refs)) & outbox.c.done_at.is_not(None)
    tx.execute(update(outbox).where(said).values(params={}))
    return len(numbers)


def talked(tx: Connection, before: int) -> Sequence[int]:
    """Tickets that ended before this instant and whose conversation is still remembered."""
    relays, tickets = schema.relays, schema.tickets
    ended = relays.join(tickets, tickets.c.id == relays.c.ticket)
    old = select(relays.c.ticket).select_from(ended).where(tickets.c.closed_at < before)
    return tx.scalars(old.distinct().limit(TICKETS)).all()


def forget_relays(unit: Unit[object], numbers: Sequence[int]) -> int:
    """Forget the conversation of these tickets."""
    return unit.tx.execute(delete(schema.relays).where(schema.relays.c.ticket.in_(numbers))).rowcount


def ended_runs(tx: Connection, before: int, person: int | None = None) -> Sequence[int]:
    """Runs that ended before this instant and still have their answers."""
    runs = schema.runs
    which = schema.RUNS_KEPT & (runs.c.updated_at < before)
    if person is not None:
        which &= runs.c.person == person
    return tx.scalars(select(runs.c.id).where(which).order_by(runs.c.updated_at).limit(ROWS)).all()


def empty_runs(unit: Unit[object], numbers: Sequence[int]) -> int:
    """Take answers and shown texts out of these runs. One that could have been resumed has expired."""
    runs = schema.runs
    for row in unit.tx.execute(select(runs.c.id, runs.c.view, runs.c.status).where(runs.c.id.in_(numbers))):
        view = json.loads(row.view) | {"parts": [], "options": [], "media": []}
        status = "expired" if row.status == "left" else row.status
        values = {"state": "", "last": "", "pending": None, "view": json.dumps(view), "status": status}
        unit.tx.execute(update(runs).where(runs.c.id == row.id).values(values))
    return len(numbers)


def forget_words(unit: Unit[object], before: int, person: int | None = None) -> int:
    """Delete messages that were written before a scenario or a ticket was chosen; of everyone, or of one person."""
    kept = schema.utterances
    which = kept.c.at < before
    if person is not None:
        which &= (kept.c.person == person) | (kept.c.about == person)
    batch = select(kept.c.id).where(which).limit(ROWS)
    return unit.tx.execute(delete(kept).where(kept.c.id.in_(batch))).rowcount


def forget_strangers(unit: Unit[object], before: int) -> int:
    """Delete accounts that are in no directory and were answered before this instant."""
    strangers = schema.strangers
    batch = select(strangers.c.telegram_id).where(strangers.c.answered_at < before).limit(ROWS)
    return unit.tx.execute(delete(strangers).where(strangers.c.telegram_id.in_(batch))).rowcount


def forget_habits(unit: Unit[object], person: int) -> None:
    """What a person searched, taught, was asked, and said of themselves. Which articles helped stays as a figure."""
    tx = unit.tx
    for table in (schema.lessons, schema.sayings, schema.teaching, schema.awaited, schema.prompts):
        tx.execute(delete(table).where(table.c.person == person))
    _empty(tx, schema.searches, schema.searches.c.person == person)
    values = {"profile": {}, "told": null()}
    tx.execute(update(schema.people).where(schema.people.c.id == person).values(values))


def forget_sender(unit: Unit[object], person: int) -> None:
    """That they send more signs of trouble than one person has; what they send from now on counts again."""
    if not kv.get(unit.tx, kv.COUNTED):
        return
    counted = json.loads(kv.hold(unit.tx, kv.COUNTED))
    if counted.get("senders", {}).pop(str(person), None) is not None:
        kv.put(unit.tx, kv.COUNTED, json.dumps(counted))


def erase_identity(unit: Unit[object], whose: Whose) -> None:
    """Empty the directory's row. Its number stays, for the tickets and figures that refer to it."""
    people, tx = schema.people, unit.tx
    row = tx.execute(select(people.c.staff_id).where(people.c.id == whose.number)).one()
    tx.execute(update(people).where(people.c.manager == row.staff_id).values(manager=None))
    name = f"erased-{whose.number}"
    values: Mapping[str, Any] = {"staff_id": name, "name": name, "roles": [], "active": 0, "proof": "name"}
    _empty(tx, people, people.c.id == whose.number, **values, erased_at=unit.now)
    _empty(tx, schema.extents, schema.extents.c.person == whose.number)
    if whose.account is not None:
        tx.execute(delete(schema.strangers).where(schema.strangers.c.telegram_id == whose.account))
    tx.execute(update(schema.relays).where(schema.relays.c.author == whose.number).values(signature=""))
    tx.execute(delete(schema.posts).where(schema.posts.c.chat == whose.key))
    tx.execute(update(schema.audit).where(schema.audit.c.about == whose.key).values(personal=null()))


def stop_talking(unit: Unit[object], whose: Whose) -> None:
    """What waits for this person is not sent any more."""
    outbox = schema.outbox
    waiting = schema.OUTBOX_OPEN & (outbox.c.chat == whose.key) & (outbox.c.state == "pending")
    values = {"state": "dropped", "done_at": unit.now, "reason": GONE, "params": {}}
    unit.tx.execute(update(outbox).where(waiting).values(values))


def forget_said(unit: Unit[object], whose: Whose, needles: list[str], after: int) -> int | None:
    """Empty what was said to a person and about them, a stretch of the outbox at a time; returns where to go on.

    `needles`: their name, account and user name as texts.
    """
    outbox = schema.outbox
    last = _stretch(unit.tx, outbox.c.id, after)
    if last is None:
        return None
    here = (outbox.c.id > after) & (outbox.c.id <= last) & outbox.c.done_at.is_not(None)
    about = outbox.c.chat == whose.key
    if needles:
        about |= mentions(outbox.c.params, needles)
    unit.tx.execute(update(outbox).where(here & about).values(params={}, reason=null()))
    if whose.account is not None:
        raw = (outbox.c.chat == RawChat(whose.account)) | outbox.c.dedupe.contains(str(whose.account))
        unit.tx.execute(delete(outbox).where(here & raw))
    return last


def forget_updates(unit: Unit[object], whose: Whose, needles: list[str], after: int) -> int | None:
    """Delete handled updates of a person and those that name them, a stretch of the inbox at a time."""
    inbox = schema.inbox
    last = _stretch(unit.tx, inbox.c.update_id, after)
    if last is None:
        return None
    here = (inbox.c.update_id > after) & (inbox.c.update_id <= last) & (inbox.c.state != "pending")
    about = inbox.c.lane == (whose.account or 0)
    if needles:
        about |= mentions(inbox.c.payload, needles)
    unit.tx.execute(delete(inbox).where(here & about))
    return last


def _stretch(tx: Connection, number: Column[Any], after: int) -> int | None:
    """The last of the next rows after this number; None at the end."""
    rows = tx.scalars(select(number).where(number > after).order_by(number).limit(SCANNED)).all()
    return int(rows[-1]) if rows else None


def _empty_history(tx: Connection, numbers: Sequence[int]) -> None:
    history = schema.history
    for row in tx.execute(select(history.c.id, history.c.data).where(history.c.ticket.in_(numbers))):
        kept = {key: value for key, value in row.data.items() if key not in WORDS_IN_HISTORY}
        if kept != row.data:
            tx.execute(update(history).where(history.c.id == row.id).values(data=kept))


def _empty(tx: Connection, table: Table, which: ColumnElement[bool], **values: Any) -> None:
    """Empty the personal columns of these rows; `values` are put instead, or beside."""
    empty = {name: _nothing(table.c[name]) for name in COLUMNS[table.name].personal}
    tx.execute(update(table).where(which).values({**empty, **values}))


def _nothing(column: Column[Any]) -> Any:
    if column.nullable:
        return null()
    return [] if isinstance(column.type, JSON) else ""
