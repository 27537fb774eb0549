"""The shipped scenarios in either language: the same steps, the same end, the same teams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.language.cases import Case
from bot.scenarios.language.model import TicketStep
from bot.texts import speak
from bot.yamlfiles import show
from tests import shipped

OTHER = {"ru": "en", "en": "ru"}
HUMAN = {speak.voice(language).say("button.human") for language in speak.languages()}
WORDED = ("text", "hint", "options", "offer")  # what a test expects to read, said in its own language


def in_the_other_language(case: Any) -> Any:
    if not isinstance(case, Case):
        return case
    moves = []
    for move in case.steps:
        expect = move.expect
        if expect is not None:
            expect = expect.model_copy(update={name: None for name in WORDED if hasattr(expect, name)})
        moves.append(move.model_copy(update={"expect": expect, **_typed(move.press)}))
    return case.model_copy(update={"language": OTHER[case.language or "ru"], "steps": tuple(moves)})


def _typed(press: str | None) -> dict[str, Any]:
    """The button reads otherwise, but its words still count when they are typed; a value is a value in any language."""
    if press is None or (press.isascii() and press.islower()):
        return {}
    return {"press": None} | ({"do": "human"} if press in HUMAN else {"type": press})


def test_every_shipped_test_holds_for_a_reader_of_the_other_language() -> None:
    opened = shipped.opened()
    program, document = opened.program, opened.document
    assert program is not None
    assert document is not None
    turned = replace(program, tests=tuple(map(in_the_other_language, program.tests)))
    played = run_tests(turned, document)
    assert not played.complaints, show(played.complaints, opened.texts, "en")
    assert {case.scenario for case in program.tests if isinstance(case, Case)} == {
        item.id for item in program.menu
    }


def test_each_scenario_has_fifteen_phrases_at_least() -> None:
    opened = shipped.opened()
    assert opened.program is not None
    few = {item.id: len(item.spec.phrases) for item in opened.program.menu if len(item.spec.phrases) < 15}
    assert set(few) <= {"other"}
    assert len(opened.program.menu) >= 22


def test_whoever_calls_a_human_about_something_broken_reaches_those_who_mend_it() -> None:
    opened = shipped.opened()
    assert opened.program is not None
    for scenario in opened.program.menu:
        tickets = [step.ticket for step in scenario.spec.steps if isinstance(step, TicketStep)]
        mending = {ticket.team for ticket in tickets if ticket.type == "incident"}
        assert scenario.human is not None
        if mending:
            assert (scenario.human.type, scenario.human.team in mending) == ("incident", True), scenario.id
