"""Plays a scenario: pure functions from (program, state, event) to the next state, the view and the effects.

The state stores where the present view was entered, never the view. Entering is repeatable, so drawing a step again,
going back and resuming after a restart are the same; effects happen only on an event.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, assert_never

from bot.scenarios.language.model import AskStep, CheckStep, ChooseStep, Option, PhotoStep, ResolvedStep
from bot.scenarios.language.program import Node, Program, question
from bot.scenarios.language.template import parse
from bot.scenarios.play import endings, refusals, views
from bot.scenarios.play.answers import BadAnswer, Wish, match_option, read_answer
from bot.scenarios.play.enter import Landing, enter, said
from bot.scenarios.play.events import (
    Answer,
    Back,
    Cancel,
    Checked,
    Checkpoint,
    Effect,
    Event,
    Frame,
    Human,
    Json,
    Offer,
    Player,
    Press,
    Remember,
    Restart,
    Rewind,
    RunCheck,
    RunState,
    Sent,
    Skip,
    Transition,
    Typed,
)
from bot.scenarios.play.prefill import profile_at_first

REMEMBERED = 40  # steps one can go back
FILES = 20  # files a run adds to its ticket
PICTURES = ("photo", "document", "video")  # accepted by a photo step

Route = Callable[[str], tuple[str, ...]]
"""Scenarios that the words certainly belong to, best first; empty when unsure."""


def begin(
    program: Program,
    scenario_id: str,
    person: Player,
    language: str,
    text: str | None = None,
    heard: Mapping[str, Json] | None = None,
) -> Transition:
    """Start a scenario. `text` is the person's first message; `heard`: floor, room, device named in it."""
    scenario, heard = program.scenarios[scenario_id], heard or {}
    place = Checkpoint((Frame(scenario_id, scenario.first),), profile_at_first(program, person, heard))
    state = RunState(scenario_id, scenario.hash, language, place, words=text, heard=heard)
    return _arrive(program, state, person)


def show(program: Program, state: RunState, person: Player) -> Transition:
    """The present view again, without effects; a check in progress is requested again."""
    turn = _arrive(program, state, person)
    kept = tuple(effect for effect in turn.effects if isinstance(effect, RunCheck))
    return Transition(state, turn.view, kept, moved=False)


def advance(
    program: Program, state: RunState, event: Event, person: Player, route: Route | None = None
) -> Transition:
    """Process one event. A run that has ended is unchanged."""
    if state.done:
        return Transition(state, views.closed_view(program, state), moved=False)
    here = enter(program, state, person)
    match event:
        case Back():
            return _back(program, state, person)
        case Rewind(seq):
            return _rewind(program, state, person, seq)
        case Restart():
            return _restart(program, state, person)
        case Cancel() if state.ticketed:
            return endings.stopped(program, state, here)
        case Cancel():
            return _close(program, state, here, "cancelled", said(state.language, "cancelled"))
        case Human():
            return endings.call_human(program, state, here, "human")
        case Press(value):
            return _press(program, state, here, person, value)
        case Typed():
            return _typed(program, state, here, person, event, route)
        case Sent():
            return _sent(program, state, here, person, event, route)
        case Skip():
            return _skip(program, state, here, person)
        case Checked():
            return _checked(program, state, here, person, event)
        case _:
            assert_never(event)


def carry(program: Program, state: RunState, person: Player) -> Transition:
    """Move a run whose version is lost to the present one, with the given answers that are still valid."""
    if state.scenario not in program.scenarios:
        return endings.orphaned(program, state)
    given = {name: answer for frame in state.place.frames for name, answer in frame.answers.items()}
    turn = begin(program, state.scenario, person, state.language, state.words, state.heard)
    turn = replace(turn, state=replace(turn.state, ticketed=state.ticketed or turn.state.ticketed))
    for _ in range(len(given)):
        step = enter(program, turn.state, person).step
        known = given.pop(step.save or "", None) if isinstance(step, ChooseStep | AskStep) else None
        if known is None:
            break
        pressed = bool(turn.view.options)
        turn = advance(
            program, turn.state, Press(known.value) if pressed else Typed(str(known.value)), person
        )
    kept = replace(turn.state, seq=state.seq + 1, files=state.files)
    return replace(turn, state=kept, moved=True)


# ── moves ───────────────────────────────────────────────────────────────────────────────────────────────


def _arrive(
    program: Program, state: RunState, person: Player, effects: tuple[Effect, ...] = ()
) -> Transition:
    """Enter the state's place and follow it to the next waiting step."""
    here = enter(program, state, person)
    return endings.turn(program, state, here, effects)


def _onward(
    program: Program,
    state: RunState,
    here: Landing,
    person: Player,
    target: str | None,
    on: str = "",
    effects: tuple[Effect, ...] = (),
) -> Transition:
    """Leave the present step for `target`; the step can be gone back to, unless it was a check."""
    assert here.node is not None
    past = state.history if here.node.verb == "check" else (*state.history, (state.seq, state.place))
    moved = replace(
        state,
        place=here.place_at(target),
        seq=state.seq + 1,
        history=past[-REMEMBERED:],
        asked=tuple(here.asked),
        files=tuple(here.files),
        tried=tuple(here.tried),
    )
    turn = _arrive(program, moved, person, effects)
    way = (here.frame.scenario, here.node.key, on)
    return replace(turn, trail=(way, *turn.trail))


