"""The buttons of an employee's own ticket."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import CancelRef, PersonChat
from bot.knowledge import signs
from bot.people import pending_question
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
    KeepTicket,
    RateTicket,
    Reject,
    ReopenTicket,
    ShowTicket,
)
from bot.telegram.incoming import Incoming
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
    | KeepTicket
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
            pending_question.forget(work.tx, person.id)
            return actions.cancel(work, ticket.id, person)
        case KeepTicket():
            pending_question.forget(work.tx, person.id)
            return _kept(work, ticket, person)
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
    """Who types "cancel", or taps the button of the card, is asked once; a typed yes or the button of the answer cancels."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "cancel", actions.thing(ticket))
    move(ticket, "cancel")
    voice = speak.voice(person.language)
    yes = button(voice.say("button.cancel_surely", number=ticket.id), CancelSurely(ticket.id), "danger")
    no = button(voice.say("button.cancel_not"), KeepTicket(ticket.id))
    facts = {"number": ticket.id, "title": ticket.title}
    pending_question.put(work, person.id, CancelRef(ticket.id))
    outbox.line(work, person.key, "cancel.ask", facts, keyboard=[[yes], [no]], answers=message)


def said_whether_to_cancel(work: Work, person: Person, message: Incoming) -> bool:
    """A typed yes or no to "is it to be cancelled?"."""
    asked = pending_question.peek(work, person.id)
    about = CancelRef.among(asked.what) if asked is not None else None
    answer = signs.yes_or_no(message.text)
    if about is None or not answer:
        return False
    pending_question.forget(work.tx, person.id)
    ticket = store.get(work.tx, about.number)
    line = actions.cancel(work, ticket.id, person) if answer == "yes" else _kept(work, ticket, person)
    outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)
    return True


def _kept(_work: Work, ticket: Ticket, person: Person) -> Line:
    authorize(person, "cancel", actions.thing(ticket))
    return Line("cancel.kept", {"number": ticket.id})


def _ask_for_a_word(work: Work, ticket: Ticket, person: Person) -> Line:
    authorize(person, "rate", actions.thing(ticket))
    move(ticket, "rate")
    prompts.put(work, person.key, ticket, person, "comment", "", Line("prompt.comment"))
    return Line("prompt.below")
