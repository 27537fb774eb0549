"""Tickets and their history as rows: read one, change one by compare-and-set, write down who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, update

from bot.config.config import Work
from bot.errors import FirstlineError
from bot.storage import kv
from bot.storage.schema import history, links, tickets
from bot.storage.upsert import insert as upsert
from bot.tickets.ticket import ACTIVE, HELD, IN_WORK, OPEN, UNCLAIMED, State, Ticket, from_row

# As the partial index has it: a database uses the index only for exactly this condition.
_NOT_ENDED = text("state NOT IN ('closed','cancelled','merged')")
FIRST_NUMBER = "first_ticket_number"
THOUSAND = 1000

# Built once: building a statement costs more than running it, and these run with every relayed message.
_PEEK = select(tickets).where(tickets.c.id == bindparam("ticket"))
_GET = _PEEK.with_for_update()
_OF_RUN = select(tickets).where(tickets.c.run == bindparam("of_run"))
_OF_REQUESTER = tickets.c.requester == bindparam("of_person")
_OPEN_OF = select(tickets).where(_OF_REQUESTER & tickets.c.state.in_(OPEN)).order_by(tickets.c.id.desc())
_CLOSED_LATELY = (
    select(tickets)
    .where(_OF_REQUESTER & (tickets.c.state == State.CLOSED) & (tickets.c.closed_at >= bindparam("since")))
    .order_by(tickets.c.closed_at.desc())
)
_MAIN = tickets.alias()
_MERGED_INTO_OPEN = (
    select(tickets)
    .where(_OF_REQUESTER & (tickets.c.state == State.MERGED))
    .where(
        tickets.c.id.in_(
            select(links.c.ticket)
            .select_from(links.join(_MAIN, _MAIN.c.id == links.c.other))
            .where(_MAIN.c.state.in_(OPEN) & (links.c.kind == "duplicate"))
        )
    )
    .order_by(tickets.c.id)
)
_MERGED_INTO = (
    select(tickets)
    .join(
        links,
        (links.c.ticket == tickets.c.id)
        & (links.c.other == bindparam("main"))
        & (links.c.kind == "duplicate"),
    )
    .where(tickets.c.state == State.MERGED.value)
    .order_by(tickets.c.id)
)
_LAST = select(func.max(history.c.at)).where(
    (history.c.ticket == bindparam("of_ticket")) & (history.c.action == bindparam("done"))
)
_LATEST = (
    select(history.c.data)
    .where((history.c.ticket == bindparam("of_ticket")) & (history.c.action == bindparam("done")))
    .order_by(history.c.id.desc())
    .limit(1)
)
_LINKED = (
    select(links.c.other, links.c.kind)
    .where(links.c.ticket == bindparam("of_ticket"))
    .order_by(links.c.other)
)
_LINKED_BACK = (
    select(links.c.ticket, links.c.kind)
    .where(links.c.other == bindparam("of_ticket"))
    .order_by(links.c.ticket)
)
_OPENED = (
    select(history.c.data)
    .where((history.c.ticket == bindparam("of_ticket")) & (history.c.action == "open"))
    .order_by(history.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One act in the history of a ticket, at UTC seconds. `actor` is a person's chat key, "bot" or "timer"."""

    id: int
    ticket: int
    at: int
    actor: str
    action: str
    data: Any


class Outrun(FirstlineError):
    """Someone changed this ticket a moment earlier."""


class NoSuchTicket(FirstlineError):
    """There is no ticket with this number."""

    def __init__(self, number: int | str) -> None:
        super().__init__(f"There is no ticket {number}.")
        self.number = number


def get(tx: Connection, ticket_id: int) -> Ticket:
    """The ticket, its row locked until the unit ends. Raises NoSuchTicket."""
    row = tx.execute(_GET, {"ticket": ticket_id}).mappings().first()
    if row is None:
        raise NoSuchTicket(ticket_id)
    return from_row(row)


