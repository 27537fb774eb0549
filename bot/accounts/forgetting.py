"""/forget: a person erases what they wrote. It is asked once, and said what stays and why."""

from __future__ import annotations

from typing import assert_never

from bot.accounts import erasure
from bot.accounts.erasure import ErasureScope
from bot.config.config import Work
from bot.keys import PersonChat
from bot.people.directory import Person
from bot.telegram import chats, outbox
from bot.telegram.buttons import ForgetMe, KeepMe
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

CARD = "forget"
ForgetButton = ForgetMe | KeepMe


def ask(work: Work, person: Person) -> None:
    """Show the question at the end of the chat."""
    outbox.show(work, person.key, CARD, person.key, anew=f"asked {work.now}")


def card(work: Work, about: str, chat: str) -> Drawing:
    """What is erased, what stays and why, with both answers."""
    voice = speak.voice(chats.language(work.tx, chat))
    person = PersonChat.read(about).number
    yes = button(voice.say("button.forget"), ForgetMe(person), "danger")
    return Drawing(
        voice.html("forget.ask"), [[yes], [button(voice.say("button.never_mind"), KeepMe(person))]]
    )


def press(work: Work, person: Person, pressed: ForgetButton) -> Line:
    """The answer: the erasure begins, or nothing happens."""
    if pressed.person != person.id:
        return Line("unknown.button", alert=True)
    outbox.hide(work, person.key, CARD, person.key)
    match pressed:
        case ForgetMe():
            erasure.begin(work, person, ErasureScope.WORDS)
            outbox.line(work, person.key, "forget.begun", {})
            return Line("forget.begins")
        case KeepMe():
            return Line("forget.kept")
        case _:
            assert_never(pressed)