def _return_to(program: Program, state: RunState, person: Player, index: int) -> Transition:
    """Show an earlier step again, with everything as it was then."""
    _, place = state.history[index]
    asked, files, tried = place.kept
    back = replace(
        state,
        place=place,
        seq=state.seq + 1,
        history=state.history[:index],
        asked=state.asked[:asked],
        files=state.files[:files],
        tried=state.tried[:tried],
    )
    return _arrive(program, back, person)


def _back(program: Program, state: RunState, person: Player) -> Transition:
    if not state.history:
        return _again(program, state, person, "no_back")
    return _return_to(program, state, person, -1)


def _rewind(program: Program, state: RunState, person: Player, seq: int) -> Transition:
    if seq not in state.seqs:
        return _again(program, state, person, None)
    return _return_to(program, state, person, state.seqs.index(seq))


def _restart(program: Program, state: RunState, person: Player) -> Transition:
    profile = {**state.place.profile, **profile_at_first(program, person, state.heard)}
    place = Checkpoint((Frame(state.scenario, program.scenarios[state.scenario].first),), profile)
    fresh = RunState(
        state.scenario,
        state.version,
        state.language,
        place,
        seq=state.seq + 1,
        words=state.words,
        heard=state.heard,
        ticketed=state.ticketed,
    )
    return _arrive(program, fresh, person)


def _again(program: Program, state: RunState, person: Player, hint: str | None, **facts: Any) -> Transition:
    """The same step with a hint."""
    turn = show(program, state, person)
    words = said(state.language, f"hint.{hint}", **facts) if hint else None
    return Transition(state, replace(turn.view, hint=words), (), moved=False)


def _close(program: Program, state: RunState, here: Landing, reason: str, words: str) -> Transition:
    done = replace(state, seq=state.seq + 1, done=reason)
    view = replace(views.closed_view(program, done), parts=(words,))
    return Transition(done, view)


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────


def _press(program: Program, state: RunState, here: Landing, person: Player, value: str) -> Transition:
    step = here.step
    if isinstance(step, ChooseStep):
        option = views.options_of(step).get(value)
        return (
            _chosen(program, state, here, person, value, option)
            if option
            else _again(program, state, person, "choose")
        )
    if isinstance(step, ResolvedStep) and value in ("yes", "no"):
        return _resolved(program, state, here, person, value == "yes")
    if isinstance(step, AskStep) and value in (asked := question(program, step)).values:
        return _answered(program, state, here, person, Answer(value, dict(asked.values[value])))
    return _again(program, state, person, "choose")


def _chosen(
    program: Program, state: RunState, here: Landing, person: Player, value: str, option: Option
) -> Transition:
    step, node = here.step, here.node
    assert isinstance(step, ChooseStep)
    assert node is not None
    here.ask(program.text(step.choose, here.desk), program.text(option.label, here.desk))
    answers = dict(here.frame.answers)
    if step.save and option.value is not None:
        answers[step.save] = Answer(option.value, dict(option.label))
    facts = here.facts(state.language)
    for name, source in option.set.items():
        given = parse(source).native(facts)
        answers[name] = Answer(given, {"": str(given)})
    here.keep(answers)
    return _onward(program, state, here, person, option.goto or node.after, value)


def _resolved(program: Program, state: RunState, here: Landing, person: Player, helped: bool) -> Transition:
    step, node = here.step, here.node
    assert isinstance(step, ResolvedStep)
    assert node is not None
    words = views.resolved_labels(program, step, here.desk)
    here.ask(program.text(step.resolved, here.desk), words[0 if helped else 1])
    if helped:
        return _onward(program, state, here, person, step.yes or "solved", "yes")
    here.tried.append(views.tried_label(here, step))
    return _onward(program, state, here, person, step.no or node.after, "no")


def _answered(program: Program, state: RunState, here: Landing, person: Player, answer: Answer) -> Transition:
    """Process the answer of an `ask` step."""
    step, node = here.step, here.node
    assert isinstance(step, AskStep)
    assert node is not None
    asked = question(program, step)
    here.ask(program.text(asked.ask, here.desk), answer.shown(here.desk))
    here.answer(step.save, answer)
    effects: tuple[Effect, ...] = ()
    if asked.field:
        here.profile[asked.field] = answer.value
        effects = (Remember(asked.field, answer.value),)
    return _onward(program, state, here, person, node.after, "", effects)