def hold(tx: Connection, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
    """Many tickets, their rows locked in order of number until the unit ends."""
    mine = select(tickets).where(tickets.c.id.in_(ticket_ids)).order_by(tickets.c.id)
    return {row["id"]: from_row(row) for row in tx.execute(mine.with_for_update()).mappings()}


def peek(tx: Connection, ticket_id: int) -> Ticket:
    """The ticket as it is now, for drawing; nothing is locked. Raises NoSuchTicket."""
    row = tx.execute(_PEEK, {"ticket": ticket_id}).mappings().first()
    if row is None:
        raise NoSuchTicket(ticket_id)
    return from_row(row)


def peek_all(tx: Connection, ids: Sequence[int]) -> Sequence[Ticket]:
    """These tickets in this order; one that does not exist is left out."""
    rows = tx.execute(select(tickets).where(tickets.c.id.in_(ids))).mappings()
    found = {row["id"]: from_row(row) for row in rows}
    return [found[number] for number in ids if number in found]


def create(tx: Connection, values: Mapping[str, Any]) -> Ticket:
    """A new ticket; its number is the row's."""
    number = tx.execute(insert(tickets).values({**values, **_its_number(tx)})).inserted_primary_key
    assert number is not None
    return get(tx, number[0])


def _its_number(tx: Connection) -> Mapping[str, int]:
    """On SQLite, after `skip_numbers`: the first number that may be given, until a ticket has it."""
    first = int(kv.get(tx, FIRST_NUMBER) or 0) if tx.dialect.name == "sqlite" else 0
    return {"id": first} if first > _last_number(tx) else {}


def _last_number(tx: Connection) -> int:
    return tx.scalar(select(func.max(tickets.c.id))) or 0


def skip_numbers(tx: Connection) -> int:
    """Give numbers from the next thousand on, and return the first one: lost tickets had those before, and people have
    them in their chats."""
    first = (_last_number(tx) // THOUSAND + 1) * THOUSAND
    if tx.dialect.name == "sqlite":
        kv.put(tx, FIRST_NUMBER, str(first))
    else:
        sequence = func.pg_get_serial_sequence(tickets.name, tickets.c.id.name)
        tx.execute(select(func.setval(sequence, first, False)))
    return first


def keep_numbers(tx: Connection) -> None:
    """On PostgreSQL, with rows that came from SQLite: go on from the number that `skip_numbers` noted there."""
    first = int(kv.get(tx, FIRST_NUMBER) or 0)
    if first > _last_number(tx):
        sequence = func.pg_get_serial_sequence(tickets.name, tickets.c.id.name)
        tx.execute(select(func.setval(sequence, first, False)))


def by_run(tx: Connection, run_id: int) -> Ticket | None:
    """The ticket that this scenario run has opened already, if any."""
    row = tx.execute(_OF_RUN, {"of_run": run_id}).mappings().first()
    return from_row(row) if row else None


def change(tx: Connection, ticket: Ticket, **values: Any) -> Ticket:
    """Write `values` by compare-and-set on `version`. Raises Outrun when another unit changed the ticket first (R7)."""
    same = (tickets.c.id == ticket.id) & (tickets.c.version == ticket.version)
    done = tx.execute(update(tickets).where(same).values(version=ticket.version + 1, **values))
    if done.rowcount != 1:
        raise Outrun
    return get(tx, ticket.id)


def open_by_state(tx: Connection) -> Mapping[tuple[str, str], int]:
    """How many tickets are not closed, by state and priority."""
    asked = select(tickets.c.state, tickets.c.priority, func.count()).where(_NOT_ENDED)
    rows = tx.execute(asked.group_by(tickets.c.state, tickets.c.priority))
    return {(state, priority): number for state, priority, number in rows}


def record(
    work: Work, ticket_id: int, actor: str, action: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write one line of history: who, what, when (UTC seconds). There is no way to change it afterwards."""
    row = {"ticket": ticket_id, "at": work.now, "actor": actor, "action": action, "data": dict(data or {})}
    work.tx.execute(_RECORD, row)


def record_all(tx: Connection, lines: Sequence[Mapping[str, Any]]) -> None:
    """Many lines of history in one statement: each with ticket, actor, action, at and data."""
    if lines:
        tx.execute(_RECORD, list(lines))


_RECORD = insert(history)  # built once: putting a statement together costs more than running it


def promise_all(tx: Connection, promises: Mapping[int, int | None], why: Sequence[Any] | None) -> None:
    """Write the promises (UTC seconds) of tickets that this unit holds, so that no one can be quicker, with one reason."""
    if promises:
        rows = [{"ticket": number, "until": until, "reason": why} for number, until in promises.items()]
        tx.execute(_PROMISE, rows)


_PROMISE = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"))
    .values(version=tickets.c.version + 1, promise=bindparam("until"), why=bindparam("reason"))
)


def open_of(tx: Connection, requester: int) -> Sequence[Ticket]:
    """The person's open tickets, newest first."""
    return [from_row(row) for row in tx.execute(_OPEN_OF, {"of_person": requester}).mappings()]


def latest_of(tx: Connection, requester: int, most: int) -> Sequence[Ticket]:
    """The person's tickets, the newest first."""
    mine = select(tickets).where(tickets.c.requester == requester).order_by(tickets.c.id.desc()).limit(most)
    return [from_row(row) for row in tx.execute(mine).mappings()]


def merged_into_open(tx: Connection, requester: int) -> Sequence[Ticket]:
    """The person's tickets that were merged into one that is still open: words about them go there."""
    return [from_row(row) for row in tx.execute(_MERGED_INTO_OPEN, {"of_person": requester}).mappings()]


def merged_into(tx: Connection, ticket_id: int) -> Sequence[Ticket]:
    """The duplicates whose work goes on in this ticket."""
    return [from_row(row) for row in tx.execute(_MERGED_INTO, {"main": ticket_id}).mappings()]


def every_open(tx: Connection) -> Sequence[int]:
    """The numbers of all open tickets, the oldest first."""
    return tx.scalars(select(tickets.c.id).where(tickets.c.state.in_(OPEN)).order_by(tickets.c.id)).all()


def last(tx: Connection, ticket_id: int, action: str) -> int:
    """When this was done to the ticket for the last time, in UTC seconds; 0 for never."""
    return tx.scalar(_LAST, {"of_ticket": ticket_id, "done": action}) or 0


def latest_facts(tx: Connection, ticket_id: int, action: str) -> Mapping[str, Any]:
    """What was written down when this was done for the last time; empty for never."""
    return tx.scalar(_LATEST, {"of_ticket": ticket_id, "done": action}) or {}


def scenario_ended(tx: Connection, ticket: Ticket) -> str:
    """How the scenario ended that opened a ticket: "ticket", "human" or "loop"; empty without one, or when it was not kept."""
    if ticket.run is None:
        return ""
    data = tx.scalar(_OPENED, {"of_ticket": ticket.id})
    return str((data or {}).get("ended", ""))


def opened_since(tx: Connection, requester: int, since: int) -> int:
    """How many tickets this person has opened for themselves after `since` (UTC seconds)."""
    mine = (tickets.c.requester == requester) & tickets.c.author.is_(None) & (tickets.c.opened_at > since)
    return tx.scalar(select(func.count()).select_from(tickets).where(mine)) or 0


def queue_of(tx: Connection, team: str) -> Sequence[Ticket]:
    """What a team has in work, oldest first."""
    theirs = (tickets.c.team == team) & tickets.c.state.in_(IN_WORK)
    rows = tx.execute(select(tickets).where(theirs).order_by(tickets.c.id)).mappings()
    return [from_row(row) for row in rows]


def in_work_since(tx: Connection, category: str, since: int) -> Sequence[Ticket]:
    """Incidents of a category that are in work and were opened at `since` (UTC seconds) or later, the oldest first."""
    same = (tickets.c.category == category) & (tickets.c.type == "incident") & (tickets.c.opened_at >= since)
    found = select(tickets).where(same & tickets.c.state.in_(IN_WORK)).order_by(tickets.c.id)
    return [from_row(row) for row in tx.execute(found).mappings()]


def held_by(tx: Connection, engineer: int) -> Sequence[Ticket]:
    """What an engineer has in hand, the oldest first."""
    mine = (tickets.c.assignee == engineer) & tickets.c.state.in_(HELD)
    rows = tx.execute(select(tickets).where(mine).order_by(tickets.c.id)).mappings()
    return [from_row(row) for row in rows]


def in_hands(tx: Connection) -> Sequence[Row[Any, Any, Any]]:
    """The tickets that someone is working on, as rows of id, team and assignee."""
    columns = select(tickets.c.id, tickets.c.team, tickets.c.assignee)
    mine = tickets.c.state.in_(ACTIVE) & tickets.c.assignee.is_not(None)
    return tx.execute(columns.where(mine).order_by(tickets.c.id)).all()


def closed_lately(tx: Connection, requester: int, since: int) -> Sequence[Ticket]:
    """What was closed for a person since an instant, the latest first."""
    rows = tx.execute(_CLOSED_LATELY, {"of_person": requester, "since": since}).mappings()
    return [from_row(row) for row in rows]


def link(work: Work, ticket_id: int, other: int, kind: str) -> None:
    """Say that two tickets belong together: "duplicate", "follows" or "related"."""
    row = upsert(work.tx, links).values(ticket=ticket_id, other=other, kind=kind, at=work.now)
    work.tx.execute(row.on_conflict_do_nothing())


def linked(tx: Connection, ticket_id: int) -> list[tuple[int, str]]:
    """The tickets that belong to this one, with how: "duplicate" reads "duplicated_by" from the other side."""
    there = tx.execute(_LINKED, {"of_ticket": ticket_id})
    back = tx.execute(_LINKED_BACK, {"of_ticket": ticket_id})
    return [(row.other, row.kind) for row in there] + [(row.ticket, _BACK[row.kind]) for row in back]


_BACK = {"duplicate": "duplicated_by", "follows": "followed_by", "related": "related"}


def waiting(tx: Connection, team: str, most: int) -> Sequence[Ticket]:
    """What no one of a team has taken yet, the oldest first."""
    theirs = (tickets.c.team == team) & tickets.c.state.in_(UNCLAIMED)
    rows = tx.execute(select(tickets).where(theirs).order_by(tickets.c.id).limit(most)).mappings()
    return [from_row(row) for row in rows]


def place_in_queue(tx: Connection, ticket: Ticket) -> int:
    """How many tickets of the team wait unclaimed before this one, plus one."""
    before = (tickets.c.team == ticket.team) & tickets.c.state.in_(UNCLAIMED) & (tickets.c.id < ticket.id)
    return (tx.scalar(select(func.count()).select_from(tickets).where(before)) or 0) + 1
