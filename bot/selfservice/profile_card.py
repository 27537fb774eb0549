"""The card of /profile: the person's values, with a way to change each line."""

from __future__ import annotations

from bot.config.config import Config, Work
from bot.keys import PersonChat
from bot.people import directory, pending_question
from bot.people.directory import Person
from bot.scenarios.language.program import Program, field_question
from bot.selfservice.profile import FIELD, WHOLE, is_old, shown, told, value
from bot.telegram.buttons import ChangeField, ChooseValue, ConfirmProfile, LeaveProfile
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import readers


def card(work: Work, about: str, _chat: str) -> Drawing:
    """The values; or the question of the field that is being changed."""
    person = directory.get(work.tx, PersonChat.read(about).number)
    program, voice = work.config.program, speak.voice(person.language)
    asked = pending_question.peek(work, person.id)
    if asked is not None and (name := asked.what.removeprefix(FIELD)) in shown(program):
        return _question(program, voice, name)
    fields = [
        (program.text(program.profile[name].label or {"": name}, voice.language), name)
        for name in shown(program)
    ]
    lines = [(label, value(program, person, name, voice.language)) for label, name in fields]
    text = voice.card(
        "profile",
        person=person,
        lines=lines,
        is_open=asked is not None and asked.what == WHOLE,
        confirmed=_confirmed(work.config, person, voice, work.now),
    )
    changes = [button(f"✏️ {label}", ChangeField(name)) for label, name in fields]
    right = button(voice.say("button.profile_right"), ConfirmProfile(), "success")
    return Drawing(text, [*rows(changes, 2), *([[right]] if is_old(program, person, work.now) else [])])


def _question(program: Program, voice: Voice, name: str) -> Drawing:
    """The field's own question, with its values as buttons where it has any."""
    buttons = [
        button(program.text(words, voice.language), ChooseValue(name, value))
        for value, words in program.profile[name].values.items()
    ]
    leave = button(voice.say("button.never_mind"), LeaveProfile())
    text = program.text(field_question(program, name).ask, voice.language)
    return Drawing(text, [*rows(buttons, 2), [leave]])


def _confirmed(config: Config, person: Person, voice: Voice, now: int) -> str | None:
    """The date on which all of it was last confirmed."""
    oldest = min((person.told.get(name, 0) for name in told(config.program, person)), default=0)
    return voice.when(oldest, readers.zone_of_person(config.desk, person), now) if oldest else None
