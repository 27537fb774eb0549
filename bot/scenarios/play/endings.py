"""How a run ends: solved, a ticket, a called human, a loop; and the turn of any arrival."""

from dataclasses import replace
from typing import Literal

from markupsafe import escape

from bot.scenarios.language.model import CheckStep
from bot.scenarios.language.program import Program
from bot.scenarios.play.enter import Landing, said
from bot.scenarios.play.events import Effect, OpenTicket, RunState, Transition, View
from bot.scenarios.play.views import closed_view, run_check, view_of

DETAIL = 80  # characters of the first answer in the summary when a human is called


def turn(program: Program, state: RunState, here: Landing, effects: tuple[Effect, ...]) -> Transition:
    """The turn of an arrival: a view of the waiting step, or the end with its effects."""
    if here.node is None:
        return _finish(program, state, here, effects)
    if here.ticket is not None:
        state, effects = _with_ticket(state, here.ticket, effects)
    view = view_of(program, state, here, here.node)
    if isinstance(here.node.step, CheckStep):
        effects = (*effects, run_check(here, here.node.step))
    return Transition(state, view, effects, trail=tuple(here.trail))


def call_human(program: Program, state: RunState, here: Landing, why: Literal["human", "loop"]) -> Transition:
    """Open a ticket with everything known so far, from any step; a ticket that is already open has it all."""
    if state.ticketed:
        return stopped(program, state, here)
    scenario = program.scenarios[state.scenario]
    human = scenario.human
    detail = (state.words or (here.asked[0][1] if here.asked else "")).strip().split("\n")[0][:DETAIL]
    ticket = OpenTicket(
        scenario=state.scenario,
        category=scenario.spec.category or "",
        team=human.team if human else "",
        type=human.type if human else "incident",
        impact=human.impact if human else "one",
        urgency=human.urgency if human else "degraded",
        summary=_summary(program, state, here.desk, detail),
        summary_own=_summary(program, state, state.language, detail),
        body=here.transcript(),
        transcript=tuple(here.asked),
        files=tuple(here.files),
        words=state.words,
        answers={name: answer.value for name, answer in here.frame.answers.items()},
        tried=tuple(desk for desk, _ in here.tried),
        tried_own=tuple(own for _, own in here.tried),
        why=why,
    )
    words = said(state.language, "loop" if why == "loop" else "human_called")
    return _ended(program, state, here, "human", words, (ticket,))


def _summary(program: Program, state: RunState, language: str, detail: str) -> str:
    title = program.title(state.scenario, language)
    return said(language, "summary", title=title, detail=detail) if detail else title


def orphaned(program: Program, state: RunState) -> Transition:
    """The end of a run whose scenario was removed: a human gets what was said so far."""
    desk, human = program.defaults.language, program.defaults.human
    lines = [said(desk, "transcript", question=asked, answer=answer) for asked, answer in state.asked]
    ticket = OpenTicket(
        scenario=state.scenario,
        category="",
        team=human.team if human else "",
        type="incident",
        impact="one",
        urgency="degraded",
        summary=(state.words or state.scenario)[:DETAIL],
        summary_own=(state.words or state.scenario)[:DETAIL],
        body="\n".join(lines),
        transcript=state.asked,
        files=state.files,
        words=state.words,
        answers=state.answers,
        tried=tuple(desk for desk, _ in state.tried),
        tried_own=tuple(own for _, own in state.tried),
        why="human",
    )
    done = replace(state, seq=state.seq + 1, done="human")
    view = View("", f"{state.scenario}/-", 1, parts=(said(state.language, "human_called"),))
    return Transition(done, view, (ticket,))


def stopped(program: Program, state: RunState, here: Landing) -> Transition:
    """The end of a run that has already opened its ticket: the ticket stays."""
    return _ended(program, state, here, "ticket", said(state.language, "ticket_stays"), ())


def _with_ticket(
    state: RunState, ticket: OpenTicket, effects: tuple[Effect, ...]
) -> tuple[RunState, tuple[Effect, ...]]:
    """Open the ticket, at most once in a run."""
    return (state, effects) if state.ticketed else (replace(state, ticketed=True), (*effects, ticket))


def _finish(program: Program, state: RunState, here: Landing, effects: tuple[Effect, ...]) -> Transition:
    if here.ticket is not None:
        state, effects = _with_ticket(state, here.ticket, effects)
    if state.ticketed:
        words = None if here.ended in ("ticket", "end") else said(state.language, "ticket_stays")
        return _ended(program, state, here, "ticket", words, effects)
    if here.ended in ("human", "loop"):
        turn = call_human(program, state, here, "loop" if here.ended == "loop" else "human")
        return replace(turn, effects=(*effects, *turn.effects))
    if here.ended == "solved":
        words = said(state.language, "solved")
        return _ended(program, state, here, "solved", words, effects)
    return _ended(program, state, here, "end", None, effects)


def _ended(
    program: Program,
    state: RunState,
    here: Landing,
    reason: str,
    words: str | None,
    effects: tuple[Effect, ...],
) -> Transition:
    done = replace(
        state, done=reason, asked=tuple(here.asked), files=tuple(here.files), tried=tuple(here.tried)
    )
    if not state.done and here.node is not None:  # called from the waiting step, not reached by walking
        done = replace(done, seq=state.seq + 1)
    parts = tuple(here.parts) if here.node is None else ()
    view = replace(
        closed_view(program, done),
        parts=(*parts, str(escape(words))) if words else parts,
        media=tuple(here.media) if here.node is None else (),
        article=here.article if here.node is None else None,
    )
    return Transition(done, view, effects, trail=tuple(here.trail))
