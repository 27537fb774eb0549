"""Carries out a turn's effects: shows the step, opens a ticket, stores profile fields, requests checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.config.config import Work
from bot.conversation import exchange
from bot.keys import RunRef
from bot.people import directory
from bot.people.directory import Person
from bot.problems import reporting
from bot.scenarios.language.model import ResolvedStep
from bot.scenarios.library.run import CurrentRun, Stood
from bot.scenarios.play import events
from bot.scenarios.play.enter import said
from bot.scenarios.play.events import Offer, OpenTicket, Remember, RunCheck
from bot.selfservice import profile, utterances
from bot.sla.policy import OTHER
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions, quotas, store
from bot.tickets.actions import Draft


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """A check that a run waits for: done outside any transaction, its result processed by `checked`."""

    run_id: int
    person_id: int
    seq: int
    check: RunCheck


@dataclass(frozen=True, slots=True)
class Reply:
    """What the presser of a button reads, and the checks to be done now."""

    line: Line | None = None
    checks: tuple[PendingCheck, ...] = ()


def who(person: Person) -> events.Player:
    """The person as far as a scenario may know."""
    known = {**profile.of_directory(person), **person.profile}
    return events.Player(
        person.staff_id, person.name, person.office, person.department, person.language, known
    )


def set_aside(work: Work, person: Person, before: CurrentRun | None, run_id: int) -> None:
    """The card of a run that was left for another one says so, with a way back, instead of keeping dead buttons."""
    if before is not None and before.run_id != run_id:
        outbox.hide(work, person.key, "resume", RunRef(before.run_id))
        outbox.show(work, person.key, "run", RunRef(before.run_id))


def carry_out(work: Work, person: Person, stood: Stood, *, anew: str | None = None) -> Reply:
    """Show the run's current step and carry out its turn's effects, in this transaction."""
    turn = stood.turn
    if turn is None:
        return Reply()
    about = RunRef(stood.run_id)
    scenario = work.config.program.scenarios.get(turn.state.scenario)
    if scenario is None or stood.silent_s >= scenario.remind_after:  # there may be a reminder below it
        outbox.hide(work, person.key, "resume", about)
    opened = next((effect for effect in turn.effects if isinstance(effect, OpenTicket)), None)
    goes_on = opened is not None and turn.state.done is None
    if opened is not None and not goes_on and not _says_more(turn):
        # the ticket's card replaces it; a finished step would only be in the way
        outbox.hide(work, person.key, "run", about)
    elif not goes_on:
        outbox.show(work, person.key, "run", about, anew=anew)
    _count_failures(work, person, turn)
    checks = []
    for effect in turn.effects:
        match effect:
            case OpenTicket():
                if store.by_run(work.tx, stood.run_id) is None:
                    quotas.check(work, person)
                files = utterances.more_files(work.tx, person, about)
                heard = profile.confirmed_by(work.config.program, person, effect.answers)
                directory.confirm(work, person.id, heard)
                for name, value in profile.agreed(person, effect.answers):
                    directory.remember(work, person.id, name, value)
                for name, value in profile.named(work.config.program, turn.state.heard, effect.answers):
                    directory.remember(work, person.id, name, value)
                draft = _draft(effect, stood.run_id, files)
                ticket = actions.open_ticket(work, person, draft)
                reporting.opened(work, ticket, f"{draft.words}\n{draft.body}", turn.state.scenario)
                for message in utterances.brought(work.tx, person, about):
                    exchange.carry(work, ticket, person.key, person, message)
            case Remember():
                directory.remember(work, person.id, effect.field, effect.value)
            case RunCheck():
                checks.append(PendingCheck(stood.run_id, person.id, stood.seq, effect))
            case Offer():
                pass  # asked below the typed message: see intake
            case _:
                assert_never(effect)
    if goes_on:  # the advice is shown below the ticket's card
        outbox.show(work, person.key, "run", about, anew=anew or f"step {stood.seq}")
    return Reply(checks=tuple(checks))


def _count_failures(work: Work, person: Person, turn: events.Transition) -> None:
    """An advice did not help: the step that gave it is counted."""
    for scenario, step, edge in turn.trail if turn.moved else ():
        known = work.config.program.scenarios.get(scenario)
        node = known.nodes.get(step) if known is not None else None
        if known is not None and node is not None and isinstance(node.step, ResolvedStep) and edge == "no":
            reporting.failed(work, person, known.spec.category or OTHER, scenario, step)


def _says_more(turn: events.Transition) -> bool:
    """Whether the end of a run says what the ticket's card does not: earlier advice, a loop, a retired scenario."""
    view, usual = turn.view, said(turn.state.language, "human_called")
    return bool(view.article or view.media or set(view.parts) - {usual})


def _draft(effect: OpenTicket, run_id: int, more: Sequence[tuple[str, str]]) -> Draft:
    return Draft(
        category=effect.category,
        team=effect.team,
        summary=effect.summary,
        summary_own=effect.summary_own,
        type=effect.type,
        impact=effect.impact,
        urgency=effect.urgency,
        body=effect.body,
        transcript=effect.transcript,
        tried=effect.tried,
        tried_own=effect.tried_own,
        words=effect.words or "",
        files=(*effect.files, *more),
        run=run_id,
        mass_hint=effect.mass_hint,
        ended=effect.why,
    )
