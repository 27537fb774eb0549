"""Words typed where a button waits: they are the button, and what was written before is not asked for again."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.scenarios.library import run
from bot.selfservice import intake, screens, turns
from bot.selfservice.utterances import OFFERED, SEVERAL
from bot.storage.schema import outbox, utterances
from bot.telegram.buttons import StartScenario, parse
from bot.tickets import store
from bot.tickets.ticket import Ticket
from tests.desk import house
from tests.tickets.company import ANNA, MONDAY, calls, message, said, who
from tests.units import work

JAMMED = "принтер жуёт бумагу"


def says(tx: Connection, *texts: str, apart: int = 30) -> None:
    """Anna writes these, so many seconds apart."""
    for place, text in enumerate(texts):
        at = MONDAY + place * apart
        turns.take(work(tx, at, house()), who(tx, ANNA), message(70 + place, text, at=at))


def tickets(tx: Connection) -> list[Ticket]:
    return list(store.open_of(tx, ANNA))


@pytest.mark.parametrize("apart", [3, 30])
@pytest.mark.parametrize("word", ["да", "ага", "Начать", "ок"])
def test_a_typed_yes_begins_the_scenario_that_is_offered(tx: Connection, word: str, apart: int) -> None:
    says(tx, JAMMED, word, apart=apart)
    begun = run.current(tx, ANNA)
    assert begun is not None
    assert begun.scenario == "printer"


@pytest.mark.parametrize("word", ["нет", "не то"])
def test_a_typed_no_shows_the_other_ways_below_it(tx: Connection, word: str) -> None:
    says(tx, JAMMED, word)
    assert run.current(tx, ANNA) is None
    (offered,) = tx.execute(select(outbox).where(outbox.c.card == "offer")).all()
    assert offered.params["anew"] == "answers 71"


@pytest.mark.parametrize("apart", [3, 300])
@pytest.mark.parametrize("more", ["все горит", "очень срочно", "hello???"])
def test_words_that_name_no_problem_do_not_push_the_first_ones_aside(
    tx: Connection, more: str, apart: int
) -> None:
    says(tx, JAMMED, more, apart=apart)
    (turn,) = tx.execute(select(utterances).where(utterances.c.asked == OFFERED)).all()
    assert (turn.decision, turn.candidates[0][0]) == ("auto", "printer")
    says(tx, "позовите человека")
    (ticket,) = tickets(tx)
    assert ticket.title == JAMMED


def test_a_topic_chosen_from_the_whole_list_begins_with_the_words_before_it(tx: Connection) -> None:
    says(tx, "зевс у меня завис")
    drawn = screens.topics(work(tx, MONDAY + 60, house()), "", who(tx, ANNA).key)
    begin = [parse(key.data) for row in drawn.keyboard for key in row]
    (onec,) = [one for one in begin if isinstance(one, StartScenario) and one.scenario == "onec"]
    intake.choose(work(tx, MONDAY + 60, house()), who(tx, ANNA), onec)
    (turn,) = tx.execute(select(utterances)).all()
    assert turn.chosen == "onec"


@pytest.mark.parametrize("word", ["новая", "это про монитор", "Мышь, монитор, наушники"])
def test_a_typed_name_of_a_way_is_that_way(tx: Connection, word: str) -> None:
    says(tx, JAMMED, "позовите человека", "и кстати монитор моргает", word)
    begun = run.current(tx, ANNA)
    assert begun is not None
    assert begun.scenario == "peripherals"


def test_a_typed_number_of_a_ticket_is_where_the_words_go(tx: Connection) -> None:
    says(tx, JAMMED, "позовите человека", "и кстати монитор моргает", "к заявке 1")
    assert run.current(tx, ANNA) is None
    (turn,) = tx.execute(select(utterances).where(utterances.c.text == "и кстати монитор моргает")).all()
    assert turn.chosen == f"ticket:{tickets(tx)[0].id}"


@pytest.mark.parametrize("word", ["не работает", "нет, сканер тоже не печатает, и свет мигает", "спасибо"])
def test_words_that_say_more_than_a_button_press_none(tx: Connection, word: str) -> None:
    says(tx, JAMMED, word)
    assert run.current(tx, ANNA) is None
    assert tickets(tx) == []


@pytest.mark.parametrize("apart", [3, 600])
@pytest.mark.parametrize("wish", ["позовите человека", "дайте живого специалиста"])
def test_who_calls_a_human_under_an_offer_is_not_asked_again_what_happened(
    tx: Connection, wish: str, apart: int
) -> None:
    says(tx, JAMMED, wish, apart=apart)
    (ticket,) = tickets(tx)
    assert ticket.title == JAMMED
    copied = [row.params["message_id"] for row in calls(tx, f"team:{ticket.team}", "copyMessage")]
    assert copied == [70, 71]


@pytest.mark.parametrize("marks", ["?", "???", "?!"])
def test_a_question_mark_beside_a_ticket_is_told_how_it_goes(tx: Connection, marks: str) -> None:
    says(tx, JAMMED, "позовите человека", marks, apart=300)
    assert said(tx, who(tx, ANNA).key)[-1].startswith("news.")


def test_a_wish_for_a_human_long_after_an_offer_asks_what_it_is_about(tx: Connection) -> None:
    says(tx, JAMMED, "позовите человека", apart=3600)
    assert tickets(tx) == []


def test_who_calls_a_human_and_says_what_happened_is_asked_nothing(tx: Connection) -> None:
    says(tx, "не включается компьютер, позовите человека")
    (ticket,) = tickets(tx)
    assert ticket.title == "не включается компьютер, позовите человека"


def test_a_second_problem_that_is_added_to_the_first_is_not_overlooked(tx: Connection) -> None:
    says(tx, "компьютер тормозит ужасно и ещё принтер на 3 этаже жуёт бумагу")
    (turn,) = tx.execute(select(utterances)).all()
    assert turn.asked == SEVERAL
    assert [scenario for scenario, _ in turn.candidates] == ["slow_pc", "printer"]


@pytest.mark.parametrize("first", ["тут такое дело", "ну вот опять", "hello there"])
def test_a_ticket_is_titled_by_the_words_that_say_what_happened(tx: Connection, first: str) -> None:
    says(tx, first, JAMMED, "позовите человека", apart=3)
    (ticket,) = tickets(tx)
    assert ticket.title.endswith(JAMMED)


STUCK = ("1с не открывается", "да", "Не запускается, вылетает")


@pytest.mark.parametrize(
    "words",
    ["не помогает", "пробовал уже перезагружать, не помогает", "сделал, без толку", "rebooted, no change"],
)
def test_a_typed_no_in_any_words_is_the_no_of_a_step(tx: Connection, words: str) -> None:
    says(tx, *STUCK)
    before = run.current(tx, ANNA)
    assert before is not None
    assert {value for value, _ in before.view.options} == {"yes", "no"}
    turns.take(work(tx, MONDAY + 200, house()), who(tx, ANNA), message(90, words, at=MONDAY + 200))
    after = run.current(tx, ANNA)
    assert after is None or after.view != before.view
    assert after is None or "не понял" not in str(after.view).casefold()


def test_what_is_said_beside_the_name_of_a_way_is_in_the_ticket(tx: Connection) -> None:
    says(tx, "не открывается файл", "сетевая папка отдела продаж")
    begun = run.current(tx, ANNA)
    assert begun is not None
    says(tx, "позовите человека")
    (ticket,) = tickets(tx)
    assert "отдела продаж" in ticket.words


@pytest.mark.parametrize(
    "words", ["ну и что дальше", "тут такое дело", "непонятно что происходит", "what now"]
)
def test_words_that_name_nothing_are_no_guess_and_no_danger(tx: Connection, words: str) -> None:
    says(tx, words)
    decision = house().router.route(words)
    assert (decision.decision, decision.flags) == ("none", frozenset())
    assert not tx.execute(select(outbox).where(outbox.c.card == "alarm")).all()


@pytest.mark.parametrize("apart", [3, 60])
@pytest.mark.parametrize(
    "tried", ["перезагрузил, не помогает", "restarted it, no change", "выключал и включал, то же самое"]
)
def test_what_was_tried_without_effect_is_no_new_problem(tx: Connection, tried: str, apart: int) -> None:
    says(tx, JAMMED, tried, "позовите человека", apart=apart)
    (ticket,) = tickets(tx)
    assert ticket.title == JAMMED
    assert tried in ticket.words


@pytest.mark.parametrize("other", ["почта не открывается, не помогает", "the mouse is dead, no change"])
def test_another_problem_that_nothing_helped_is_a_problem_of_its_own(tx: Connection, other: str) -> None:
    says(tx, JAMMED, other, apart=60)
    words = tx.scalars(select(utterances.c.text).where(utterances.c.asked == OFFERED)).all()
    assert words == [JAMMED, other]
