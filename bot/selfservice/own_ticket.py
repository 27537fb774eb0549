"""The buttons of an employee's own ticket."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.people.access import Refused, authorize
from bot.people.directory import Person
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions, closing, planning, prompts, store
from bot.tickets.ticket import Ticket, move

PRESSES = (*("confirm", "reject", "cancel", "rate", "write", "show", "again", "word"), *("agree", "disagree"))


def press(work: Work, action: str, numbers: Sequence[int], person: Person, chat: str | None) -> Line:
    """Raises Refused, Impossible or NoSuchTicket; nothing is changed then."""
    ticket_id = numbers[0] if numbers else 0
    ticket = store.get(work.tx, ticket_id)
    if chat != f"person:{ticket.requester}":
        raise Refused(action, "unknown.chat")
    match action, list(numbers[1:]):
        case "confirm", []:
            return actions.confirm(work, ticket_id, person)
        case "reject", []:
            return closing.reject(work, ticket_id, person)
        case "cancel", []:
            return actions.cancel(work, ticket_id, person)
        case "rate", [stars]:
            return actions.rate(work, ticket_id, person, stars)
        case "again", []:
            number = closing.came_back(work, ticket_id, person).id
            return Line("again.done", {"number": number})
        case "word", []:
            return _ask_for_a_word(work, ticket, person)
        case "agree", []:
            return planning.agree(work, ticket_id, person)
        case "disagree", []:
            return planning.disagree(work, ticket_id, person)
        case (("write" | "show"), []):
            return _look(work, ticket, action, person)
        case _:
            raise Refused(action, "access.unknown")


def _look(work: Work, ticket: Ticket, action: str, person: Person) -> Line:
    authorize(person, "write", actions.thing(ticket))
    if action == "write":
        return Line("write.how", {"number": ticket.id}, alert=True)
    outbox.show(work, person.key, "ticket_card", ticket.about, anew="asked")
    return Line("shown")


def _ask_for_a_word(work: Work, ticket: Ticket, person: Person) -> Line:
    authorize(person, "rate", actions.thing(ticket))
    move(ticket, "rate")
    prompts.put(work, person.key, ticket, person, "comment", "", Line("prompt.comment"))
    return Line("prompt.below")
