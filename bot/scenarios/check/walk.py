"""Walks every path of a scenario: each must end, accept every offered answer and leave no missing value in a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.scenarios.check.flow import graph_of
from bot.scenarios.check.rehearsal import Step
from bot.scenarios.language.model import AskStep, ProfileField
from bot.scenarios.language.pattern import compile_pattern
from bot.scenarios.language.program import Program, Question, question
from bot.scenarios.language.template import MISSING
from bot.scenarios.play import engine
from bot.scenarios.play.enter import enter
from bot.scenarios.play.events import (
    Checked,
    Event,
    OpenTicket,
    Player,
    Press,
    RunState,
    Sent,
    Skip,
    Transition,
    Typed,
)
from bot.texts import speak
from bot.yamlfiles import Complaint, Document
from bot.yamlfiles.bundle import placed

SCREENS = (
    8000  # up to so many screens in a file every path is walked; after that only edges not yet taken that way
)
LEAST = 40  # of them for each scenario, however many there are
LONGEST = 300  # answers on one path
MESSAGE = 4096  # Telegram's limit of characters


@dataclass(slots=True)
class Walked:
    """The result. `walked` are the edges taken."""

    walks: int = 0
    shown: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    walked: set[Step] = field(default_factory=set)


def walk_all(program: Program, document: Document) -> Walked:
    """Walk every scenario of the menu, as a person with an empty profile and one with a complete profile."""
    found = Walked()
    known = {name: sample_of_field(field) for name, field in program.profile.items()}
    profiles = [{}, known] if known else [{}]
    begun = [scenario.id for scenario in program.scenarios.values() if not scenario.is_part]
    full = max(LEAST, SCREENS // max(1, len(begun) * len(profiles)))
    for id_ in begun:
        for profile in profiles:
            person = Player("1", "Anna", "msk", "sales", program.defaults.language, profile)
            _Walker(program, document, id_, person, full, found).run()
    found.complaints = placed(found.complaints, document.name, document.text)
    return found


def uncovered(program: Program, walked: Iterable[Step]) -> tuple[list[Step], int]:
    """The edges that were not taken, and the number of all edges."""
    done = set(walked)
    every = [step for id_ in program.scenarios for step in ways(program, id_)]
    return [step for step in every if step not in done], len(every)


def ways(program: Program, id_: str) -> list[Step]:
    """Every edge of a scenario; a ticket or an end counts as one."""
    graph = graph_of(program, program.scenarios[id_])
    found: list[Step] = []
    for key, edges in graph.items():
        found += [(id_, key, edge.on) for edge in edges] or [(id_, key, "")]
    return found


class _Walker:
    """One scenario, one person."""

    def __init__(
        self, program: Program, document: Document, id_: str, person: Player, full: int, found: Walked
    ) -> None:
        self.program, self.document, self.id, self.person = program, document, id_, person
        self.full, self.found = full, found
        self.shown = 0
        self.told: set[str] = set()

    def run(self) -> None:
        waiting = [(engine.begin(self.program, self.id, self.person, self.person.language), True)]
        while waiting:
            turn, fresh = waiting.pop()
            self.look(turn, self.program.languages if fresh else (turn.state.language,))
            if turn.state.done:
                self.found.walks += 1
            elif len(turn.state.history) >= LONGEST:
                self.fault("endless", turn, moves=LONGEST)
            else:
                waiting += self.onward(turn)

    def onward(self, turn: Transition) -> list[tuple[Transition, bool]]:
        """Every answer the step offers, taken; and whether it led along a new edge."""
        then: list[tuple[Transition, bool]] = []
        for event in answers(self.program, turn, self.person):
            after = engine.advance(self.program, turn.state, event, self.person)
            if not after.moved:
                self.fault("refused", turn, given=getattr(event, "value", None) or type(event).__name__)
                continue
            fresh = not self.found.walked.issuperset(after.trail)
            self.found.walked |= set(after.trail)
            if fresh or self.shown < self.full:
                then.append((after, fresh))
        return then

    def look(self, turn: Transition, languages: Sequence[str]) -> None:
        """Check the screen in these languages, and the ticket."""
        self.shown += 1
        self.found.shown += 1
        self.found.walked |= set(turn.trail)
        for language in languages:
            seen = turn if language == turn.state.language else self.translated(turn, language)
            text = "\n\n".join(seen.view.parts)
            if MISSING in text:
                self.fault("blank", turn, found=text[:80])
            if len(text) > MESSAGE:
                self.fault("huge", turn, size=len(text))
        for effect in turn.effects:
            if isinstance(effect, OpenTicket) and MISSING in effect.summary + effect.body:
                self.fault("blank", turn, found=effect.summary)

    def translated(self, turn: Transition, language: str) -> Transition:
        """The same screen in another language."""
        if turn.state.done:
            return turn
        return engine.show(self.program, replace(turn.state, language=language), self.person)

    def fault(self, key: str, turn: Transition, **facts: Any) -> None:
        if key + turn.view.step in self.told:
            return
        self.told.add(key + turn.view.step)
        said = {
            code: speak.voice(code).say(f"test.{key}", step=turn.view.step, **facts)
            for code in speak.languages()
        }
        name = {code: speak.voice(code).say("test.walk") for code in speak.languages()}
        mark = self.document.mark(("scenarios", self.id), of="key")
        self.found.complaints.append(
            Complaint("E197", self.document.name, mark, {"name": name, "problem": said})
        )


def answers(program: Program, turn: Transition, person: Player) -> Sequence[Event]:
    """Every kind of answer to the current step."""
    view = turn.view
    if view.awaits == "check":
        return [Checked("ok", "ok"), Checked("fail", "no"), Checked("error", "?")]
    events: list[Event] = [Press(value) for value, _ in view.options]
    if view.awaits == "text":
        events.append(Typed(sample(program, turn.state, person)))
    elif view.awaits == "photo":
        events.append(Sent("photo", "file"))
    return [*events, Skip()] if view.skippable else events


def sample(program: Program, state: RunState, person: Player) -> str:
    """A typed answer that the current question accepts."""
    step = enter(program, state, person).step
    return sample_of(question(program, step)) if isinstance(step, AskStep) else ""


def sample_of(asked: Question) -> str:
    """A typed answer that a question accepts."""
    if asked.type == "int":
        return str(next((number for number in (asked.min, asked.max) if number is not None), 1))
    if asked.pattern:
        return compile_pattern(asked.pattern).example(asked.min or 1) or ""
    return "word"[: asked.max].ljust(asked.min or 1, "x")


def sample_of_field(field: ProfileField) -> str | int:
    """A valid value of a profile field."""
    if field.values:
        return next(iter(field.values))
    asked = Question({}, field.type, field.min, field.max, field.pattern, None, {}, None)
    text = sample_of(asked)
    return int(text) if field.type == "int" else text
