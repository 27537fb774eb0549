"""What a person sees at a step: the view, its buttons, and all words that mean a button."""

import re
from dataclasses import replace
from typing import Any

from bot.scenarios.language.model import AskStep, CheckStep, ChooseStep, Option, PhotoStep, ResolvedStep, Step
from bot.scenarios.language.program import Node, Program, question
from bot.scenarios.language.template import parse
from bot.scenarios.play.answers import Wish, wants_human
from bot.scenarios.play.enter import Landing, said, stripped
from bot.scenarios.play.events import (
    Answer,
    Awaits,
    Back,
    Cancel,
    Event,
    Human,
    Restart,
    RunCheck,
    RunState,
    Sent,
    Skip,
    View,
)
from bot.texts import speak

_SIGNS = re.compile(r"[^\w\s]+")


def bare(text: str) -> str:
    """Words without punctuation and case, to compare with a button's."""
    return " ".join(_SIGNS.sub(" ", text.casefold()).split())


def view_of(program: Program, state: RunState, here: Landing, node: Node) -> View:
    step, language = node.step, state.language
    base = View(
        title=program.title(state.scenario, language),
        step=f"{here.frame.scenario}/{node.key}",
        step_no=len(state.history) + 1,
        parts=tuple(here.parts),
        media=tuple(here.media),
        can_go_back=bool(state.history),
        article=here.article,
        banner=program.scenarios[state.scenario].spec.banner if state.seq == 1 else None,
    )
    match step:
        case ChooseStep():
            options = tuple(
                (value, program.text(option.label, language)) for value, option in options_of(step).items()
            )
            return _asking(
                base, here.html(step.choose), "press", step.media, options=options, columns=step.columns
            )
        case ResolvedStep():
            yes, no = resolved_labels(program, step, language)
            return _asking(base, here.html(step.resolved), "press", None, options=(("yes", yes), ("no", no)))
        case AskStep():
            asked = question(program, step)
            options = tuple((value, program.text(words, language)) for value, words in asked.values.items())
            awaits: Awaits = "press" if options else "text"
            return _asking(
                base, here.html(asked.ask), awaits, step.media, options=options, skippable=step.optional
            )
        case PhotoStep():
            return _asking(base, here.html(step.photo), "photo", step.media, skippable=step.optional)
    return _asking(base, said(language, "checking"), "check", None)


def _asking(base: View, words: str, awaits: Awaits, media: str | None, **more: Any) -> View:
    shown = (*base.media, media) if media else base.media
    return replace(base, parts=(*base.parts, words), media=shown, awaits=awaits, **more)


def closed_view(program: Program, state: RunState) -> View:
    """The view of a run that has ended."""
    return View(program.title(state.scenario, state.language), f"{state.scenario}/-", len(state.history) + 1)


def options_of(step: ChooseStep) -> dict[str, Option]:
    """The buttons by their data: their value, or their position when they store nothing."""
    return {option.value or f"_{number}": option for number, option in enumerate(step.options, 1)}


def resolved_labels(program: Program, step: ResolvedStep, language: str) -> tuple[str, str]:
    """The two buttons of a `resolved` step."""
    yes = program.text(step.labels.yes, language) if step.labels.yes else said(language, "yes")
    no = program.text(step.labels.no, language) if step.labels.no else said(language, "no")
    return yes, no


def choices(program: Program, step: Step | None, language: str) -> dict[str, list[str]]:
    """Every button's value with all words that mean it, in all languages."""
    if isinstance(step, ChooseStep):
        return {value: list(option.label.values()) for value, option in options_of(step).items()}
    if isinstance(step, ResolvedStep):
        found: dict[str, list[str]] = {}
        for name, number in (("yes", 0), ("no", 1)):
            labels = [resolved_labels(program, step, code)[number] for code in program.languages]
            words = [said(code, f"words.{name}") for code in program.languages]
            found[name] = [*labels, *(word for line in words for word in line.split("|"))]
        return found
    if isinstance(step, AskStep):
        return {value: [value, *words.values()] for value, words in question(program, step).values.items()}
    return {}


def wish(text: str) -> Wish:
    """Whether the words, in any supported language, only ask for a human."""
    for code in speak.languages():
        kinds = (said(code, f"words.{kind}").split("|") for kind in ("call", "whom", "beside", "machine"))
        if found := wants_human(text, *kinds):
            return found
    return None


def tried_label(here: Landing, step: ResolvedStep) -> tuple[str, str]:
    """What did not help, for the desk and for the person: the author's text for it, else the question itself."""
    words = step.tried or step.resolved
    return stripped(here.plain(words, here.desk)), stripped(here.plain(words, here.language))


def file_answer(program: Program, event: Sent) -> Answer:
    """A file as an answer: stored by its id, shown as the word for its kind."""
    known = event.kind if event.kind in ("photo", "document", "video", "voice") else "other"
    label = {language: said(language, f"file.{known}") for language in program.languages}
    return Answer({"kind": event.kind, "file_id": event.file_id}, label)


def run_check(here: Landing, step: CheckStep) -> RunCheck:
    facts = here.facts(here.desk)
    args = {name: parse(source).native(facts) for name, source in step.with_.items()}
    return RunCheck(step.check, args, step.timeout)


def command(language: str, text: str) -> Event | None:
    """The automatic button that a typed text means."""
    commands: dict[str, Event] = {
        "back": Back(),
        "restart": Restart(),
        "cancel": Cancel(),
        "human": Human(),
        "skip": Skip(),
    }
    words = {name: [said(language, name)] for name in commands}
    exact = [name for name, labels in words.items() if bare(text) in map(bare, labels)]
    return commands[exact[0]] if exact else None
