"""The language in which a person is answered: changed by /language, offered when they write in another one."""

from __future__ import annotations

import re

from bot.config.config import Work
from bot.knowledge.route import Decision
from bot.people import directory
from bot.people.directory import Person
from bot.selfservice import intake
from bot.telegram import outbox
from bot.telegram.buttons import SpeakLanguage
from bot.telegram.incoming import Incoming
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets.invocation import Invocation

LEAST = 4  # words: shorter messages may be a name or an error code
SCRIPTS = {"ru": re.compile("[а-яё]{2,}", re.IGNORECASE), "en": re.compile("[a-z]{2,}", re.IGNORECASE)}


def switch(work: Work, asked: Invocation) -> None:
    """/language: from now on in the next of our languages."""
    person, known = asked.person, speak.languages()
    place = known.index(person.language) + 1 if person.language in known else 0
    _speak(work, person, known[place % len(known)])


def offer(work: Work, person: Person, message: Incoming, decision: Decision) -> None:
    """Below a message in another of our languages: a button that switches to it. Once for each language."""
    written = _written_in(decision.repaired)
    if written is None or written == person.language or written not in speak.languages():
        return
    keyboard = [[button(speak.voice(written).say("button.speak"), SpeakLanguage(written))]]
    outbox.line(
        work,
        person.key,
        f"language.offer.{written}",
        {},
        keyboard=keyboard,
        answers=message.message_id,
        dedupe=f"language:{person.id}:{written}",
    )


def press(work: Work, person: Person, pressed: SpeakLanguage) -> Line | None:
    if pressed.language not in speak.languages():
        return Line("stale", alert=True)
    _speak(work, person, pressed.language)
    return None


def _speak(work: Work, person: Person, language: str) -> None:
    directory.set_language(work.tx, person.id, language)
    outbox.line(work, person.key, "language.set", {})
    intake.menu(work, person)


def _written_in(repaired: str) -> str | None:
    """The language whose script all words are in; None when there are few words, or several scripts."""
    found = {language: len(script.findall(repaired)) for language, script in SCRIPTS.items()}
    language = max(found, key=lambda one: found[one])
    return language if found[language] >= LEAST and sum(found.values()) == found[language] else None
