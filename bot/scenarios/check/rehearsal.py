"""Plays the author's tests of scenarios against the engine, without Telegram."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.scenarios.language.cases import Case, Expect, Move, RouteCase
from bot.scenarios.language.program import Program
from bot.scenarios.play import engine, views
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Checked,
    Event,
    Human,
    Offer,
    OpenTicket,
    Player,
    Press,
    Restart,
    RunCheck,
    Sent,
    Skip,
    Transition,
    Typed,
)
from bot.texts import speak
from bot.yamlfiles import Complaint, Document
from bot.yamlfiles.bundle import placed
from bot.yamlfiles.document import Path

Step = tuple[str, str, str]  # scenario, step, way out
RouteOne = Callable[[str], str | None]
"""The scenario that words lead to, or None."""

RETIRED = "-"  # instead of a route: the scenario that is expected leaves
_DOES: dict[str, Event] = {
    "back": Back(),
    "restart": Restart(),
    "cancel": Cancel(),
    "human": Human(),
    "skip": Skip(),
}
# The name in a test -> how to read it from the ticket.
_TICKET: dict[str, Callable[[OpenTicket], str]] = {
    "scenario": lambda ticket: ticket.scenario,
    "category": lambda ticket: ticket.category,
    "team": lambda ticket: ticket.team,
    "type": lambda ticket: ticket.type,
    "impact": lambda ticket: ticket.impact,
    "urgency": lambda ticket: ticket.urgency,
    "summary": lambda ticket: ticket.summary,
    "body": lambda ticket: ticket.body,
    "words": lambda ticket: ticket.words or "",
    "tried": lambda ticket: ", ".join(ticket.tried),
    "files": lambda ticket: ", ".join(name for _, name in ticket.files),
    "mass_incident_hint": lambda ticket: str(ticket.mass_hint).lower(),
}


@dataclass(slots=True)
class Rehearsed:
    """The result of the tests."""

    played: int = 0
    skipped: int = 0  # route tests, when there is no router
    complaints: list[Complaint] = field(default_factory=list)
    walked: set[Step] = field(default_factory=set)


def run_tests(program: Program, document: Document, route: RouteOne | None = None) -> Rehearsed:
    """Play every test of the file. A failing test is a complaint at the line that was not as expected.

    It is E197; or W211 for a test that came with Firstline: the company may have changed the scenario.
    """
    tested = Rehearsed()
    for number, case in enumerate(program.tests):
        path: Path = ("tests", number)
        if isinstance(case, RouteCase):
            gone = (
                case.to is not None
                and case.to in program.scenarios
                and program.scenarios[case.to].spec.retire
            )
            _run_route(tested, document, path, case, (lambda _: RETIRED) if gone and route else route)
        else:
            play = _Play(program, case, route)
            play.run(path)
            tested.played += 1
            tested.walked |= play.walked
            tested.complaints += [_complaint(document, *fault, case) for fault in play.faults]
    tested.complaints = placed(tested.complaints, document.name, document.text)
    return tested


def _run_route(
    tested: Rehearsed, document: Document, path: Path, case: RouteCase, route: RouteOne | None
) -> None:
    if route is None:
        tested.skipped += 1
        return
    tested.played += 1
    if (found := route(case.route)) == RETIRED:
        tested.complaints.append(
            _complaint(document, (*path, "route"), _both("route_retired", expected=case.to), case)
        )
    elif found != case.to:
        key = "route" if case.to and found else "route_nowhere" if case.to else "route_somewhere"
        said = _both(key, expected=case.to, found=found)
        tested.complaints.append(_complaint(document, (*path, "route"), said, case))


def _complaint(
    document: Document, path: Path, problem: Mapping[str, str], case: Case | RouteCase
) -> Complaint:
    name = case.name if isinstance(case, Case) else case.route
    code = "W211" if case.shipped else "E197"
    return Complaint(code, document.name, document.mark(path), {"name": name, "problem": problem})


def _both(key: str, **facts: Any) -> dict[str, str]:
    """A difference, in every language we support; what is not there is called so."""

    def said(voice: speak.Voice) -> str:
        nothing = voice.say("test.nothing")
        return voice.say(
            f"test.{key}", **{name: nothing if one in (None, "") else one for name, one in facts.items()}
        )

    return {code: said(speak.voice(code)) for code in speak.languages()}


class _Play:
    """One running test."""

    def __init__(self, program: Program, case: Case, route: RouteOne | None) -> None:
        self.program, self.case = program, case
        self.language = case.language or program.defaults.language
        self.person = Player("1", "Test", language=self.language, profile=case.profile)
        self.route = (lambda text: (found,) if (found := route(text)) else ()) if route else None
        self.faults: list[tuple[Path, dict[str, str]]] = []
        self.walked: set[Step] = set()
        self.silent = 0  # seconds of wall time since the last event
        self.tickets: list[OpenTicket] = []
        self.turn: Transition | None = None

    def run(self, path: Path) -> None:
        if self.case.scenario not in self.program.scenarios:
            return  # the compiler complains about it
        self.arrive(
            engine.begin(
                self.program,
                self.case.scenario,
                self.person,
                self.language,
                self.case.says,
                {str(name): value for name, value in self.case.heard.items()},
            )
        )
        for number, move in enumerate(self.case.steps):
            if self.faults:
                return  # a follow-up fault only repeats it
            self.move((*path, "steps", number), move)
        if not self.faults and self.case.ends is not None:
            self.ends((*path, "ends"))

    def arrive(self, turn: Transition) -> None:
        """Process a turn; a check is answered at once, as the test says or with ok."""
        self.turn = turn
        self.walked |= set(turn.trail)
        self.tickets += [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
        for effect in turn.effects:
            if isinstance(effect, RunCheck):
                answer = self.case.checks.get(effect.name)
                outcome = Checked(answer.outcome, answer.text) if answer else Checked("ok")
                self.arrive(engine.advance(self.program, turn.state, outcome, self.person))

    @property
    def shown(self) -> Transition:
        assert self.turn is not None
        return self.turn

    def fault(self, path: Path, key: str, **facts: Any) -> None:
        self.faults.append((path, _both(key, **facts)))

    def move(self, path: Path, move: Move) -> None:
        if move.expect is not None:
            self.expect((*path, "expect"), move.expect)
        elif move.wait is not None:
            self.wait(move.wait)
        elif self.shown.state.done:
            self.fault(path, "over", found=self.shown.state.done)
        else:
            self.act(path, move)

    def wait(self, seconds: int) -> None:
        self.silent += seconds
        scenario = self.program.scenarios[self.case.scenario]
        if self.silent >= scenario.resume_within and not self.shown.state.done:
            self.turn = replace(self.shown, state=replace(self.shown.state, done="expired"))

    def act(self, path: Path, move: Move) -> None:
        event = self.event(path, move)
        if event is None:
            return
        self.silent = 0
        turn = engine.advance(self.program, self.shown.state, event, self.person, self.route)
        if not turn.moved and isinstance(event, Press | Back | Skip):
            self.fault(path, "not_taken", given=_given(move), found=turn.view.hint or "")
        self.arrive(turn)

    def event(self, path: Path, move: Move) -> Event | None:
        if move.do is not None:
            return _DOES[move.do]
        if move.type is not None:
            return Typed(move.type)
        if move.send is not None:
            kind, name = next(iter(move.send.items()))
            return Sent(kind, name)
        wanted = move.press or ""
        for value, label in self.shown.view.options:
            if views.bare(wanted) == views.bare(label) or wanted == value:
                return Press(value)
        for name, event in _DOES.items():
            if views.bare(wanted) == views.bare(speak.voice(self.language).say(f"scenario.{name}")):
                return event
        voice = speak.voice(self.language)
        labels = ", ".join(voice.say("quoted", words=label) for _, label in self.shown.view.options)
        key = "no_button" if labels else "no_buttons"
        self.fault((*path, "press"), key, expected=wanted, found=labels or self.shown.view.step)
        return None

    def expect(self, path: Path, expect: Expect) -> None:
        view = self.shown.view
        step = view.step.split("/")[-1]
        if expect.step is not None and expect.step not in (step, view.step):
            self.fault((*path, "step"), "step", expected=expect.step, found=view.step)
        said = "\n".join(view.parts)
        self.compare((*path, "article"), "article", expect.article, view.article or "")
        self.compare((*path, "banner"), "banner", expect.banner, view.banner or "")
        self.contains((*path, "text"), "text", expect.text, said)
        self.contains((*path, "hint"), "hint", expect.hint, view.hint or "")
        if expect.options is not None:
            found = [label for _, label in view.options]
            self.compare((*path, "options"), "options", ", ".join(expect.options), ", ".join(found))
        if expect.reminder is not None:
            due = self.silent >= self.program.scenarios[self.case.scenario].remind_after
            self.compare((*path, "reminder"), "reminder", str(expect.reminder).lower(), str(due).lower())
        if expect.offer is not None:
            offers = [effect.scenarios for effect in self.shown.effects if isinstance(effect, Offer)]
            self.compare((*path, "offer"), "offer", expect.offer, offers[0][0] if offers else "")

    def compare(self, path: Path, key: str, expected: str | None, found: str) -> None:
        if expected is not None and expected != found:
            self.fault(path, key, expected=expected, found=found)

    def contains(self, path: Path, key: str, expected: str | None, found: str) -> None:
        if expected is not None and expected.casefold() not in found.casefold():
            self.fault(path, key, expected=expected, found=found)

    def ends(self, path: Path) -> None:
        ends, done = self.case.ends, self.shown.state.done
        assert ends is not None
        wanted = ends.reason or "ticket"
        if done != wanted and not (ends.ticket and done == "human"):
            key = "ends" if done else "not_ended"
            self.fault(path, key, expected=wanted, found=done or self.shown.view.step)
            return
        for name, expected in (ends.ticket or {}).items():
            words = str(expected).lower() if isinstance(expected, bool) else expected
            self.ticket((*path, "ticket", name), name, words)

    def ticket(self, path: Path, name: str, expected: str) -> None:
        loose = name.endswith("~")
        read = _TICKET.get(name.removesuffix("~"))
        if read is None:
            self.fault(path, "no_field", field=name, known=", ".join(_TICKET))
            return
        found = read(self.tickets[-1])
        matches = expected.casefold() in found.casefold() if loose else expected == found
        if not matches:
            self.fault(path, "ticket", field=name, expected=expected, found=found)


def _given(move: Move) -> str:
    return str(move.press or move.type or move.do or "")
