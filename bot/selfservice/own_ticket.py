"""The buttons of an employee's own ticket."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people.access import NotAllowed, authorize
from bot.people.directory import Person
from bot.problems import extents
from bot.telegram import outbox
from bot.telegram.buttons import (
    AddComment,
    AgreeToDay,
    CancelSurely,
    CancelTicket,
    Confirm,
    ConfirmExtent,
    DeclineDay,
    DenyExtent,
    HowToWrite,
    RateTicket,
    Reject,
    ReopenTicket,
    ShowTicket,
)
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, closing, planning, prompts, store
from bot.tickets.ticket import Ticket, move

OwnTicketButton = (
    Confirm
    | Reject
    | CancelTicket
    | CancelSurely
    | RateTicket
    | AddComment
    | ReopenTicket
    | HowToWrite
    | ShowTicket
    | AgreeToDay
    | DeclineDay
    | ConfirmExtent
    | DenyExtent
)


def press(work: Work, pressed: OwnTicketButton, person: Person, chat: str | None) -> Line:
    """Raises NotAllowed, Impossible or NoSuchTicket; nothing is changed then."""
    ticket = store.get(work.tx, pressed.ticket)
    if chat != PersonChat(ticket.requester):
        raise NotAllowed("press", "unknown.chat")
    match pressed:
        case Confirm():
            return actions.confirm(work, ticket.id, person)
        case Reject():
            return closing.reject(work, ticket.id, person)
        case CancelTicket():
            ask_to_cancel(work, person, ticket.id)
            return Line("cancel.below")
        case CancelSurely():
            return actions.cancel(work, ticket.id, person)
        case RateTicket():
            return actions.rate(work, ticket.id, person, pressed.stars)
        case AddComment():
            return _ask_for_a_word(work, ticket, person)
        case ReopenTicket():
            number = closing.came_back(work, ticket.id, person).id
            return Line("again.done", {"number": number})
        case HowToWrite():
            authorize(person, "write", actions.thing(ticket))
            return Line("write.how", {"number": ticket.id}, alert=True)
        case ShowTicket():
            authorize(person, "write", actions.thing(ticket))
            outbox.show(work, person.key, "ticket_card", ticket.about, anew="asked")
            return Line("shown")
        case AgreeToDay():
            return planning.agree(work, ticket.id, person)
        case DeclineDay():
            return planning.disagree(work, ticket.id, person)
        case ConfirmExtent():
            return extents.answer(work, ticket.id, person, extents.YES)
        case DenyExtent():
            return extents.answer(work, ticket.id, person, extents.NO)
        case _:
            assert_never(pressed)


def ask_to_cancel(work: Work, person: Person, ticket_id: int, message: int | None = None) -> None:
    """Who types "cancel", or taps the button of the card, is asked once; the button of the answer cancels."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "cancel", actions.thing(ticket))
    move(ticket, "cancel")
    voice = speak.voice(person.language)
    yes = button(voice.say("button.cancel_surely", number=ticket.id), CancelSurely(ticket.id), "danger")
    facts = {"number": ticket.id, "title": ticket.title}
    outbox.line(work, person.key, "cancel.ask", facts, keyboard=[[yes]], answers=message)


def _ask_for_a_word(work: Work, ticket: Ticket, person: Person) -> Line:
    authorize(person, "rate", actions.thing(ticket))
    move(ticket, "rate")
    prompts.put(work, person.key, ticket, person, "comment", "", Line("prompt.comment"))
    return Line("prompt.below")
