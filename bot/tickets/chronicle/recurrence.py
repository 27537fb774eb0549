"""The tickets of a stretch of time as what may come back: whose, about what, in which words. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.storage.schema import tickets
from bot.tickets.ticket import State

_NONE = (State.CANCELLED.value, State.MERGED.value)


class RecurringTicket(NamedTuple):
    """`opened_at` is UTC seconds; `run` None: its words found no scenario, or it was opened without one."""

    id: int
    requester: int
    run: int | None
    type: str
    category: str
    summary: str
    words: str
    opened_at: int

    @property
    def said(self) -> str:
        """What the employee wrote, else what the ticket is called."""
        return self.words.strip() or self.summary


def opened_between(tx: Connection, first: int, last: int) -> Sequence[RecurringTicket]:
    """Those opened in [first, last), the oldest first, without cancelled and merged ones."""
    columns = [tickets.c[name] for name in RecurringTicket._fields]
    there = (tickets.c.opened_at >= first) & (tickets.c.opened_at < last) & tickets.c.state.not_in(_NONE)
    return [RecurringTicket(*row) for row in tx.execute(select(*columns).where(there).order_by(tickets.c.id))]
