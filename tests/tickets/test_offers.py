"""For messages without a certain scenario: guesses come before the order of the file, refused ones do not."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.knowledge.route import Decision
from bot.scenarios.library import run
from bot.selfservice import intake, screens, turns, utterances
from bot.storage.schema import utterances as table
from bot.telegram.buttons import StartScenario, parse
from bot.telegram.incoming import Incoming
from tests.desk import house
from tests.tickets.company import ANNA, HELPDESK, MONDAY, NETWORK, calls, message, who
from tests.units import work

GUESSES = [("phone", 0.3), ("meeting_room", 0.2), ("onec", 0.1)]


def topics(tx: Connection, number: int) -> list[str]:
    """The scenarios on the buttons, in order."""
    drawn = screens.offer(work(tx, MONDAY, house()), f"words:{number}", who(tx, ANNA).key)
    assert drawn is not None
    pressed = [parse(one.data) for row in drawn.keyboard for one in row]
    return [one.scenario for one in pressed if isinstance(one, StartScenario)]


def keep(tx: Connection, decision: str) -> int:
    message = Incoming(1, "что-то не так", "text", None, None, None, MONDAY, place=ANNA)
    return utterances.keep(tx, who(tx, ANNA), message, Decision(decision, GUESSES))  # type: ignore[arg-type]


def test_weak_guesses_come_first_among_the_topics(tx: Connection) -> None:
    shown = topics(tx, keep(tx, "none"))
    assert shown[:4] == ["phone", "meeting_room", "onec", "printer"]
    assert len(shown) == len(set(shown)) == screens.TOPICS


def test_who_refuses_the_one_we_were_sure_of_sees_the_next_ones_first(tx: Connection) -> None:
    number = keep(tx, "auto")
    assert topics(tx, number) == ["phone"]
    for _ in range(2):  # an impatient second tap changes nothing
        assert utterances.foresee_nothing(tx, who(tx, ANNA), number)
        assert topics(tx, number)[:3] == ["meeting_room", "onec", "printer"]


def test_who_refuses_all_three_does_not_meet_them_first_again(tx: Connection) -> None:
    number = keep(tx, "ask")
    assert topics(tx, number) == ["phone", "meeting_room", "onec"]
    assert utterances.foresee_nothing(tx, who(tx, ANNA), number)
    assert topics(tx, number)[:2] == ["printer", "no_internet"]


@pytest.mark.parametrize("later", [1, 300])
def test_a_voice_sent_beside_an_offer_is_acknowledged_and_reaches_the_ticket(
    tx: Connection, later: int
) -> None:
    anna, unit = who(tx, ANNA), work(tx, MONDAY, house())
    turns.take(unit, anna, message(70, "интернет отвалился"))
    voice = message(71, "", kind="voice", file_id="v", at=MONDAY + later)
    turns.take(work(tx, MONDAY + later, house()), anna, voice)
    number = tx.scalar(select(table.c.id).order_by(table.c.id))
    offered = screens.offer(unit, f"words:{number}", anna.key)
    assert offered is not None
    assert "Вложение сохранил" in offered.text
    assert number is not None
    intake.choose(unit, anna, StartScenario("no_internet", number))
    began = run.current(tx, ANNA)
    assert began is not None
    assert [one.message_id for one in utterances.brought(tx, anna, f"run:{began.run_id}")] == [71]


def test_the_ticket_of_a_scenario_gets_the_voice_that_was_sent_beside_its_offer(tx: Connection) -> None:
    anna, unit = who(tx, ANNA), work(tx, MONDAY, house())
    turns.take(unit, anna, message(70, "интернет отвалился"))
    turns.take(unit, anna, message(71, "", kind="voice", file_id="v"))
    number = tx.scalar(select(table.c.id).order_by(table.c.id))
    assert number is not None
    intake.choose(unit, anna, StartScenario("no_internet", number))
    turns.take(unit, anna, message(72, "позовите человека"))
    copied = [
        row.params["message_id"] for chat in (HELPDESK, NETWORK) for row in calls(tx, chat, "copyMessage")
    ]
    assert copied.count(71) == 1


def test_words_that_answer_no_question_of_a_scenario_reach_its_ticket(tx: Connection) -> None:
    anna, unit = who(tx, ANNA), work(tx, MONDAY, house())
    intake.choose(unit, anna, StartScenario("no_internet", 0))
    for number, words in ((70, "у меня через час отчёт министру"), (71, "ыыы")):
        turns.take(unit, anna, message(number, words))
    turns.take(unit, anna, message(72, "позовите человека"))
    copied = [
        row.params["message_id"] for chat in (HELPDESK, NETWORK) for row in calls(tx, chat, "copyMessage")
    ]
    assert (copied.count(70), copied.count(71)) == (1, 0)
