"""Somebody cannot be reached by the bot any more: whoever works for them hears of it in time to call."""

from __future__ import annotations

from bot.config.config import Work
from bot.people.directory import Person
from bot.telegram.refusals import never_began
from bot.texts.speak import Line
from bot.tickets import actions, store

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
