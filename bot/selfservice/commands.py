"""What is typed in the private chat about oneself: /start, /my, /profile, /learning, /language."""

from __future__ import annotations

from bot.config.config import Work
from bot.people import directory
from bot.selfservice import intake, learning, profile
from bot.telegram import outbox
from bot.texts import speak
from bot.tickets.invocation import Invocation


def start(work: Work, asked: Invocation) -> None:
    """/start: the menu, at the end of the chat."""
    intake.menu(work, asked.person)


def my_tickets(work: Work, asked: Invocation) -> None:
    """/my: the person's open tickets."""
    intake.my_tickets(work, asked.person)


def show_profile(work: Work, asked: Invocation) -> None:
    """/profile: what we know of the person."""
    profile.show(work, asked.person, "asked")


def ask_to_learn(work: Work, asked: Invocation) -> None:
    """/learning: whether the person's words may teach the bot."""
    learning.ask(work, asked.person)


def switch_language(work: Work, asked: Invocation) -> None:
    """/language: from now on in the next of our languages."""
    person, known = asked.person, speak.languages()
    place = known.index(person.language) + 1 if person.language in known else 0
    directory.set_language(work.tx, person.id, known[place % len(known)])
    outbox.line(work, person.key, "language.set", {})
    intake.menu(work, person)
