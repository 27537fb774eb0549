"""The buttons of an employee's own ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.people.access import Refused, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions, closing, planning, prompts, store
from bot.tickets.ticket import Ticket, move

PRESSES = (*("confirm", "reject", "cancel", "rate", "write", "show", "again", "word"), *("agree", "disagree"))


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
    ticket = store.get(tx, ticket_id)
    if chat != f"person:{ticket.requester}":
        raise Refused(action, "unknown.chat")
    match action, list(numbers[1:]):
        case "confirm", []:
            return actions.confirm(tx, ticket_id, person, now)
        case "reject", []:
            return closing.reject(tx, desk, ticket_id, person, now)
        case "cancel", []:
            return actions.cancel(tx, desk, ticket_id, person, now)
        case "rate", [stars]:
            return actions.rate(tx, ticket_id, person, stars, now)
        case "again", []:
            number = closing.came_back(tx, desk, ticket_id, person, now).id
            return Line("again.done", {"number": number})
        case "word", []:
            return _ask_for_a_word(tx, ticket, person, now)
        case "agree", []:
            return planning.agree(tx, desk, ticket_id, person, now)
        case "disagree", []:
            return planning.disagree(tx, ticket_id, person, now)
        case (("write" | "show"), []):
            return _look(tx, ticket, action, person, now)
        case _:
            raise Refused(action, "access.unknown")


def _look(tx: Connection, ticket: Ticket, action: str, person: Person, now: int) -> Line:
    authorize(person, "write", actions.thing(ticket))
    if action == "write":
        return Line("write.how", {"number": ticket.id}, alert=True)
    outbox.show(tx, person.key, "ticket_card", ticket.about, now, anew="asked")
    return Line("shown")


def _ask_for_a_word(tx: Connection, ticket: Ticket, person: Person, now: int) -> Line:
    authorize(person, "rate", actions.thing(ticket))
    move(ticket, "rate")
    prompts.put(tx, person.key, ticket, person, "comment", "", Line("prompt.comment"), now)
    return Line("prompt.below")
