"""People who ask for a human in their own words get one, at every kind of step, with what was said and tried so far."""

import pytest

from bot.scenarios.play import engine, views
from bot.scenarios.play.events import Checked, Event, OpenTicket, Player, Press, Sent, Transition, Typed
from tests.scenarios.known import FLOW, compiled

PROGRAM = compiled(FLOW)
ANNA = Player("42", "Анна", language="ru")
WISHES = [
    "позовите человека",
    "Позовите человека!",
    "соедините с оператором",
    "дайте живого человека",
    "хочу поговорить с живым человеком",
    "мне нужен человек, а не бот",
    "переключите меня на специалиста, пожалуйста",
    "позавите человека",
    "есть кто живой?",
    "I want a human",
    "let me talk to a real person",
    "connect me to an agent please",
    "I need a human, not a bot",
    "can I speak to someone",
]
STEPS: dict[str, tuple[Event, ...]] = {
    "choose": (),
    "resolved below an article": (Press("silent"),),
    "photo": (Press("jam"),),
    "number": (Press("silent"), Press("no")),
    "text": (Press("silent"), Press("no"), Typed("3")),
    "check": (Press("silent"), Press("no"), Typed("3"), Typed("PRN-302")),
    "choose after a check": (Press("silent"), Press("no"), Typed("3"), Typed("PRN-302"), Checked("ok")),
}


def after(*events: Event) -> Transition:
    turn = engine.begin(PROGRAM, "printer", ANNA, "ru", "принтер молчит")
    for event in events:
        turn = engine.advance(PROGRAM, turn.state, event, ANNA)
    return turn


def tickets(turn: Transition) -> list[OpenTicket]:
    return [effect for effect in turn.effects if isinstance(effect, OpenTicket)]


@pytest.mark.parametrize("words", WISHES)
@pytest.mark.parametrize("step", STEPS)
def test_a_wish_for_a_human_opens_the_ticket_at_every_step(step: str, words: str) -> None:
    before = after(*STEPS[step])
    turn = engine.advance(PROGRAM, before.state, Typed(words), ANNA)
    (ticket,) = tickets(turn)
    assert turn.state.done == "human"
    assert ticket.words == "принтер молчит"
    assert ticket.transcript == before.state.asked
    assert list(ticket.tried) == [desk for desk, _ in before.state.tried]


def test_a_wish_below_a_picture_opens_the_ticket_with_the_picture() -> None:
    for events in STEPS.values():
        turn = after(*events, Sent("photo", "F1", "позовите человека"))
        assert ("photo", "F1") in tickets(turn)[0].files


@pytest.mark.parametrize("step", ["choose", "resolved below an article", "number", "text", "photo"])
def test_the_bare_word_calls_one_where_it_is_no_answer(step: str) -> None:
    assert tickets(after(*STEPS[step], Typed("оператор")))


@pytest.mark.parametrize(
    "words",
    [
        "не надо человека",
        "не нужен оператор",
        "человек не может войти",
        "нужен доступ",
        "нужен специалист по 1С",
        "оператор связи Билайн",
        "новый сотрудник",
        "do not call anybody",
        "person of my team",
        "support portal does not open",
    ],
)
def test_other_words_about_people_call_nobody(words: str) -> None:
    assert views.wish(words) is None


def test_a_free_answer_that_names_a_profession_is_an_answer() -> None:
    program = compiled(FLOW.replace('        pattern: "[A-Z]{3}-[0-9]{1,3}"\n', ""))
    turn = engine.begin(program, "printer", ANNA, "ru")
    for event in STEPS["text"]:
        turn = engine.advance(program, turn.state, event, ANNA)
    assert tickets(engine.advance(program, turn.state, Typed("оператор"), ANNA)) == []
    assert tickets(engine.advance(program, turn.state, Typed("соедините с оператором"), ANNA))
