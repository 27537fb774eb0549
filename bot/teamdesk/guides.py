"""Instructions beside a ticket: those that fit it, and sending one to the employee."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.config.config import House
from bot.knowledge import readings
from bot.people.access import Refused, authorize
from bot.people.directory import Person
from bot.teamdesk import canned
from bot.teamdesk.presses import here
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions
from bot.tickets.ticket import Ticket

PRESSES = ("beside", "send")


def press(
    tx: Connection,
    house: House,
    person: Person,
    chat: str | None,
    action: str,
    numbers: Sequence[int],
    now: int,
) -> Line:
    """The button "instruction" of a ticket's card, and "send to the employee" below an article."""
    match action, list(numbers):
        case "beside", [ticket_id]:
            return _show_beside(tx, here(tx, ticket_id, chat), person, chat or "", now)
        case "send", [number]:
            reading = readings.get(tx, number)
            if reading is None or reading.ticket is None or reading.chat != chat:
                raise Refused("reply", "unknown.chat")
            return _send(tx, house, here(tx, reading.ticket, chat), person, reading.article, now)
        case _:
            raise Refused(action, "access.unknown")


def _show_beside(tx: Connection, ticket: Ticket, person: Person, chat: str, now: int) -> Line:
    authorize(person, "note", actions.thing(ticket))
    authorize(person, "instruct", actions.thing(ticket))
    number = readings.search_beside(tx, person.id, chat, ticket.id, now)
    outbox.show(tx, chat, "shelf", f"search:{number}", now, topic=ticket.about, anew="asked")
    return Line("menu.below")


def _send(tx: Connection, house: House, ticket: Ticket, person: Person, article: str, now: int) -> Line:
    authorize(person, "reply", actions.thing(ticket))
    if readings.waits_for_word(tx, ticket.id, article):
        return Line("article.already", alert=True)
    return canned.send_article(tx, house.desk, house.library, ticket.id, person, article, now)
