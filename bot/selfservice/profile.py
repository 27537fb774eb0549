"""A person's place and device: asked once, confirmed when old, changed by the person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from bot.config.config import Work
from bot.knowledge.slots import find_slots, is_only_place
from bot.people import directory, pending_question
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios.language.program import Program, field_question
from bot.scenarios.play.answers import BadAnswer, read_answer
from bot.scenarios.play.prefill import PLACE
from bot.telegram import buttons, outbox
from bot.telegram.buttons import ChangeField, ChooseValue, ConfirmProfile, LeaveProfile, OpenProfile
from bot.telegram.former_buttons import FormerField, FormerValue
from bot.texts.speak import Line, Voice
from bot.tickets import actions, store

ProfileButton = (
    OpenProfile | ConfirmProfile | ChangeField | ChooseValue | LeaveProfile | FormerField | FormerValue
)
FIELD = "profile:"  # the pending question for a field: "profile:floor"
WHOLE = "whereabouts:"  # the profile is open: the next words may say floor and room at once
_ROOM = re.compile(r"(?:,|\A)[^,\d]*\b(\d{3,4})\s*\Z")  # the last digits of "Moscow, 312"
OFFICE = "office"  # the one field that the directory may know itself


def shown(program: Program) -> list[str]:
    """The fields that people see by name, in the file's order."""
    return [name for name, field in program.profile.items() if field.label]


def value(program: Program, person: Person, name: str, language: str) -> str:
    """A field's value as text; "" when it is unknown."""
    known = person.profile.get(name)
    if known is None:
        return person.office if name == OFFICE else ""
    words = program.profile[name].values.get(str(known))
    return program.text(words, language) if words else str(known)


def of_directory(person: Person) -> Mapping[str, Any]:
    """The floor and the room that the directory's office ends with ("Москва, 312"), for a person who has given neither: a
    scenario asks whether that is right instead of where they are. Nothing where no room of three or four digits is."""
    found = _ROOM.search(person.office)
    if found is None or any(name in person.profile for name in PLACE):
        return {}
    return {"floor": int(found[1][:-2]), "room": found[1]}


