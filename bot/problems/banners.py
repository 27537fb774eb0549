"""The open outage that a scenario shows before its first question (`banner:`)."""

from __future__ import annotations

from sqlalchemy import select

from bot.config.config import Work
from bot.people.directory import Person
from bot.problems import places
from bot.problems.outages import Outage
from bot.sla.names import Section
from bot.storage import typed
from bot.storage.schema import outage_people, outages


def known(work: Work, scenario: str, person: Person) -> int | None:
    """The id of the newest open outage of the scenario's category at this person's place; None when there is none.

    An outage they have dismissed ("mine is something else") is not shown again until there is news.
    """
    category = work.config.program.scenarios[scenario].spec.banner
    if category is None:
        return None
    category = work.config.desk.today(Section.CATEGORIES, category)
    mine = (outage_people.c.outage == outages.c.id) & (outage_people.c.person == person.id)
    passed = outage_people.c.passed_at.is_(None) | (outage_people.c.passed_at < outages.c.changed_at)
    found = select(outages).outerjoin(outage_people, mine).where(passed)
    found = found.where((outages.c.category == category) & (outages.c.state == "open"))
    newest = found.order_by(outages.c.changed_at.desc(), outages.c.id.desc())
    there = (row.id for row in typed.every(Outage, work.tx.execute(newest)) if places.is_there(row, person))
    return next(there, None)
