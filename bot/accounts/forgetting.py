"""/forget: a person erases what they wrote; /erase: an administrator erases a person. Both are asked once."""

from __future__ import annotations

from typing import assert_never

from bot.accounts import erasure
from bot.accounts.erasure import ErasureScope, StillOpen
from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.storage import erasing
from bot.telegram import chats, outbox
from bot.telegram.buttons import ErasePerson, ForgetMe, KeepMe, KeepPerson
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

CARD, ERASE = "forget", "erase"
ForgetButton = ForgetMe | KeepMe
EraseButton = ErasePerson | KeepPerson


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


def ask_to_erase(work: Work, admin: Person, person: Person) -> Line | None:
    """Ask an administrator once more; a person with open tickets is not erased. Raises NotAllowed."""
    authorize(admin, "people", Object())
    try:
        erasure.check(work, person.id)
    except StillOpen as fault:
        return Line("erase.open", {"name": person.name, "numbers": ", ".join(map(str, fault.numbers))})
    outbox.show(work, admin.key, ERASE, person.key, anew=f"asked {work.now}")
    return None


def erase_card(work: Work, about: str, chat: str) -> Drawing | None:
    """Who is to be erased, with both answers; nothing once it is done."""
    person = directory.find(work.tx, PersonChat.read(about).number)
    if person is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    yes = button(voice.say("button.forget"), ErasePerson(person.id), "danger")
    no = button(voice.say("button.never_mind"), KeepPerson(person.id))
    return Drawing(voice.html("erase.ask", name=person.name, staff_id=person.staff_id), [[yes], [no]])


def decide(work: Work, admin: Person, pressed: EraseButton) -> Line:
    """An administrator's answer: the erasure begins, or nothing happens. Raises NotAllowed."""
    authorize(admin, "people", Object())
    person = directory.find(work.tx, pressed.person)
    if person is None:
        return Line("unknown.button", alert=True)
    outbox.hide(work, admin.key, ERASE, person.key)
    match pressed:
        case ErasePerson():
            if erasing.open_tickets(work.tx, person.id):
                return Line("erase.opened", alert=True)
            directory.deactivate(work.tx, person.id)
            erasure.begin(work, person, ErasureScope.ALL)
            return Line("forget.begins")
        case KeepPerson():
            return Line("forget.kept")
        case _:
            assert_never(pressed)
