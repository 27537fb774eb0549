"""Problems: the causes of incidents, from the first suspicion to the proof that one is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.config.config import Work
from bot.keys import SUPERVISORS, ProblemRef
from bot.knowledge.spelling import clean
from bot.knowledge.terms import stems
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, talking
from bot.problems import outages as outage_rows
from bot.storage import typed
from bot.storage.schema import problem_tickets, problems
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.ticket import Ticket

CARD = "problem"
LONGEST = 300  # characters of a title
NEAR = 0.5  # of the words of a problem's title that a similar ticket has


NEW, KNOWN_ERROR, CLOSED = "new", "known_error", "closed"
ORDER = (NEW, "investigating", KNOWN_ERROR, "fix_planned", CLOSED)
"""From the first suspicion to the proof; a known error is a known cause and a way to work meanwhile."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Times are UTC seconds. `proof`: what showed that it is gone."""

    id: int
    title: str
    category: str
    state: str
    owner: int | None
    outage: int | None
    author: int
    opened_at: int
    closed_at: int | None
    proof: str | None

    @property
    def is_open(self) -> bool:
        return self.state != CLOSED

    @property
    def next_state(self) -> str | None:
        """The state that comes next by a press; the last one is reached only with a proof."""
        coming = ORDER[ORDER.index(self.state) + 1 :][:1]
        return coming[0] if coming and coming[0] != CLOSED else None


def begin(work: Work, person: Person, title: str) -> int:
    """Open a problem, shown in the private chat. Raises NotAllowed."""
    authorize(person, "outage", Object())
    return _open(work, person, {"title": title[:LONGEST], "category": "", "outage": None}, person.key)


def after_outage(work: Work, outage: int, person: Person, chat: str) -> Line:
    """Open the problem behind an outage that is over, once, with its tickets; shown in `chat`. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = outage_rows.find(work.tx, outage)
    if row is None or row.state != outage_rows.OVER:
        return Line("stale", alert=True)
    known = work.tx.scalar(select(problems.c.id).where(problems.c.outage == outage))
    if known is not None:
        show(work, int(known), chat)
        return Line("problem.known", {"number": int(known)})
    values = {"title": row.words[:LONGEST], "category": row.category, "outage": row.id}
    number = _open(work, person, values, chat)
    tickets = [one.id for one in children.linked(work.tx, outage)]
    _link(work, number, [*tickets, *([row.parent] if row.parent is not None else [])])
    return Line("problem.opened", {"number": number})


def from_tickets(work: Work, person: Person, title: str, tickets: Sequence[int], chat: str) -> int:
    """Open a problem with its tickets, shown in `chat`. Raises NotAllowed."""
    authorize(person, "outage", Object())
    number = _open(work, person, {"title": title[:LONGEST], "category": "", "outage": None}, chat)
    _link(work, number, tickets)
    return number


def add(work: Work, number: int, tickets: Sequence[int], person: Person) -> Line:
    """These tickets have this cause. Raises NotAllowed and NoSuchTicket."""
    authorize(person, "outage", Object())
    row = find(work.tx, number)
    if row is None or not row.is_open:
        return Line("problem.none", {"number": number})
    for one in tickets:
        store.peek(work.tx, one)
    _link(work, number, tickets)
    show(work, number, person.key)
    return Line("problem.linked", {"number": number, "n": len(tickets)})


def take(work: Work, number: int, person: Person) -> Line:
    """The presser looks for the cause. Raises NotAllowed."""
    authorize(person, "outage", Object())
    return _change(work, number, owner=person.id)


def move(work: Work, number: int, state: str, person: Person) -> Line:
    """To the next state. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = find(work.tx, number)
    if row is None or row.next_state is None or row.next_state != state:
        return Line("stale", alert=True)
    return _change(work, number, state=state)


