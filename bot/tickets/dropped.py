"""Names that a new desk.yaml no longer has while open tickets use them: such a file waits until they have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.config.config import Work
from bot.sla.policy import Desk
from bot.storage.schema import tickets
from bot.tickets.ticket import OPEN
from bot.yamlfiles import Complaint, nearest
from bot.yamlfiles.document import Document

SHOWN = 10  # numbers of tickets that one complaint names
CODES = {"categories": "E354", "teams": "E355"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A team or a category that is gone, with the open tickets that use it."""

    section: str
    name: str
    tickets: tuple[int, ...]


def dropped(work: Work, wanted: Desk) -> Sequence[Dropped]:
    """What the desk has, `wanted` has not, and open tickets use: a category, a team that works on them or answers for them."""
    today = work.config.desk
    gone: Mapping[str, set[str]] = {
        "categories": set(today.categories) - set(wanted.categories),
        "teams": set(today.teams) - set(wanted.teams),
    }
    if not any(gone.values()):
        return []
    columns = (tickets.c.id, tickets.c.category, tickets.c.team, tickets.c.owner_team)
    mine = tickets.c.state.in_([state.value for state in OPEN])
    users: dict[tuple[str, str], list[int]] = {}
    for row in work.tx.execute(select(*columns).where(mine).order_by(tickets.c.id)):
        used = {("categories", row.category), ("teams", row.team), ("teams", row.owner_team)}
        for section, name in used:
            if name in gone[section]:
                users.setdefault((section, name), []).append(row.id)
    return [Dropped(section, name, tuple(numbers)) for (section, name), numbers in sorted(users.items())]


def complaints(document: Document, desk: Desk, found: Sequence[Dropped]) -> list[Complaint]:
    """Each of them as a complaint at its section of the new file."""
    known = {"categories": desk.categories, "teams": desk.teams}
    return [
        Complaint(
            CODES[one.section],
            document.name,
            document.mark((one.section,), "key"),
            {"written": one.name, "count": len(one.tickets), "numbers": _numbers(one.tickets)},
            nearest(one.name, known[one.section]),
        )
        for one in found
    ]


def _numbers(tickets: Sequence[int]) -> str:
    return ", ".join(map(str, tickets[:SHOWN])) + (", …" if len(tickets) > SHOWN else "")
