"""A question in the private chat is answered by simply writing, without a reply to its message."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from bot.people import pending_question
from bot.selfservice import own_ticket, turns
from bot.sla.policy import Desk
from bot.storage.schema import people, prompts
from bot.telegram.buttons import AddComment, Deny, Inquire
from bot.tickets import approval, store
from bot.tickets.ticket import State
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    MONDAY,
    calls,
    claimed,
    closed,
    house_of,
    message,
    opened,
    said,
    who,
)
from tests.units import work

MINE = f"person:{ANNA}"


def says(tx: Connection, desk: Desk, person: int, words: str, now: int = MONDAY, number: int = 70) -> None:
    turns.take(work(tx, now, house_of(desk)), who(tx, person), message(number, words, 1000 + person))


def test_a_word_to_the_stars_is_simply_written(tx: Connection, shipped: Desk) -> None:
    ticket = closed(tx, shipped)
    own_ticket.press(work(tx, MONDAY, shipped), AddComment(ticket.id), who(tx, ANNA), MINE)
    says(tx, shipped, ANNA, "Спасибо, быстро и вежливо")
    assert store.get(tx, ticket.id).comment == "Спасибо, быстро и вежливо"
    assert said(tx, MINE)[-1] == "comment.done"
    says(tx, shipped, ANNA, "Спасибо", number=71)
    assert store.get(tx, ticket.id).comment == "Спасибо, быстро и вежливо"


def test_a_new_problem_is_no_word_to_the_stars_and_neither_is_what_comes_late(
    tx: Connection, shipped: Desk
) -> None:
    for words, later in (("Принтер не печатает", 0), ("Спасибо", pending_question.PATIENCE + 1)):
        ticket = closed(tx, shipped)
        own_ticket.press(work(tx, MONDAY, shipped), AddComment(ticket.id), who(tx, ANNA), MINE)
        says(tx, shipped, ANNA, words, MONDAY + later)
        assert store.get(tx, ticket.id).comment is None


def test_a_question_answered_by_pointing_at_it_awaits_no_more_words(tx: Connection, shipped: Desk) -> None:
    ticket = closed(tx, shipped)
    own_ticket.press(work(tx, MONDAY, shipped), AddComment(ticket.id), who(tx, ANNA), MINE)
    tx.execute(update(prompts).values(message=65))
    answer = message(70, "Быстро", 1000 + ANNA, reply_to=65)
    turns.take(work(tx, MONDAY, house_of(shipped)), who(tx, ANNA), answer)
    says(tx, shipped, ANNA, "И ещё вежливо", number=71)
    assert store.get(tx, ticket.id).comment == "Быстро"
    assert not tx.scalar(select(prompts.c.id))


def test_a_reason_a_question_and_its_answer_are_simply_written(tx: Connection, shipped: Desk) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(manager=f"S-{BORIS}"))
    ticket = opened(tx, shipped, category="equipment")
    boris = who(tx, BORIS)
    approval.press(work(tx, MONDAY, shipped), Inquire(ticket.id), boris, boris.key)
    says(tx, shipped, BORIS, "Зачем второй монитор?")
    assert "approval.question" in said(tx, MINE)
    says(tx, shipped, ANNA, "Для отчётов", number=71)
    assert "approval.answer" in said(tx, boris.key)
    approval.press(work(tx, MONDAY, shipped), Deny(ticket.id), boris, boris.key)
    says(tx, shipped, BORIS, "Бюджет закрыт до января", number=72)
    denied = store.get(tx, ticket.id)
    assert (denied.state, denied.resolution) == (State.CANCELLED, "Бюджет закрыт до января")


@pytest.mark.parametrize("words", ["Когда?", "any news?", "вы там вообще живые? второй час жду"])
def test_who_asks_how_it_goes_reads_the_state_and_the_deadline(
    tx: Connection, shipped: Desk, words: str
) -> None:
    ticket = claimed(tx, shipped)
    says(tx, shipped, ANNA, words)
    rows = [row.params for row in calls(tx, MINE, "sendMessage") if row.params.get("line") == "news.held"]
    assert [row["facts"]["who"] for row in rows] == ["Oleg"]
    assert "сегодня до" in rows[0]["facts"]["due"]
    assert [row.params["message_id"] for row in calls(tx, HELPDESK, "copyMessage")] == [70]
    says(tx, shipped, ANNA, words, MONDAY + 60, number=71)
    assert said(tx, MINE).count("news.held") == 1
    says(tx, shipped, ANNA, words, MONDAY + 11 * 60, number=72)
    assert said(tx, MINE).count("news.held") == 2
    assert store.get(tx, ticket.id).state is State.CLAIMED
