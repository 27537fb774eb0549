"""Instructions beside a ticket: those that fit it, and sending one to the employee."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import SearchRef
from bot.knowledge import readings
from bot.people.access import NotAllowed, authorize
from bot.people.directory import Person
from bot.teamdesk import canned
from bot.teamdesk.presses import here
from bot.telegram import outbox
from bot.telegram.buttons import OpenGuides, SendArticle
from bot.texts.speak import Line
from bot.tickets import actions
from bot.tickets.ticket import Ticket

GuideButton = OpenGuides | SendArticle


def press(work: Work, pressed: GuideButton, person: Person, chat: str | None) -> Line:
    """The button "instruction" of a ticket's card, and "send to the employee" below an article."""
    match pressed:
        case OpenGuides():
            return _show_beside(work, here(work.tx, pressed.ticket, chat), person, chat or "")
        case SendArticle():
            reading = readings.get(work.tx, pressed.reading)
            if reading is None or reading.ticket is None or reading.chat != chat:
                raise NotAllowed("reply", "unknown.chat")
            return _send(work, here(work.tx, reading.ticket, chat), person, reading.article)
        case _:
            assert_never(pressed)


def _show_beside(work: Work, ticket: Ticket, person: Person, chat: str) -> Line:
    authorize(person, "note", actions.thing(ticket))
    authorize(person, "instruct", actions.thing(ticket))
    number = readings.search_beside(work, person.id, chat, ticket.id)
    outbox.show(work, chat, "shelf", SearchRef(number), topic=ticket.about, anew="asked")
    return Line("menu.below")


def _send(work: Work, ticket: Ticket, person: Person, article: str) -> Line:
    authorize(person, "reply", actions.thing(ticket))
    if readings.waits_for_word(work.tx, ticket.id, article):
        return Line("article.already", alert=True)
    return canned.send_article(work, ticket.id, person, article)