def prove(work: Work, number: int, proof: str, person: Person) -> Line:
    """It is gone, and this showed it. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = find(work.tx, number)
    if row is None or not row.is_open:
        return Line("problem.none", {"number": number})
    values = {"state": CLOSED, "proof": proof[:1000], "closed_at": work.now}
    _change(work, number, **values)
    return Line("problem.closed", {"number": number})


def list_open(work: Work, person: Person) -> None:
    """The card of each open problem, in the person's chat. Raises NotAllowed."""
    authorize(person, "outage", Object())
    found = all_open(work.tx)
    for one in found:
        outbox.show(work, person.key, CARD, ProblemRef(one.id), anew=f"listed {work.now}")
    if not found:
        outbox.line(work, person.key, "problem.none_open", {})


def show(work: Work, number: int, chat: str) -> None:
    outbox.show(work, chat, CARD, ProblemRef(number), anew=f"shown {work.now}")


def find(tx: Connection, number: int) -> Problem | None:
    """A problem, locked for this unit of work."""
    return typed.first(Problem, tx.execute(select(problems).where(problems.c.id == number).with_for_update()))


def all_open(tx: Connection) -> Sequence[Problem]:
    """Every problem that is not closed, the oldest first."""
    return typed.every(Problem, tx.execute(_STILL_OPEN))


# Built once: building a statement costs more than running it, and every team card asks.
_STILL_OPEN = select(problems).where(problems.c.state != CLOSED).order_by(problems.c.id)
_OF_TICKET = (
    select(problem_tickets.c.problem)
    .where(problem_tickets.c.ticket == bindparam("of_ticket"))
    .order_by(problem_tickets.c.problem)
    .limit(1)
)


def tickets_of(tx: Connection, number: int) -> Sequence[int]:
    """The numbers of its incidents."""
    mine = problem_tickets.c.problem == number
    return tx.scalars(select(problem_tickets.c.ticket).where(mine).order_by(problem_tickets.c.ticket)).all()


def of_ticket(tx: Connection, ticket: int) -> int | None:
    """The problem that a ticket is linked with."""
    return tx.scalar(_OF_TICKET, {"of_ticket": ticket})


def similar(tx: Connection, ticket: Ticket) -> Problem | None:
    """The open problem whose title a ticket says in its own words."""
    said = set(stems(clean(f"{ticket.summary} {ticket.words}")))
    near: list[tuple[float, Problem]] = []
    for one in all_open(tx):
        title = set(stems(clean(one.title)))
        part = len(title & said) / len(title) if title else 0.0
        if part >= NEAR and one.category in ("", ticket.category):
            near.append((part, one))
    return max(near, key=lambda pair: pair[0])[1] if near else None


def _open(work: Work, person: Person, values: Mapping[str, Any], chat: str) -> int:
    row = {**values, "state": NEW, "author": person.id, "opened_at": work.now}
    made = insert(work.tx, problems).values(**row, owner=person.id).returning(problems.c.id)
    number = int(work.tx.execute(made).scalar_one())
    show(work, number, chat)
    if chat != SUPERVISORS:
        outbox.show(work, SUPERVISORS, CARD, ProblemRef(number))
    return number


def _link(work: Work, number: int, tickets: Sequence[int]) -> None:
    for one in tickets:
        row = insert(work.tx, problem_tickets).values(problem=number, ticket=one, at=work.now)
        work.tx.execute(row.on_conflict_do_nothing())


def _change(work: Work, number: int, **values: Any) -> Line:
    row = find(work.tx, number)
    if row is None or not row.is_open:
        return Line("stale", alert=True)
    work.tx.execute(update(problems).where(problems.c.id == number).values(values))
    outbox.show(work, SUPERVISORS, CARD, ProblemRef(number))
    if row.owner is not None:
        owner = talking.chat_of(work.tx, directory.get(work.tx, row.owner))
        outbox.show(work, owner, CARD, ProblemRef(number))
    return Line("problem.changed", {"number": number})
