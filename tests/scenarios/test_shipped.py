"""The shipped scenarios: fully tested, every path taken, and the same four automatic buttons at every step."""

from collections.abc import Iterator

import pytest

from bot.app.files import Opened, known_names
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.check.walk import answers, uncovered, walk_all
from bot.scenarios.play import engine
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Checked,
    Human,
    OpenTicket,
    Player,
    Restart,
    RunCheck,
    Transition,
)
from bot.selfservice import screens
from bot.texts import speak
from bot.yamlfiles.facts import read_facts
from tests.scenarios.known import ROOT, SHIPPED_TEXT

COMPILED = compile_scenarios(
    "scenarios.yaml",
    SHIPPED_TEXT,
    known_names(Opened(facts=read_facts(ROOT / "facts.yaml").facts), ROOT / "knowledge_base"),
)
PROGRAM = COMPILED.program
ANNA = Player("1", "Анна", language="ru", profile={})
MENU = [scenario.id for scenario in PROGRAM.menu]


def test_the_shipped_file_passes_its_tests_and_every_way_is_walked():
    tested = run_tests(PROGRAM, COMPILED.document)
    assert tested.complaints == []
    walked = walk_all(PROGRAM, COMPILED.document)
    assert walked.complaints == []
    # A walk begins without first words: what depends on them is walked by a test.
    assert uncovered(PROGRAM, walked.walked | tested.walked)[0] == []


def steps(id_: str) -> Iterator[Transition]:
    """One turn at each step of a scenario that waits for a person."""
    seen, waiting = set(), [engine.begin(PROGRAM, id_, ANNA, "ru", "помогите")]
    while waiting:
        turn = waiting.pop()
        if turn.state.done or turn.view.step in seen:
            continue
        seen.add(turn.view.step)
        yield turn
        checks = any(isinstance(effect, RunCheck) for effect in turn.effects)
        events = [Checked("ok"), Checked("fail")] if checks else answers(PROGRAM, turn, ANNA)
        waiting += [engine.advance(PROGRAM, turn.state, event, ANNA) for event in events]


@pytest.mark.parametrize("id_", MENU)
def test_every_step_has_its_four_ways_out(id_: str):
    for turn in steps(id_):
        called = engine.advance(PROGRAM, turn.state, Human(), ANNA)
        tickets = [effect for effect in called.effects if isinstance(effect, OpenTicket)]
        assert len(tickets) == (0 if turn.state.ticketed else 1)  # it may have been opened on the way
        for ticket in tickets:
            assert ticket.words == "помогите"
            assert ticket.transcript[: len(turn.state.asked)] == turn.state.asked
            assert ticket.team
        ended = "ticket" if turn.state.ticketed else "cancelled"
        assert engine.advance(PROGRAM, turn.state, Cancel(), ANNA).state.done == ended
        assert engine.advance(PROGRAM, turn.state, Restart(), ANNA).view.step_no == 1
        if turn.state.history:
            back = engine.advance(PROGRAM, turn.state, Back(), ANNA)
            assert back.view.step_no == turn.view.step_no - 1
        shown = {key.label for row in screens.ways(turn.view, 1, 1, speak.voice("ru")) for key in row}
        assert {"Отмена", "Позвать человека"} <= shown
        assert ({"← Назад", "В начало"} <= shown) == bool(turn.state.history)
