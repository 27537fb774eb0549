"""The buttons of an employee's own ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.people.access import Refused, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions
from bot.tickets.desk_verbs import here

PRESSES = ("confirm", "reject", "cancel", "rate", "write", "show")


def press(
    tx: Connection,
    desk: Desk,
    action: str,
    numbers: Sequence[int],
    person: Person,
    chat: str | None,
    now: int,
) -> Line:
    """Raises Refused, Impossible or NoSuchTicket; nothing is changed then."""
    ticket_id = numbers[0] if numbers else 0
    ticket = here(tx, ticket_id, chat)
    match action, list(numbers[1:]):
        case "confirm", []:
            return actions.confirm(tx, ticket_id, person, now)
        case "reject", []:
            return actions.reject(tx, desk, ticket_id, person, now)
        case "cancel", []:
            return actions.cancel(tx, desk, ticket_id, person, now)
        case "rate", [stars]:
            return actions.rate(tx, ticket_id, person, stars, now)
        case "write", []:
            authorize(person, "write", actions.thing(ticket))
            return Line("write.how", {"number": ticket_id}, alert=True)
        case "show", []:
            authorize(person, "write", actions.thing(ticket))
            outbox.show(tx, person.key, "ticket_card", ticket.about, now, anew="asked")
            return Line("shown")
        case _:
            raise Refused(action, "access.unknown")
