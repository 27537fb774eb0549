"""A compiled scenarios file: immutable, shared by all runs; each scenario has its own hash."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from bot.scenarios.language.cases import Case, RouteCase
from bot.scenarios.language.model import (
    VERBS,
    AskStep,
    Defaults,
    HumanTicket,
    ProfileField,
    ScenarioSpec,
    Step,
    TicketStep,
)
from bot.yamlfiles.facts import Facts

_PROFILE = re.compile(r"profile\.([a-z][a-z0-9_]*)\Z")


@dataclass(frozen=True)
class Node:
    """One step in its scenario. `key` is its id, or its position and verb ("3:resolved")."""

    key: str
    verb: str
    step: Step
    below: str | None  # key of the next step in the file

    @property
    def after(self) -> str | None:
        """The step's default target."""
        return self.step.next or self.below


@dataclass(frozen=True)
class Scenario:
    """One scenario, ready to be played."""

    id: str
    spec: ScenarioSpec
    source: str  # this scenario and its dependencies as a file, in JSON
    hash: str  # of that
    nodes: Mapping[str, Node]
    first: str
    resume_within: int  # seconds of wall time
    remind_after: int
    max_visits: int
    human: HumanTicket | None

    @property
    def is_part(self) -> bool:
        """Whether it is only called by others."""
        return self.id.startswith("_")


@dataclass(frozen=True)
class Program:
    """A whole file. `source` is its text, `hash` of all of it."""

    name: str
    source: str
    hash: str
    defaults: Defaults
    languages: tuple[str, ...]
    profile: Mapping[str, ProfileField]
    scenarios: Mapping[str, Scenario]
    tests: tuple[Case | RouteCase, ...] = ()
    order: tuple[str, ...] = ()  # as `menu:` of the file names it
    facts: Facts = field(default_factory=Facts)  # the company's, of today: not part of the hash
    engineers: str | None = None  # the language of tickets by the setting LANGUAGE, instead of the file's

    @cached_property
    def menu(self) -> tuple[Scenario, ...]:
        """The scenarios an employee may begin, in the order of `menu:`, then of the files."""
        return tuple(item for item in self.scenarios.values() if not item.is_part and not item.spec.retire)

    def for_engineers(self, language: str | None) -> Self:
        """The same, with tickets in the language that engineers read; as the file says without one, or without its texts."""
        if language is None or language not in self.languages:
            return self
        defaults = self.defaults.model_copy(update={"language": language})
        return replace(self, defaults=defaults, engineers=language)

    def text(self, wording: Mapping[str, str], language: str) -> str:
        """The text in a language; in the file's default language when it is not translated."""
        found = wording.get(language) or wording.get("") or wording.get(self.defaults.language)
        return found or next(iter(wording.values()))

    def title(self, scenario: str, language: str) -> str:
        """A scenario's title, plain text."""
        return self.text(self.scenarios[scenario].spec.title, language)


@dataclass(frozen=True)
class Question:
    """The question of an `ask` step, its own or the profile's."""

    ask: Mapping[str, str]
    type: str
    min: int | None
    max: int | None
    pattern: str | None
    invalid: Mapping[str, str] | None
    values: Mapping[str, Mapping[str, str]]
    field: str | None  # the profile field, if it is one


def profile_field(step: AskStep) -> str | None:
    """The profile field of an `ask: profile.floor` step."""
    found = _PROFILE.match(step.ask.get("", ""))
    return found[1] if found else None


def question(program: Program, step: AskStep) -> Question:
    name = profile_field(step)
    if name is None:
        return Question(step.ask, step.type, step.min, step.max, step.pattern, step.invalid, {}, None)
    known = field_question(program, name)
    return replace(
        known,
        min=known.min if step.min is None else step.min,
        max=known.max if step.max is None else step.max,
        pattern=step.pattern or known.pattern,
        invalid=step.invalid or known.invalid,
    )


def field_question(program: Program, name: str) -> Question:
    """The profile's question for one of its fields."""
    known = program.profile[name]
    return Question(
        known.ask or {"": name},
        known.type,
        known.min,
        known.max,
        known.pattern,
        known.invalid,
        known.values,
        name,
    )


def verb_of(step: Step) -> str:
    return next(verb for verb in VERBS if hasattr(step, verb))


def nodes_of(spec: ScenarioSpec) -> dict[str, Node]:
    """The steps by key, in order. Of two steps with one id the first counts; check/ complains about the second."""
    keys = [step.id or f"{number}:{verb_of(step)}" for number, step in enumerate(spec.steps, 1)]
    nodes: dict[str, Node] = {}
    for number, (key, step) in enumerate(zip(keys, spec.steps, strict=True)):
        below = keys[number + 1] if number + 1 < len(keys) else None
        nodes.setdefault(key, Node(key, verb_of(step), step, below))
    return nodes


def human_of(spec: ScenarioSpec, defaults: Defaults) -> HumanTicket | None:
    """The human to call: the scenario's, its first ticket's team, or the defaults'."""
    if spec.human is not None:
        return spec.human
    for step in spec.steps:
        if isinstance(step, TicketStep) and "{" not in step.ticket.team:
            fixed = {
                name: text
                for name in ("type", "impact", "urgency")
                if "{" not in (text := getattr(step.ticket, name))
            }
            return HumanTicket(team=step.ticket.team, **fixed)
    return defaults.human
