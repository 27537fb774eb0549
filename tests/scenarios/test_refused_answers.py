"""A question that a person cannot answer does not hold them: it is skipped, or a human takes over."""

from __future__ import annotations

from bot.scenarios.play import engine
from bot.scenarios.play.events import OpenTicket, Player, RunState, Transition, Typed
from tests.scenarios.known import compiled

ANNA = Player("42", "Анна", language="ru")
PROGRAM = compiled(
    """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  lamp:
    title: Лампа
    category: printing
    phrases: [не горит лампа]
    steps:
      - {ask: "Этаж?", save: floor, type: int, optional: true}
      - {ask: "Сколько ламп?", save: lamps, type: int}
      - ticket:
          category: printing
          team: helpdesk
          summary: "Лампы: {{ answers.lamps }}, этаж {{ answers.floor | default('?') }}"
"""
)


def answered(*words: str) -> Transition:
    turn = engine.begin(PROGRAM, "lamp", ANNA, "ru")
    for word in words:
        kept = RunState.from_json(turn.state.to_json())  # as it is stored between two messages
        turn = engine.advance(PROGRAM, kept, Typed(word), ANNA)
    return turn


def test_an_optional_question_is_left_after_three_answers_it_refuses_and_keeps_the_words() -> None:
    assert answered("я дома", "этажа нет").view.step == "lamp/1:ask"
    turn = answered("я дома", "этажа нет", "дома")
    assert turn.view.step == "lamp/2:ask"
    assert ("Этаж?", "дома") in turn.state.asked


def test_a_question_that_must_be_answered_calls_a_human_after_three_answers_it_refuses() -> None:
    turn = answered("3", "много", "все", "не знаю")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert (ticket.why, turn.state.done) == ("loop", "human")
    assert "не знаю" in ticket.body


def test_a_good_answer_after_two_refused_ones_goes_on() -> None:
    assert answered("я дома", "этажа нет", "3").view.step == "lamp/2:ask"
