"""Every text of an author, its place in the file and its use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.scenarios.language.model import (
    AskStep,
    ChooseStep,
    EndStep,
    PhotoStep,
    ProfileField,
    ResolvedStep,
    SayStep,
    ScenarioSpec,
    Step,
    TicketStep,
)
from bot.yamlfiles.document import Path

# said: Telegram HTML with expressions. label: a button. note: plain, without expressions. summary: plain with
# expressions, for both sides.
# desk: the same for engineers only.
Kind = Literal["said", "label", "note", "summary", "desk"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One text: its path in the file and its versions per language ("" = the same in all)."""

    path: Path
    words: Mapping[str, str]
    kind: Kind

    def at(self, language: str) -> Path:
        """The path of one language's text."""
        return (*self.path, language) if language else self.path


def of_scenario(id_: str, spec: ScenarioSpec) -> Iterator[Wording]:
    path: Path = ("scenarios", id_)
    yield Wording((*path, "title"), spec.title, "note")
    for number, step in enumerate(spec.steps):
        yield from of_step((*path, "steps", number), step)


def of_profile(name: str, field: ProfileField) -> Iterator[Wording]:
    path: Path = ("profile", name)
    if field.ask:
        yield Wording((*path, "ask"), field.ask, "said")
    if field.invalid:
        yield Wording((*path, "invalid"), field.invalid, "note")
    if field.label:
        yield Wording((*path, "label"), field.label, "note")
    for value, words in field.values.items():
        yield Wording((*path, "values", value), words, "label")


def of_step(path: Path, step: Step) -> Iterator[Wording]:
    match step:
        case SayStep():
            yield Wording((*path, "say"), step.say, "said")
        case ChooseStep():
            yield Wording((*path, "choose"), step.choose, "said")
            for number, option in enumerate(step.options):
                yield Wording((*path, "options", number, "label"), option.label, "label")
        case AskStep():
            yield Wording((*path, "ask"), step.ask, "said")
            if step.invalid:
                yield Wording((*path, "invalid"), step.invalid, "note")
        case PhotoStep():
            yield Wording((*path, "photo"), step.photo, "said")
        case ResolvedStep():
            yield from _of_resolved(path, step)
        case TicketStep():
            yield Wording((*path, "ticket", "summary"), step.ticket.summary, "summary")
            yield Wording((*path, "ticket", "body"), step.ticket.body, "desk")
        case EndStep():
            yield Wording((*path, "end"), step.end, "said")


def _of_resolved(path: Path, step: ResolvedStep) -> Iterator[Wording]:
    yield Wording((*path, "resolved"), step.resolved, "said")
    for name, words in (("yes", step.labels.yes), ("no", step.labels.no)):
        if words:
            yield Wording((*path, "labels", name), words, "label")
    if step.tried:
        yield Wording((*path, "tried"), step.tried, "note")
