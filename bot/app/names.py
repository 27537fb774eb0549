"""Names in use stay: what a desk.yaml lacks of what open tickets, begun scenarios and open outages use, as complaints."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bot.app.files import Opened
from bot.config.config import Work
from bot.errors import FirstlineError
from bot.problems import outages
from bot.scenarios.library import names_in_use as of_runs
from bot.sla.names import InUse, Keeper, Section
from bot.sla.policy import OTHER, Desk
from bot.storage.db import Database
from bot.storage.readonly import read_beside
from bot.tickets import names_in_use as of_tickets
from bot.yamlfiles import Complaint, nearest, read, show

SHOWN = 10  # users that one complaint calls by number or name
PLACES = {
    Section.CATEGORIES: ("categories",),
    Section.TEAMS: ("teams",),
    Section.PRIORITIES: ("priority_matrix", "priorities"),
    Section.IMPACT: ("priority_matrix", "impact"),
    Section.URGENCY: ("priority_matrix", "urgency"),
}
OF_TICKETS = {Section.CATEGORIES: "E354", Section.TEAMS: "E355", Section.PRIORITIES: "E356"}
OF_RUNS, OF_OUTAGES = "E357", "E358"


class NamesInUse(FirstlineError):
    """desk.yaml lacks names that are in use."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A name that a desk lacks, with how many use it and how the first of them are called."""

    section: Section
    name: str
    keeper: Keeper
    count: int
    called: tuple[str, ...]


def lacking(tx: Connection, desk: Desk) -> list[Dropped]:
    """What rows use and the desk has not. "other" may be missing: what no scenario foresees is opened in it all the same."""
    return _counted(
        use
        for use in _used(tx)
        if not _has(desk, use) and (use.section, use.name) != (Section.CATEGORIES, OTHER)
    )


def dropped(work: Work, wanted: Desk) -> list[Dropped]:
    """What rows use, the desk of today has and `wanted` has not: what has been gone before is not dropped now."""
    today = work.config.desk
    return _counted(use for use in _used(work.tx) if _has(today, use) and not _has(wanted, use))


def complaints(file: str, text: str, desk: Desk, found: Sequence[Dropped]) -> list[Complaint]:
    """Each of them as a complaint at its section of the text that the desk was made of."""
    document = read(file, text).document if found else None
    if document is None:
        return []
    return [
        Complaint(
            _code(one),
            file,
            document.mark(PLACES[one.section], "key"),
            {"section": one.section.value, "written": one.name, "count": one.count, "users": _listed(one)},
            nearest(one.name, desk.names(one.section)),
        )
        for one in found
    ]


def beside(url: str, file: Path, opened: Opened) -> list[Complaint]:
    """What the database at `url` says about the desk that was read from `file`; only reads, the bot may be running.

    Raises NotReady or SchemaIsNewer when its tables are not those of this code, Unreachable when it cannot be asked.
    """
    if opened.desk is None:
        return []
    found = read_beside(url, lacking, opened.desk)
    return complaints(file.name, opened.texts[file.name], opened.desk, found)


async def admit(db: Database, desk: Desk, file: Path, language: str) -> None:
    """Raises NamesInUse, with every complaint about the file, when its desk lacks what rows use."""
    if found := await db.read(lacking, desk):
        text = await asyncio.to_thread(file.read_text, "utf-8-sig")
        raise NamesInUse(show(complaints(file.name, text, desk, found), {file.name: text}, language))


def _used(tx: Connection) -> Iterator[InUse]:
    yield from of_tickets.used(tx)
    yield from of_runs.used(tx)
    yield from outages.used(tx)


def _has(desk: Desk, use: InUse) -> bool:
    return desk.has(use.section, use.name)


def _counted(uses: Iterator[InUse]) -> list[Dropped]:
    users: defaultdict[tuple[Section, str, Keeper], Counter[str]] = defaultdict(Counter)
    for use in uses:
        users[use.section, use.name, use.keeper][use.called] += 1
    return [Dropped(*of, found.total(), tuple(found)) for of, found in sorted(users.items())]


def _code(one: Dropped) -> str:
    if one.keeper is Keeper.TICKET:
        return OF_TICKETS[one.section]
    return OF_RUNS if one.keeper is Keeper.RUN else OF_OUTAGES


def _listed(one: Dropped) -> str:
    return ", ".join(one.called[:SHOWN]) + (", …" if len(one.called) > SHOWN else "")
