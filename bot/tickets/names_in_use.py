"""Names of desk.yaml that open tickets use."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bot.sla.names import InUse, Keeper, Section
from bot.storage.schema import tickets
from bot.tickets.ticket import OPEN


def used(tx: Connection) -> Iterator[InUse]:
    """By the number of the ticket: its category, its priority, the teams that work on it and answer for it."""
    columns = (tickets.c.id, tickets.c.category, tickets.c.priority, tickets.c.team, tickets.c.owner_team)
    mine = tickets.c.state.in_([state.value for state in OPEN])
    for row in tx.execute(select(*columns).where(mine).order_by(tickets.c.id)):
        yield InUse(Section.CATEGORIES, row.category, Keeper.TICKET, str(row.id))
        yield InUse(Section.PRIORITIES, row.priority, Keeper.TICKET, str(row.id))
        for team in sorted({row.team, row.owner_team} - {""}):
            yield InUse(Section.TEAMS, team, Keeper.TICKET, str(row.id))
