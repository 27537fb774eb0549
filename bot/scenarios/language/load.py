"""From the text of a scenarios file to a Program, or to all faults."""

import hashlib
import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.errors import FirstlineError
from bot.scenarios.language.cases import AnyCase
from bot.scenarios.language.model import Defaults, HumanTicket, Name, ProfileField, ScenarioId, ScenarioSpec
from bot.scenarios.language.program import Program, Scenario, human_of, nodes_of
from bot.scenarios.language.wordings import of_profile, of_scenario
from bot.yamlfiles import Complaint, Document
from bot.yamlfiles.fitting import Authored, Many, fit
from bot.yamlfiles.parts import read_scenarios

SOMEBODY = HumanTicket(team="?")  # the human to call while the defaults cannot be read


class File(Authored):
    """The whole scenarios.yaml."""

    version: Literal[1]
    defaults: Defaults = Field(default_factory=Defaults)
    profile: dict[Name, ProfileField] = Field(default_factory=dict)
    menu: Many[ScenarioId] = Field(
        (), description="The order in which scenarios are shown; those it does not name come after."
    )
    scenarios: Annotated[dict[ScenarioId, ScenarioSpec], Field(min_length=1, max_length=1000)]
    tests: Many[AnyCase] = ()
    shipped: bool = Field(
        False, description="The tests of this file came with Firstline (see a test's shipped)."
    )


class BadProgram(FirstlineError):
    """The scenarios file has faults."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result: if the form is valid there is a program. check/ checks the meaning."""

    program: Program | None
    document: Document | None
    complaints: list[Complaint]
    partial: Program | None = None  # the valid scenarios, to be checked even beside broken ones
    broken: tuple[str, ...] = ()


def load(name: str, text: str) -> Loaded:
    """Read a file, or the bundle of one with its folder. Without complaints there is a program.

    Complaints are at the lines of the bundle: `placed` finds their files.
    """
    reading = read_scenarios(name, text)
    if reading.document is None:
        return Loaded(None, None, reading.complaints)
    document = reading.document
    file, complaints = fit(File, document)
    complaints = [*reading.complaints, *complaints]
    if file is None:
        return _partly(name, text, document, complaints)
    program = _program(name, text, file, document.data)
    return Loaded(None if complaints else program, document, complaints, program)


def _partly(name: str, text: str, document: Document, complaints: list[Complaint]) -> Loaded:
    """The scenarios that fit by themselves, so that one broken step does not hide the faults of the others."""
    data = document.data if isinstance(document.data, dict) else {}
    scenarios = data.get("scenarios")
    if not isinstance(scenarios, dict):
        return Loaded(None, document, complaints)
    sound = {id_: spec for id_ in scenarios if (spec := fit(ScenarioSpec, document, ("scenarios", id_))[0])}
    broken = tuple(id_ for id_ in scenarios if id_ not in sound)
    file = File.model_construct(
        version=1, defaults=_defaults(document), profile=_profile(document), scenarios=sound, tests=()
    )
    return Loaded(None, document, complaints, _program(name, text, file, data), broken)


def _defaults(document: Document) -> Defaults:
    """Defaults for valid scenarios beside broken defaults. The human to call is assumed; its absence has its own
    complaint."""
    given = document.data.get("defaults")
    if given is None:
        return Defaults()
    somebody = Defaults(human=SOMEBODY)
    return fit(Defaults, document, ("defaults",))[0] or somebody


def _profile(document: Document) -> dict[str, ProfileField]:
    """Every named field; a broken one can be anything."""
    given = document.data.get("profile")
    fields = given if isinstance(given, dict) else {}
    anything = ProfileField(type="text")
    return {id_: fit(ProfileField, document, ("profile", id_))[0] or anything for id_ in fields}


def load_version(source: str) -> Program:
    """A program that was accepted before. Raises BadProgram when this engine does not support it."""
    loaded = load("kept version", source)
    if loaded.program is None:
        raise BadProgram
    return loaded.program


def _program(name: str, text: str, file: File, data: dict[str, Any]) -> Program:
    scenarios = {id_: _scenario(id_, file.scenarios[id_], file.defaults, data) for id_ in _ordered(file)}
    return Program(
        name=name,
        source=text,
        hash=_hash(text),
        defaults=file.defaults,
        languages=_languages(file),
        order=file.menu,
        profile=MappingProxyType(file.profile),
        scenarios=MappingProxyType(scenarios),
        tests=file.tests,
    )


def _ordered(file: File) -> list[str]:
    """The names of the scenarios in the order of the menu."""
    named = [id_ for id_ in dict.fromkeys(file.menu) if id_ in file.scenarios]
    return [*named, *(id_ for id_ in file.scenarios if id_ not in named)]


def _scenario(id_: str, spec: ScenarioSpec, defaults: Defaults, data: dict[str, Any]) -> Scenario:
    nodes = nodes_of(spec)
    source = json.dumps(_excerpt(data, id_), ensure_ascii=False, sort_keys=True)
    return Scenario(
        id=id_,
        spec=spec,
        source=source,
        hash=_hash(source),
        nodes=MappingProxyType(nodes),
        first=next(iter(nodes)),
        resume_within=defaults.resume_within if spec.resume_within is None else spec.resume_within,
        remind_after=defaults.remind_after if spec.remind_after is None else spec.remind_after,
        max_visits=spec.max_visits or defaults.max_visits,
        human=human_of(spec, defaults),
    )


def _excerpt(data: dict[str, Any], scenario: str) -> dict[str, Any]:
    """The scenario, those it calls, defaults and profile; without phrases and tests, which do not affect a run."""
    wanted, waiting = {scenario}, [scenario]
    while waiting:
        spec = data["scenarios"][waiting.pop()]
        for step in (spec.get("steps") or []) if isinstance(spec, dict) else []:
            called = step.get("call") if isinstance(step, dict) else None
            if isinstance(called, str) and called in data["scenarios"] and called not in wanted:
                wanted.add(called)
                waiting.append(called)
    dull = ("phrases", "retire")
    kept = {id_: _without(data["scenarios"][id_], dull) for id_ in wanted}
    head: dict[str, Any] = {key: data[key] for key in ("version", "defaults", "profile") if key in data}
    return {**head, "scenarios": kept}


def _without(spec: Any, dull: tuple[str, ...]) -> Any:
    return {key: value for key, value in spec.items() if key not in dull} if isinstance(spec, dict) else spec


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _languages(file: File) -> Many[str]:
    """The languages of a file's texts, the default one first."""
    found = {
        code
        for name, field in file.profile.items()
        for words in of_profile(name, field)
        for code in words.words
    }
    found |= {
        code
        for id_, spec in file.scenarios.items()
        for words in of_scenario(id_, spec)
        for code in words.words
    }
    return (file.defaults.language, *sorted(found - {"", file.defaults.language}))
