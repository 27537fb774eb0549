"""Words that the bot says to the employee for an engineer: a canned reply, a draft, an answer from the private chat."""

from __future__ import annotations

from bot.config.config import Work
from bot.conversation import exchange
from bot.people import directory
from bot.people.directory import Person
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import store, transcript
from bot.tickets.actions import NoWords, say_in_topic
from bot.tickets.ticket import Ticket

ANSWER, SOLVE = "answer", "solve"
"""What the questions to an engineer in private are for: words to the employee, and what helped."""


def say(work: Work, ticket: Ticket, engineer: Person, text: str) -> Line:
    """A public word of the engineer, who has read or written it; the team reads it in the topic. Raises NoWords."""
    if not text.strip():
        raise NoWords
    ticket = exchange.replied(work, ticket, engineer, work.now)
    employee = directory.get(work.tx, ticket.requester)
    store.record(work, ticket.id, engineer.key, transcript.CANNED, {"text": text})
    outbox.line(work, employee.key, "canned.said", {"who": engineer.first_name, "text": text})
    say_in_topic(work, ticket, Line("canned.sent", {"who": engineer.first_name, "text": text}))
    return Line("canned.done")
