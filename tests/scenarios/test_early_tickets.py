"""A ticket opened during a run: before the advice, once in a run, and permanent however the run ends."""

import pytest

from bot.scenarios.play import engine
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Event,
    Human,
    OpenTicket,
    Player,
    Press,
    Restart,
    RunState,
    Transition,
    Typed,
)
from tests.scenarios.known import compiled

ANNA = Player("42", "Anna", language="en")
PROGRAM = compiled(
    """
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  virus:
    title: Virus
    category: network
    phrases: [a virus]
    steps:
      - id: what
        choose: What is it?
        save: what
        options: [{label: Ransom, value: ransom}, {label: A window, value: window}]
      - ticket: {category: network, team: network, summary: "{{ labels.what }}"}
        next: advice
      - {id: advice, say: Cut the network.}
      - choose: Did others see it?
        options: [{label: "Others too", value: others}, {label: Only me, value: one}]
      - end: Thank you.
"""
)


def after(*events: Event) -> Transition:
    turn = engine.begin(PROGRAM, "virus", ANNA, "en")
    for event in events:
        turn = engine.advance(PROGRAM, turn.state, event, ANNA)
        assert RunState.from_json(turn.state.to_json()) == turn.state
    return turn


def opened(turn: Transition) -> list[str]:
    return [effect.summary for effect in turn.effects if isinstance(effect, OpenTicket)]


def test_a_ticket_with_next_is_opened_before_what_comes_after_it() -> None:
    turn = after(Press("ransom"))
    assert opened(turn) == ["Ransom"]
    assert turn.state.done is None
    assert turn.view.parts == ("Cut the network.", "Did others see it?")


@pytest.mark.parametrize(
    "events",
    [
        (Press("one"),),
        (Human(),),
        (Cancel(),),
        (Typed("call a human"),),
        (Back(), Press("window"), Press("one")),
        (Restart(), Press("window"), Human()),
        (Back(), Press("window"), Back(), Press("ransom"), Cancel()),
    ],
)
def test_a_run_that_has_opened_its_ticket_opens_no_other_one(events: tuple[Event, ...]) -> None:
    turn = after(Press("ransom"))
    for event in events:
        turn = engine.advance(PROGRAM, turn.state, event, ANNA)
        assert opened(turn) == []
    assert turn.state.done == "ticket"


def test_a_run_with_its_ticket_that_is_carried_to_a_new_version_keeps_it() -> None:
    carried = engine.carry(PROGRAM, after(Press("ransom")).state, ANNA)
    assert carried.state.ticketed
    assert opened(engine.advance(PROGRAM, carried.state, Human(), ANNA)) == []