def _typed(
    program: Program, state: RunState, here: Landing, person: Player, typed: Typed, route: Route | None
) -> Transition:
    step, text, wish = here.step, typed.text, views.wish(typed.text)
    if isinstance(step, AskStep):
        return _typed_answer(program, state, here, person, step, typed, wish)
    if (command := views.command(state.language, text)) is not None:
        return advance(program, state, command, person, route)
    value = match_option(text, views.choices(program, step, state.language), typed.means)
    if value is not None:
        return _press(program, state, here, person, value)
    if wish is not None:
        return endings.call_human(program, state, here, "human")
    if isinstance(step, CheckStep):
        return _again(program, state, person, "checking")
    if isinstance(step, PhotoStep):
        return _again(program, state, person, "photo")
    return _unmatched(program, state, person, text, route)


def _typed_answer(
    program: Program, state: RunState, here: Landing, person: Player, step: AskStep, typed: Typed, wish: Wish
) -> Transition:
    asked, text = question(program, step), typed.text
    choices = views.choices(program, step, state.language)
    if asked.values and (value := match_option(text, choices, typed.means)):
        return _press(program, state, here, person, value)
    if wish == "asked" or (wish is not None and asked.values):  # "operator" alone may be the answer
        return endings.call_human(program, state, here, "human")
    if asked.values:
        return _again(program, state, person, "choose")
    answer = read_answer(asked, text)
    if not isinstance(answer, BadAnswer):
        return _answered(program, state, here, person, Answer(answer, {"": str(answer)}))
    if (command := views.command(state.language, text)) is not None:
        return advance(program, state, command, person)
    if wish is not None:
        return endings.call_human(program, state, here, "human")
    state, tired = refusals.count(state, here)
    if tired:
        return _give_way(program, state, here, person, step, text)
    turn = _again(program, state, person, answer.hint, **answer.facts)
    return turn.with_view(hint=program.text(asked.invalid, state.language)) if asked.invalid else turn


def _give_way(
    program: Program, state: RunState, here: Landing, person: Player, step: AskStep, text: str
) -> Transition:
    """A question whose answers were refused too often: skipped if it may be, else a human takes over; the words are kept."""
    here.ask(program.text(question(program, step).ask, here.desk), text)
    if not step.optional or here.node is None:
        return endings.call_human(program, state, here, "loop")
    return _onward(program, state, here, person, here.node.after, "skip")


def _unmatched(
    program: Program, state: RunState, person: Player, text: str, route: Route | None
) -> Transition:
    """Text that matches no button: offers another scenario, or asks the question again."""
    known = [
        id_ for id_ in (route(text) if route else ()) if id_ in program.scenarios and id_ != state.scenario
    ]
    if not known:
        return _again(program, state, person, "choose")
    title = program.title(known[0], state.language)
    turn = _again(program, state, person, "offer", title=title)
    return replace(turn, effects=(Offer(tuple(known)),))


def _sent(
    program: Program, state: RunState, here: Landing, person: Player, event: Sent, route: Route | None
) -> Transition:
    step, node = here.step, here.node
    assert node is not None
    wanted = isinstance(step, PhotoStep) and event.kind in PICTURES
    either = (
        isinstance(step, AskStep) and step.type == "text_or_photo" and question(program, step).field is None
    )
    if len(here.files) < FILES:
        here.files.append((event.kind, event.file_id))
    if event.caption and views.wish(event.caption) == "asked":
        return endings.call_human(program, state, here, "human")
    if (wanted or either) and isinstance(step, PhotoStep | AskStep):
        answer = views.file_answer(program, event)
        words = step.photo if isinstance(step, PhotoStep) else step.ask
        here.ask(program.text(words, here.desk), event.caption or answer.shown(here.desk))
        here.answer(step.save, answer)
        return _onward(program, state, here, person, node.after)
    kept = replace(state, files=tuple(here.files))
    if event.caption:  # a picture where text was asked: its caption is the answer
        return advance(program, kept, Typed(event.caption), person, route)
    hint = "photo" if isinstance(step, PhotoStep) else "kept"
    return _again(program, kept, person, hint)


def _skip(program: Program, state: RunState, here: Landing, person: Player) -> Transition:
    step, node = here.step, here.node
    if node is None or not isinstance(step, AskStep | PhotoStep) or not step.optional:
        return _again(program, state, person, "no_skip")
    words = step.photo if isinstance(step, PhotoStep) else question(program, step).ask
    here.ask(program.text(words, here.desk), said(here.desk, "skipped"))
    return _onward(program, state, here, person, node.after, "skip")


def _checked(program: Program, state: RunState, here: Landing, person: Player, event: Checked) -> Transition:
    step, node = here.step, here.node
    if not isinstance(step, CheckStep) or node is None:
        return _again(program, state, person, None)  # too late: the person has continued
    value = {"outcome": event.outcome, "ok": event.outcome == "ok", "text": event.text}
    here.answer(step.save, Answer(value, {"": event.text}))
    return _onward(program, state, here, person, _outcome(step, node, event), event.outcome)


def _outcome(step: CheckStep, node: Node, event: Checked) -> str | None:
    targets: Mapping[str, str | None] = {"ok": step.on_ok, "fail": step.on_fail, "error": step.on_error}
    return targets[event.outcome] or node.after
