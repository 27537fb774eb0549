"""Whom a request needs the consent of, as rows: who was asked, who is next, who has said what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.people.directory import Person
from bot.storage.schema import approvals
from bot.telegram import outbox
from bot.tickets import ticket_timers
from bot.tickets.ticket import Ticket

MANAGER = "manager"  # in desk.yaml: the requester's own, as people.csv has it
HEAD = "head"
TO_ASK, ASKED, UNREACHED = "to ask", "asked", "unreached"  # asked is who has the question in their chat
APPROVED, DENIED = "approved", "denied"
WANTED = (TO_ASK, ASKED, UNREACHED)
_WAITING_FOR = select(approvals).where(  # built once: it runs at every message
    (approvals.c.approver == bindparam("whose")) & approvals.c.state.in_(WANTED)
)


def approvers(work: Work, category: str, requester: int) -> Sequence[Person]:
    """Who may agree to such a request, in order; no one agrees to their own. No one at all: no consent is asked.

    When those named do not work here (any more), the head of support and the supervisors are asked: a wrong number in a
    file opens no gate.
    """
    found = work.config.desk.file.categories.get(category)
    if found is None or found.approval is None:
        return []
    boss = directory.get(work.tx, requester).manager
    ids = [boss if written == MANAGER else written for written in found.approval.by]
    known = [directory.by_staff_id(work.tx, staff_id) for staff_id in ids if staff_id]
    named = [person for person in known if person is not None]
    if known and not named:
        chiefs = [person for person in directory.staff(work.tx) if {HEAD, "supervisor"} & person.roles]
        named = sorted(chiefs, key=lambda person: HEAD not in person.roles)
    others = [person for person in named if person.id != requester]
    return list({person.id: person for person in others}.values())


def ask(work: Work, ticket: Ticket, approver: Person) -> None:
    """Ask one person; remind them, and turn to the next one when they are silent."""
    values = {"ticket": ticket.id, "approver": approver.id, "state": TO_ASK, "asked_at": work.now}
    work.tx.execute(insert(approvals).values(values))
    outbox.show(work, approver.key, "approval", ticket.about, anew="asked")
    category = work.config.desk.file.categories.get(ticket.category)
    if category is not None and (wanted := category.approval) is not None:
        ticket_timers.wait_for_consent(work, ticket, wanted.remind, wanted.deputy, work.now)


def delivered(work: Work, ticket_id: int, approver: int) -> bool:
    """The question has reached this person; False when that is known."""
    return _found(work, ticket_id, approver, (TO_ASK, UNREACHED), ASKED)


def undelivered(work: Work, ticket_id: int, approver: int) -> bool:
    """The question cannot reach this person; False when that is known, or a former one did."""
    return _found(work, ticket_id, approver, (TO_ASK,), UNREACHED)


def _found(work: Work, ticket_id: int, approver: int, former: Sequence[str], state: str) -> bool:
    mine = (approvals.c.ticket == ticket_id) & (approvals.c.approver == approver)
    row = update(approvals).where(mine & approvals.c.state.in_(former))
    return work.tx.execute(row.values(state=state, asked_at=work.now)).rowcount > 0


def wanted(tx: Connection, ticket_id: int, states: Sequence[str] = WANTED) -> Sequence[int]:
    """The people who have not decided; `states` narrows them to those already asked, or not reached."""
    mine = (approvals.c.ticket == ticket_id) & approvals.c.state.in_(states)
    return tx.scalars(select(approvals.c.approver).where(mine).order_by(approvals.c.id)).all()


def waiting_for(tx: Connection, person: int) -> Sequence[tuple[int, int]]:
    """The tickets that wait for this person's yes or no, and since when (UTC seconds)."""
    return [(row.ticket, row.asked_at) for row in tx.execute(_WAITING_FOR, {"whose": person})]


def names(tx: Connection, ticket_id: int, states: Sequence[str] = WANTED) -> str:
    """Who is being waited for, as the requester reads it."""
    return ", ".join(directory.get(tx, person).name for person in wanted(tx, ticket_id, states))


def standing(tx: Connection, ticket_id: int) -> tuple[str, str]:
    """The state that says most, of those who are waited for, and their names: asked before being asked before unreached."""
    for state in (ASKED, TO_ASK, UNREACHED):
        if found := names(tx, ticket_id, [state]):
            return state, found
    return TO_ASK, ""


def since(tx: Connection, ticket_id: int) -> int | None:
    """When someone was first asked (UTC seconds): the waiting's own clock, which the requester sees."""
    mine = (approvals.c.ticket == ticket_id) & approvals.c.state.not_in((TO_ASK, UNREACHED))
    return tx.scalar(select(approvals.c.asked_at).where(mine).order_by(approvals.c.id).limit(1))


def decide(work: Work, ticket: Ticket, approver: int, state: str, word: str) -> None:
    """Write down what was said; the others who were asked see that it is decided."""
    mine = (approvals.c.ticket == ticket.id) & (approvals.c.approver == approver)
    work.tx.execute(update(approvals).where(mine).values(state=state, decided_at=work.now, word=word or None))
    everybody = select(approvals.c.approver).where(approvals.c.ticket == ticket.id)
    for person in work.tx.scalars(everybody).all():
        outbox.show(work, PersonChat(person), "approval", ticket.about)
