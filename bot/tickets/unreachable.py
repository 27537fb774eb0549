"""A person whom the bot cannot write to: their tickets' teams read it in time to call; back again, they read what waited."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import TicketRef
from bot.people.directory import Person
from bot.telegram import outbox, posts
from bot.telegram.refusals import never_began
from bot.texts.speak import Line
from bot.tickets import actions, consent, store

DAY = 86_400  # seconds


def unreachable(work: Work, person: Person, reason: str = "") -> None:
    """A note in each open ticket of theirs, and a word to its team; at most once a day (`now` is in UTC seconds).

    `reason` is Telegram's refusal.
    """
    key = "person.never_began" if never_began(reason) else "person.unreachable"
    for ticket in store.open_of(work.tx, person.id):
        if store.last(work.tx, ticket.id, "unreachable") > work.now - DAY:
            continue
        store.record(work, ticket.id, "bot", "unreachable")
        line = Line(key, {"who": person.name, "number": ticket.id})
        actions.say_in_topic(work, ticket, line)


def caught_up(work: Work, person: Person) -> None:
    """The person writes for the first time, or again: what could not be shown is shown."""
    missed = [("approval", TicketRef(number)) for number, _ in consent.waiting_for(work.tx, person.id)]
    missed += [("ticket_card", ticket.about) for ticket in store.open_of(work.tx, person.id)]
    for card, about in missed:
        if posts.find(work.tx, person.key, card, about) is None:
            outbox.show(work, person.key, card, about, anew="caught up")