def agreed(person: Person, answers: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    """What the directory said about the place and the person has just confirmed."""
    return [
        (name, known) for name, known in of_directory(person).items() if str(answers.get(name)) == str(known)
    ]


def told(program: Program, person: Person) -> list[str]:
    """The fields that the person has given themselves."""
    return [name for name in shown(program) if person.profile.get(name) is not None]


def is_old(program: Program, person: Person, now: int) -> bool:
    """Whether a value has not been confirmed for so long that it should be asked again."""
    oldest = min((person.told.get(name, 0) for name in told(program, person)), default=now)
    return now - oldest > program.defaults.confirm_after


def place(program: Program, person: Person, voice: Voice) -> str:
    """The whole profile on one line: "Moscow, floor 3, room 312"; a room that the office's name has is not said twice."""
    told = {name: words for name in shown(program) if (words := value(program, person, name, voice.language))}
    known = {words for name, words in told.items() if name != OFFICE}
    parts = []
    for name, words in told.items():
        label = program.text(program.profile[name].label or {"": name}, voice.language).lower()
        city, *rest = words.split(", ")
        office = ", ".join([city, *(one for one in rest if one not in known)])
        parts.append(office if name == OFFICE else f"{label} {words}")
    return ", ".join(parts) or person.office


def unfold(work: Work, person: Person) -> None:
    """/profile: the person's profile, at the end of the chat; the next words may say where they are."""
    pending_question.put(work, person.id, WHOLE)
    _show(work, person, "asked")


def _show(work: Work, person: Person, reason: str) -> None:
    outbox.show(work, person.key, "profile", person.key, anew=reason)


def told_at_once(work: Work, person: Person, text: str, message: int) -> bool:
    """The open profile is answered in one line: "3rd floor, room 305". False for words that say something else."""
    cleaned = text.lower()
    names = work.config.program.facts.names
    if not is_only_place(cleaned, person.office.lower(), names):
        return False
    for name, told_value in find_slots(cleaned, names).said().items():
        if name in work.config.program.profile:
            directory.remember(work, person.id, name, told_value)
    _changed(work, person)
    _show(work, person, f"after {message}")
    return True


def press(work: Work, person: Person, pressed: ProfileButton) -> Line | None:
    """A button of the profile. Raises NotAllowed."""
    authorize(person, "profile", Object())
    match pressed:
        case OpenProfile():
            unfold(work, person)
        case ConfirmProfile():
            directory.confirm(work, person.id, told(work.config.program, person))
            return _changed(work, person)
        case ChangeField():
            return _ask(work, person, pressed.field)
        case ChooseValue():
            return _choose(work, person, pressed)
        case LeaveProfile():
            pending_question.forget(work.tx, person.id)
            outbox.show(work, person.key, "profile", person.key)
        case FormerField() | FormerValue():
            return _list_changed(work, person)
        case _:
            assert_never(pressed)
    return None


def answered(work: Work, person: Person, name: str, text: str, message: int) -> None:
    """The answer to a field's question; if invalid, a hint below it, and the question stays."""
    if name not in work.config.program.profile:
        return
    read = read_answer(field_question(work.config.program, name), text)
    if isinstance(read, BadAnswer) or work.config.program.profile[name].values:
        pending_question.put(work, person.id, FIELD + name)
        key, facts = _hint(read)
        outbox.line(work, person.key, f"scenario.hint.{key}", facts, answers=message)
        return
    directory.remember(work, person.id, name, read)
    _changed(work, person)
    _show(work, person, f"after {message}")


def confirmed_by(program: Program, person: Person, answers: Mapping[str, Any]) -> list[str]:
    """The fields whose values a scenario has just got again unchanged."""
    fields = told(program, person)
    return [name for name in fields if str(answers.get(name)) == str(person.profile[name])]


def named(
    program: Program, heard: Mapping[str, Any], answers: Mapping[str, Any]
) -> Sequence[tuple[str, Any]]:
    """The fields that the person's first words named and the scenario has stored: where they are now."""
    kept = [(name, answers.get(name)) for name in heard if name in program.profile]
    return [(name, value) for name, value in kept if value is not None and str(value) == str(heard[name])]


def _ask(work: Work, person: Person, carried: str) -> Line | None:
    name = buttons.named(carried, shown(work.config.program))
    if name is None:
        return _list_changed(work, person)
    pending_question.put(work, person.id, FIELD + name)
    outbox.show(work, person.key, "profile", person.key)
    return None


def _choose(work: Work, person: Person, pressed: ChooseValue) -> Line | None:
    name = buttons.named(pressed.field, shown(work.config.program))
    if name is None:
        return _list_changed(work, person)
    chosen = buttons.named(pressed.value, work.config.program.profile[name].values)
    if chosen is None:  # ask again, with the current values
        pending_question.put(work, person.id, FIELD + name)
        return _list_changed(work, person)
    pending_question.forget(work.tx, person.id)
    directory.remember(work, person.id, name, chosen)
    return _changed(work, person)


def _list_changed(work: Work, person: Person) -> Line:
    """What a button named is no longer there: show the current profile, at the end of the chat."""
    _show(work, person, f"changed {work.now}")
    return Line("list.changed", alert=True)


def _hint(read: int | str | BadAnswer) -> tuple[str, Mapping[str, Any]]:
    return (read.hint, read.facts) if isinstance(read, BadAnswer) else ("choose", {})


def _changed(work: Work, person: Person) -> Line:
    """Redraw the cards of the person's open tickets."""
    outbox.show(work, person.key, "profile", person.key)
    for ticket in store.open_of(work.tx, person.id):
        actions.tell(work, ticket)
    return Line("profile.kept")
