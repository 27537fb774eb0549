"""Follows an entry through the steps that need no answer, up to one that waits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, Literal

from bot.scenarios.language.model import (
    END,
    HUMAN,
    RETURN,
    SOLVED,
    ArticleStep,
    AskStep,
    BranchStep,
    CallStep,
    EndStep,
    SayStep,
    Step,
    TicketStep,
)
from bot.scenarios.language.program import Node, Program, Scenario, question
from bot.scenarios.language.template import parse, parse_condition
from bot.scenarios.play.answers import BadAnswer, read_answer
from bot.scenarios.play.events import Answer, Checkpoint, Frame, OpenTicket, Player, RunState
from bot.texts import speak

AUTOMATIC = 500  # steps without an answer: the compiler proves there are fewer
_TAG = re.compile(r"<[^>]*>")


def said(language: str, key: str, **facts: Any) -> str:
    """A text of the engine."""
    return speak.voice(language).say(f"scenario.{key}", **facts)


Ending = Literal["", "solved", "ticket", "human", "loop", "end"]


@dataclass(slots=True)
class Landing:
    """The state of one entry; `node` is the waiting step, None once the run has ended with `ended`."""

    program: Program
    person: Player
    words: str | None
    heard: Mapping[str, Any]
    frames: list[Frame]
    profile: dict[str, Any]
    visits: dict[str, int]
    asked: list[tuple[str, str]]
    files: list[tuple[str, str]]
    tried: list[tuple[str, str]]  # in the desk's language and in the person's
    language: str
    parts: list[str]
    media: list[str]
    article: str | None = None
    node: Node | None = None
    ended: Ending = ""
    ticket: OpenTicket | None = None  # opened on the way, or at the end
    trail: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def frame(self) -> Frame:
        """The current scenario."""
        return self.frames[-1]

    @property
    def step(self) -> Step | None:
        """The waiting step."""
        return self.node.step if self.node else None

    @property
    def desk(self) -> str:
        """The engineers' language."""
        return self.program.defaults.language

    def walked(self, key: str, on: str = "") -> None:
        """Record that a step was left, and by which edge."""
        self.trail.append((self.frame.scenario, key, on))

    def keep(self, answers: Mapping[str, Answer]) -> None:
        """Replace the answers of the current scenario."""
        self.frames[-1] = replace(self.frame, answers=answers)

    def answer(self, name: str | None, answer: Answer) -> None:
        """Store one answer, if the step saves any."""
        if name:
            self.keep({**self.frame.answers, name: answer})

    def ask(self, question: str, answer: str) -> None:
        """Add one question and its answer to the transcript, as plain text in the desk's language."""
        self.asked.append((stripped(parse(question).plain(self.facts(self.desk))), answer))

    def place_at(self, target: str | None) -> Checkpoint:
        frames = (*self.frames[:-1], replace(self.frame, step=target or END))
        kept = (len(self.asked), len(self.files), len(self.tried))
        return Checkpoint(frames, dict(self.profile), dict(self.visits), kept)

    def facts(self, language: str) -> dict[str, Any]:
        """The names of templates."""
        answers = self.frame.answers
        return {
            "answers": {name: _readable(answer, language) for name, answer in answers.items()},
            "labels": {name: answer.shown(language) for name, answer in answers.items()},
            "profile": self.profile,
            "person": {
                "name": self.person.name,
                "office": self.person.office,
                "department": self.person.department,
                "language": language,
                "staff_id": self.person.staff_id,
            },
            "facts": self.program.facts.spoken(language),
            "transcript": self.transcript,  # built when a template uses it
            "words": self.words or "",
        }

    def transcript(self) -> str:
        """The whole conversation so far, a question and its answer on each line."""
        lines = (said(self.desk, "transcript", question=asked, answer=answer) for asked, answer in self.asked)
        return "\n".join(lines)

    def html(self, wording: Mapping[str, str]) -> str:
        """A text for the person."""
        return parse(self.program.text(wording, self.language)).html(self.facts(self.language)).strip()

    def plain(self, wording: Mapping[str, str], language: str) -> str:
        """A text without markup, for the person's or the team's card."""
        return parse(self.program.text(wording, language)).plain(self.facts(language)).strip()


def stripped(html: str) -> str:
    """Telegram HTML as plain text."""
    return unescape(_TAG.sub("", html)).strip()


def _readable(answer: Answer, language: str) -> Any:
    """An answer in templates: a file is the word for its kind."""
    is_file = isinstance(answer.value, dict) and "file_id" in answer.value
    return answer.shown(language) if is_file else answer.value


# ── entering ────────────────────────────────────────────────────────────────────────────────────────────


def enter(program: Program, state: RunState, person: Player) -> Landing:
    """Follow the state's place to the waiting step, or to the end. Changes nothing."""
    place = state.place
    here = Landing(
        program=program,
        person=person,
        words=state.words,
        heard=state.heard,
        frames=list(place.frames),
        profile=dict(place.profile),
        visits=dict(place.visits),
        asked=list(state.asked),
        files=list(state.files),
        tried=list(state.tried),
        language=state.language,
        parts=[],
        media=[],
    )
    target: str | None = place.frames[-1].step
    for _ in range(AUTOMATIC):
        node = _follow(here, target)
        if node is None:
            return here
        target = _pass(here, node)
        if target == _WAITS:
            here.node = node
            return here
    here.ended = "loop"
    return here


