"""Where a person sits and what they work on: told once, confirmed when it has grown old, theirs to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.config.config import Work
from bot.people import directory, pending_question
from bot.people.access import Object, Refused, authorize
from bot.people.directory import Person
from bot.scenarios.language.program import Program, field_question
from bot.scenarios.play.answers import Fault, read_answer
from bot.telegram import outbox
from bot.texts.speak import Line, Voice
from bot.tickets import actions, store

PRESSES = ("profile", "right", "change", "value", "leave")
FIELD = "profile:"  # what the next words are meant for: "profile:floor"
OFFICE = "office"  # the one field that the directory may know by itself


def shown(program: Program) -> list[str]:
    """The fields that people see by name, in the file's order."""
    return [name for name, field in program.profile.items() if field.label]


def value(program: Program, person: Person, name: str, language: str) -> str:
    """What is known of a field, in words; "" when nothing is."""
    known = person.profile.get(name)
    if known is None:
        return person.office if name == OFFICE else ""
    words = program.profile[name].values.get(str(known))
    return program.text(words, language) if words else str(known)


def told(program: Program, person: Person) -> list[str]:
    """The fields that the person has told us themselves."""
    return [name for name in shown(program) if person.profile.get(name) is not None]


def is_old(program: Program, person: Person, now: int) -> bool:
    """Whether something they told us has not been confirmed for so long that we had better ask."""
    oldest = min((person.told.get(name, 0) for name in told(program, person)), default=now)
    return now - oldest > program.defaults.confirm_after


def place(program: Program, person: Person, voice: Voice) -> str:
    """All that is known on one line: "Москва, этаж 3, кабинет 312"."""
    parts = []
    for name in shown(program):
        if words := value(program, person, name, voice.language):
            label = program.text(program.profile[name].label or {"": name}, voice.language).lower()
            parts.append(words if name == OFFICE else f"{label} {words}")
    return ", ".join(parts) or person.office


def show(work: Work, person: Person, reason: str) -> None:
    """/profile: what we know of the person, at the end of the chat."""
    outbox.show(work, person.key, "profile", person.key, anew=reason)


def press(work: Work, person: Person, action: str, numbers: Sequence[int]) -> Line | None:
    """A button of the profile. Raises Refused."""
    authorize(person, "profile", Object())
    names = shown(work.config.program)
    match action, list(numbers):
        case "profile", []:
            show(work, person, "asked")
        case "right", []:
            directory.confirm(work, person.id, told(work.config.program, person))
            return _changed(work, person)
        case "change", [place_] if place_ < len(names):
            pending_question.put(work, person.id, FIELD + names[place_])
            outbox.show(work, person.key, "profile", person.key)
        case "value", [place_, number] if place_ < len(names):
            return _choose(work, person, names[place_], number)
        case "leave", []:
            pending_question.forget(work.tx, person.id)
            outbox.show(work, person.key, "profile", person.key)
        case _:
            raise Refused(action, "access.unknown")
    return None


def answered(work: Work, person: Person, name: str, text: str, message: int) -> None:
    """The words that a field was asked for; a hint below them when they do not fit, and the question stays."""
    if name not in work.config.program.profile:
        return
    read = read_answer(field_question(work.config.program, name), text)
    if isinstance(read, Fault) or work.config.program.profile[name].values:
        pending_question.put(work, person.id, FIELD + name)
        key, facts = _hint(read)
        outbox.line(work, person.key, f"scenario.hint.{key}", facts, answers=message)
        return
    directory.remember(work, person.id, name, read)
    _changed(work, person)
    show(work, person, f"after {message}")


def confirmed_by(program: Program, person: Person, answers: Mapping[str, Any]) -> list[str]:
    """The fields that a scenario has just heard again as they stand."""
    fields = told(program, person)
    return [name for name in fields if str(answers.get(name)) == str(person.profile[name])]


def named(
    program: Program, heard: Mapping[str, Any], answers: Mapping[str, Any]
) -> Sequence[tuple[str, Any]]:
    """The fields that the person's first words named and the scenario has kept: where they are now."""
    kept = [(name, answers.get(name)) for name in heard if name in program.profile]
    return [(name, value) for name, value in kept if value is not None and str(value) == str(heard[name])]


def _choose(work: Work, person: Person, name: str, number: int) -> Line | None:
    values = list(work.config.program.profile[name].values)
    if number >= len(values):
        raise Refused("value", "access.unknown")
    pending_question.forget(work.tx, person.id)
    directory.remember(work, person.id, name, values[number])
    return _changed(work, person)


def _hint(read: int | str | Fault) -> tuple[str, Mapping[str, Any]]:
    return (read.hint, read.facts) if isinstance(read, Fault) else ("choose", {})


def _changed(work: Work, person: Person) -> Line:
    """Whoever looks at an open ticket of this person sees it."""
    outbox.show(work, person.key, "profile", person.key)
    for ticket in store.open_of(work.tx, person.id):
        actions.tell(work, ticket)
    return Line("profile.kept")
