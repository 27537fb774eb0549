"""What a stranger wrote to the bot in a day, and what it should have understood."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select

from bot.keys import BackRef
from bot.problems import declaring
from bot.selfservice import turns
from bot.sla.policy import Desk
from bot.storage.schema import outages, utterances
from tests.tickets.company import ANNA, MARINA, MONDAY, closed, house_of, message, said, shown, who
from tests.units import work

MINE = f"person:{ANNA}"


def says(tx: Connection, desk: Desk, words: str, now: int = MONDAY) -> str:
    """What was written; returns how the turn is answered."""
    turns.take(work(tx, now, house_of(desk)), who(tx, ANNA), message(70, words, at=now))
    newest = select(utterances.c.asked).order_by(utterances.c.id.desc()).limit(1)
    return tx.scalar(newest) or ""


def test_what_does_not_print_again_is_asked_about_the_ticket_of_an_hour_ago(
    tx: Connection, shipped: Desk
) -> None:
    ticket = closed(tx, shipped)
    assert says(tx, shipped, "опять не печатает", MONDAY + 90 * 60) == BackRef(ticket.id)


@pytest.mark.parametrize(
    "words", ["просто хотел сказать спасибо за вчера", "just wanted to say thanks for yesterday"]
)
def test_thanks_for_yesterday_are_no_problem(tx: Connection, shipped: Desk, words: str) -> None:
    assert says(tx, shipped, words) == ""
    assert said(tx, MINE)[0] == "small.thanks"
    assert "offer" not in shown(tx, MINE)


@pytest.mark.parametrize(
    "words",
    ["перезвоните мне 4411", "call me back on 4411", "наберите меня по номеру 44-11", "Call me back please"],
)
def test_who_wants_to_be_called_back_wants_a_human_and_no_advice_about_phones(
    tx: Connection, shipped: Desk, words: str
) -> None:
    assert says(tx, shipped, words) == "human"


@pytest.mark.parametrize("words", ["не могу дозвониться на 4411", "спасибо, но принтер не печатает"])
def test_a_problem_beside_such_words_stays_a_problem(tx: Connection, shipped: Desk, words: str) -> None:
    assert says(tx, shipped, words) == "offer"


def test_the_same_outage_is_not_declared_twice(tx: Connection, shipped: Desk) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    text = "printing до 11:15 Не печатает 3 этаж. Обход: печатайте на втором"
    declaring.declare(unit, marina, text, marina.key)
    declaring.declare(unit, marina, text.replace("Не печатает", "не  печатает"), marina.key)
    assert tx.scalar(select(func.count()).select_from(outages)) == 1
    assert said(tx, marina.key)[-1] == "outage.already"
    declaring.declare(unit, marina, text.replace("3 этаж", "4 этаж"), marina.key)
    assert tx.scalar(select(func.count()).select_from(outages)) == 2
