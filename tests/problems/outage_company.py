"""An outage in these tests: reported by several people, declared, and its messages as they are delivered."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.app.registries import renderers, ringers
from bot.config.config import Config, Work
from bot.keys import SUPERVISORS, OutageRef, PersonChat
from bot.people import directory
from bot.people.directory import Person
from bot.problems import declaring, reporting
from bot.problems import outages as rows
from bot.problems.declaring import Suspicion
from bot.problems.outages import Outage
from bot.storage.schema import outbox, people
from bot.tickets import actions, store
from bot.tickets.actions import Draft
from bot.tickets.ticket import Ticket
from bot.timers import timers
from tests.tickets.company import MARINA, MONDAY
from tests.units import work

FIRST = 100
"""The id of the first of the people who report."""


def crowd(tx: Connection, many: int, office: str = "Москва, 312", floor: int | None = 3) -> list[Person]:
    """More employees, in one place."""
    for number in range(FIRST, FIRST + many):
        row = {"id": number, "staff_id": f"E-{number}", "name": f"Person {number}", "language": "ru"}
        more = {
            "department": "x",
            "office": office,
            "roles": [],
            "profile": {"floor": floor} if floor else {},
        }
        tx.execute(insert(people).values(**row, **more, telegram_id=5000 + number))
    return [directory.get(tx, number) for number in range(FIRST, FIRST + many)]


def lives(tx: Connection, person: Person, office: str, floor: int | None = None) -> Person:
    values = {"office": office, "profile": {"floor": floor} if floor else {}}
    tx.execute(update(people).where(people.c.id == person.id).values(values))
    return directory.get(tx, person.id)


def report(unit: Work, person: Person, category: str = "printing", words: str = "Не печатает") -> Ticket:
    """A person opens a ticket, as every door does."""
    draft = Draft(category, unit.config.desk.category(category).team, words, words=words)
    ticket = actions.open_ticket(unit, person, draft)
    reporting.opened(unit, ticket, words)
    return store.get(unit.tx, ticket.id)


def declared(unit: Work, category: str = "printing", **where: Any) -> Outage:
    """Marina declares what was drafted for her."""
    marina = directory.get(unit.tx, MARINA)
    place = {"office": "", "floor": None} | where
    found = Suspicion(category, words=f"Не работает {category}", since=unit.now, **place)
    number = declaring.begin_draft(unit, marina, found, SUPERVISORS)
    declaring.announce(unit, number, marina, SUPERVISORS)
    row = rows.find(unit.tx, number)
    assert row is not None
    return row


def delivered(tx: Connection) -> Counter[str]:
    """How many messages each chat gets from what waits; then nothing waits any more."""
    waiting = tx.execute(select(outbox.c.chat).where(outbox.c.kind != "hide")).all()
    tx.execute(delete(outbox))
    return Counter(row.chat for row in waiting)


def news(tx: Connection) -> dict[str, int]:
    """The messages about outages that wait for people, as chat -> number; then nothing waits any more."""
    found = Counter(tx.scalars(select(outbox.c.chat).where(outbox.c.card == "outage_news")))
    tx.execute(delete(outbox))
    return dict(found)


def reads(unit: Work, person: Person, outage: Outage) -> str:
    """What this person's card of the outage says now."""
    drawn = renderers()["outage_news"](unit, OutageRef(outage.id), PersonChat(person.id))
    return drawn.text if drawn is not None else ""


def buttons(unit: Work, person: Person, outage: Outage) -> list[str]:
    drawn = renderers()["outage_news"](unit, OutageRef(outage.id), PersonChat(person.id))
    return [key.label for row in (drawn.keyboard if drawn is not None else ()) for key in row]


def pass_time(tx: Connection, house: Config, until: int) -> None:
    """Fire all due timers, each at its moment."""
    while (due := timers.next_due(tx)) is not None and due <= until:
        timers.ring(work(tx, due, house), ringers())


__all__ = [
    "MONDAY",
    "buttons",
    "crowd",
    "declared",
    "delivered",
    "lives",
    "news",
    "pass_time",
    "reads",
    "report",
]