_WAITS = "?"
_DONE = "!"
_ENDINGS: dict[str, Ending] = {SOLVED: "solved", HUMAN: "human"}


def _follow(here: Landing, target: str | None) -> Node | None:
    """The step at a target, following returns; None when the run ends there (`ended` says how)."""
    while target == RETURN and len(here.frames) > 1:
        done = here.frames.pop()
        spec = here.program.scenarios[done.scenario].spec
        returned = (*spec.returns, *spec.may_return)
        here.keep(
            {**here.frame.answers, **{name: done.answers[name] for name in returned if name in done.answers}}
        )
        target = _scenario(here).nodes[here.frame.step].after
    if target == _DONE:
        return None
    node = _scenario(here).nodes.get(target or "")
    if node is None:
        here.ended = _ENDINGS.get(target or "", "end")
        return None
    here.frames[-1] = replace(here.frame, step=node.key)
    return node if _may_visit(here, node) else None


def _may_visit(here: Landing, node: Node) -> bool:
    """Count the visit; a step visited too often ends the run with a human."""
    key = f"{here.frame.scenario}/{node.key}"
    here.visits[key] = here.visits.get(key, 0) + 1
    if here.visits[key] <= (node.step.max_visits or _scenario(here).max_visits):
        return True
    here.ended = "loop"
    return False


def _scenario(here: Landing) -> Scenario:
    return here.program.scenarios[here.frame.scenario]


def _pass(here: Landing, node: Node) -> str | None:
    """Do a step's automatic part and return its target: a key, _WAITS or _DONE."""
    step = node.step
    match step:
        case SayStep():
            here.walked(node.key)
            here.parts.append(here.html(step.say))
            here.media += [step.media] if step.media else []
            return node.after
        case ArticleStep():
            here.walked(node.key)
            here.article = step.article
            return node.after
        case BranchStep():
            return _branched(here, node, step)
        case CallStep():
            here.walked(node.key)
            here.frames.append(Frame(step.call, here.program.scenarios[step.call].first))
            return here.frame.step
        case AskStep() if step.heard in here.heard:
            return _heard(here, node, step)
        case AskStep() if step.once:
            return _known(here, node, step)
        case TicketStep():
            here.walked(node.key)
            here.ticket = _opened(here, step)
            if step.next:
                return step.next
            here.ended = "ticket"
            return _DONE
        case EndStep():
            here.walked(node.key)
            here.parts.append(here.html(step.end))
            here.ended = "end"
            return _DONE
    return _WAITS


def _opened(here: Landing, step: TicketStep) -> OpenTicket:
    """The ticket with what is known at this step; later answers do not change it."""
    spec, facts = step.ticket, here.facts(here.desk)

    def word(source: str) -> str:
        return parse(source).plain(facts).strip()

    return OpenTicket(
        scenario=here.frames[0].scenario,
        category=word(spec.category),
        team=word(spec.team),
        type=word(spec.type),
        impact=word(spec.impact),
        urgency=word(spec.urgency),
        summary=" ".join(here.plain(spec.summary, here.desk).split()),
        summary_own=" ".join(here.plain(spec.summary, here.language).split()),
        body=here.plain(spec.body, here.desk),
        transcript=tuple(here.asked),
        files=tuple(here.files),
        words=here.words,
        answers={name: answer.value for name, answer in here.frame.answers.items()},
        tried=tuple(desk for desk, _ in here.tried),
        tried_own=tuple(own for _, own in here.tried),
        mass_hint=spec.mass_incident_hint,
    )


def _branched(here: Landing, node: Node, step: BranchStep) -> str | None:
    facts = here.facts(here.language)
    for number, arm in enumerate(step.branch, 1):
        if parse_condition(arm.when).holds(facts):
            here.walked(node.key, str(number))
            return arm.goto
    here.walked(node.key, "else")
    return node.after


def _known(here: Landing, node: Node, step: AskStep) -> str | None:
    """`once`: a known profile field is used as the answer."""
    asked = question(here.program, step)
    value = here.profile.get(asked.field or "")
    if value is None or (asked.values and value not in asked.values):
        return _WAITS
    label = asked.values.get(str(value), {"": str(value)})
    here.answer(step.save, Answer(value, dict(label)))
    here.walked(node.key)
    return node.after


def _heard(here: Landing, node: Node, step: AskStep) -> str | None:
    """The first words contain the answer: used as if it was typed here, if it is valid."""
    asked = question(here.program, step)
    value = read_answer(asked, str(here.heard[step.heard or ""]))
    if isinstance(value, BadAnswer) or (asked.values and value not in asked.values):
        return _WAITS
    here.ask(here.program.text(asked.ask, here.desk), str(value))
    here.answer(step.save, Answer(value, {"": str(value)}))
    if asked.field:
        here.profile[asked.field] = value
    here.walked(node.key)
    return node.after
