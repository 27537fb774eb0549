"""A workaround: how the employee can work until the fault itself is mended. They read it at once, the cards keep it."""

from __future__ import annotations

from bot.config.config import Work
from bot.conversation import exchange
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import prompts, store
from bot.tickets.actions import NoWords, say_in_topic, tell, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import Ticket, move

LONGEST = 1000  # characters
ASKED = "workaround"
"""The action of the question for its words."""


def give(work: Work, ticket_id: int, engineer: Person, words: str) -> Line:
    """Tell the employee how to work meanwhile: a human's public word, and the end of the workaround clock. The clock of
    the solution runs on. A later one replaces the former. Raises NoWords."""
    ticket = store.get(work.tx, ticket_id)
    authorize(engineer, "reply", thing(ticket))
    move(ticket, "workaround")
    words = words.strip()[:LONGEST]
    if not words:
        raise NoWords
    ticket = exchange.replied(work, ticket, engineer, work.now)
    operations.worked_around(work, ticket.id, work.now)
    ticket = store.change(work.tx, ticket, workaround=words)
    store.record(work, ticket.id, engineer.key, "workaround", {"words": words})
    facts = {"who": engineer.first_name, "number": ticket.id, "text": words}
    outbox.line(work, directory.get(work.tx, ticket.requester).key, "workaround.said", facts)
    say_in_topic(work, ticket, Line("workaround.sent", facts))
    tell(work, ticket)
    return Line("workaround.done", {"number": ticket.id})


def ask(work: Work, ticket: Ticket, engineer: Person, chat: str) -> Line:
    """Ask the engineer for its words."""
    authorize(engineer, "reply", thing(ticket))
    move(ticket, "workaround")
    line = Line("prompt.workaround", {"who": engineer.first_name})
    return prompts.put(work, chat, ticket, engineer, ASKED, "", line)
