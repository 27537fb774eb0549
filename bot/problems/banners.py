"""The open outage that a scenario tells of before any question (`banner:`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.config.config import Work
from bot.people.directory import Person
from bot.sla.names import Section
from bot.storage.schema import outage_people, outages


def known(work: Work, scenario: str, person: Person) -> int | None:
    """The number of the newest open outage of the scenario's category where this person is; None when there is none.

    An outage they have passed by ("mine is something else") is not shown again until there is news of it.
    """
    category = work.config.program.scenarios[scenario].spec.banner
    if category is None:
        return None
    category = work.config.desk.today(Section.CATEGORIES, category)
    mine = (outage_people.c.outage == outages.c.id) & (outage_people.c.person == person.id)
    found = select(outages, outage_people.c.passed_at).outerjoin(outage_people, mine)
    found = found.where((outages.c.category == category) & (outages.c.state == "open"))
    for row in work.tx.execute(found.order_by(outages.c.changed_at.desc(), outages.c.id.desc())):
        if _is_there(row, person) and (row.passed_at is None or row.passed_at < row.changed_at):
            return int(row.id)
    return None


def _is_there(row: Row[Any], person: Person) -> bool:
    """Whether it may hit this person; where we do not know, it may."""
    floor = person.profile.get("floor")
    same_floor = row.floor is None or floor is None or str(floor) == str(row.floor)
    return same_floor and (not row.office or not person.office or person.office.casefold() == row.office)
