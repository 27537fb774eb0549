"""A supervisor lifts a breach that was no one's fault: with a reason, written down, never erased."""

from __future__ import annotations

from sqlalchemy import update

from bot.config.config import Work
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.clock import ClockState
from bot.sla.policy import KINDS as SLA_KINDS
from bot.storage.schema import clocks
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.actions import NoWords, tell, thing
from bot.tickets.clocks import clock_rows

KINDS = (*SLA_KINDS, "ola_accept", "ola_resolve")


def void(work: Work, ticket_id: int, supervisor: Person, words: str) -> Line:
    """Lift the breaches of a ticket that still count; of one promise when `words` begin with its kind. Raises NoWords.

    Only of promises that have ended: one that runs on late would be broken again at once.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(supervisor, "void", thing(ticket))
    first, _, rest = words.strip().partition(" ")
    kinds, reason = ((first,), rest.strip()) if first in KINDS else (KINDS, words.strip())
    if not reason:
        raise NoWords
    late = [
        one
        for one in clock_rows.of_ticket(work.tx, ticket.id)
        if one.clock.is_late and one.clock.kind in kinds
    ]
    ended = [one for one in late if one.clock.state in (ClockState.STOPPED, ClockState.CANCELLED)]
    if not ended:
        return Line("void.running" if late else "void.nothing", {"number": ticket.id}, alert=True)
    numbers = [one.id for one in ended]
    work.tx.execute(update(clocks).where(clocks.c.id.in_(numbers)).values(void_reason=reason[:300]))
    data = {"reason": reason, "kinds": [one.clock.kind for one in ended]}
    store.record(work, ticket.id, supervisor.key, "void", data)
    tell(work, ticket)
    return Line("void.done", {"number": ticket.id, "count": len(ended)})
