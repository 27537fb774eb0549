"""Steps and ways out of them as an author finds and calls them: file and line, words of a button."""

from __future__ import annotations

from collections.abc import Mapping

from bot.scenarios.check.flow import Edge, graph_of
from bot.scenarios.check.rules_graph import path_of
from bot.scenarios.language.model import BranchStep, CheckStep, ChooseStep, ResolvedStep
from bot.scenarios.language.program import Program
from bot.texts.speak import Voice
from bot.yamlfiles import Complaint, Document
from bot.yamlfiles.bundle import placed


def places(program: Program, document: Document) -> dict[str, str]:
    """The place of every step in its file as "file:line", by "scenario/step"."""
    marks = [
        (f"{scenario.id}/{key}", document.mark(path_of(scenario, key)))
        for scenario in program.scenarios.values()
        for key in scenario.nodes
    ]
    unplaced = [Complaint("E199", document.name, mark, {"step": name}) for name, mark in marks]
    found = placed(unplaced, document.name, document.text)
    return {str(one.facts["step"]): f"{one.file}:{one.mark.line}" for one in found}


def way_of(program: Program, scenario: str, key: str, on: str, voice: Voice) -> str:
    """What happens when a step is left this way: a button is pressed, a condition holds, a check fails."""
    node = program.scenarios[scenario].nodes[key]
    edge = next((one for one in graph_of(program, program.scenarios[scenario])[key] if one.on == on), None)
    if edge is None:
        return voice.say("way.end")
    if on == "skip":
        return voice.say("way.skip")
    match node.step:
        case ChooseStep() | ResolvedStep():
            return voice.say("way.button", label=_label(edge, voice))
        case BranchStep():
            when = edge.label.get("", "")
            return voice.say("way.when", when=when) if when else voice.say("way.otherwise")
        case CheckStep():
            return voice.say(f"way.check.{on}")
        case _:
            return voice.say("way.next")


def _label(edge: Edge, voice: Voice) -> str:
    """The words of the button in this language, or in the first one that it has."""
    words: Mapping[str, str] = edge.label
    if set(words) == {""} and words[""] in ("yes", "no"):
        return voice.say(f"scenario.{words['']}")
    return words.get(voice.language) or next(iter(words.values()), edge.on)
