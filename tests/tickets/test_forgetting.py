"""Searches, readings and questions expire, and what refers to them still works."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select

from bot.knowledge import readings
from bot.people import pending_question
from bot.people.access import NotAllowed
from bot.selfservice import kb_browse
from bot.storage import schema
from bot.telegram.buttons import AllArticleTopics
from tests.tickets.company import ANNA, MONDAY, who
from tests.units import work

DAY = 86400


def test_words_looked_for_go_after_a_month_and_who_read_what_after_a_year(tx: Connection) -> None:
    anna = who(tx, ANNA)
    for days in (366, 364, 31, 29):
        at = MONDAY - days * DAY
        number = readings.search(work(tx, at), anna.id, anna.key, text="борщ", found=0)
        readings.begin(work(tx, at), "printer-jam", anna.id, anna.key, search=number)
    assert readings.sweep(work(tx, MONDAY)) == 4
    assert readings.sweep(work(tx, MONDAY)) == 0
    assert readings.fruitless(tx, 0) == [("борщ", 1)]
    assert [row.search for row in tx.execute(select(schema.readings).order_by(schema.readings.c.id))] == [
        None,
        None,
        4,
    ]


def test_a_button_below_forgotten_words_is_old_and_nothing_worse(tx: Connection) -> None:
    anna = who(tx, ANNA)
    number = readings.search(work(tx, MONDAY - 31 * DAY), anna.id, anna.key, text="vpn")
    readings.sweep(work(tx, MONDAY))
    with pytest.raises(NotAllowed, match="stale"):
        kb_browse.press(work(tx, MONDAY), anna, anna.key, AllArticleTopics(number))  # it does not come so far


def test_a_question_nobody_answered_in_time_is_forgotten(tx: Connection) -> None:
    anna = who(tx, ANNA)
    pending_question.put(work(tx, MONDAY), anna.id, "articles")
    pending_question.sweep(work(tx, MONDAY + pending_question.PATIENCE))
    assert pending_question.peek(work(tx, MONDAY + pending_question.PATIENCE), anna.id) is not None
    pending_question.sweep(work(tx, MONDAY + pending_question.PATIENCE + 1))
    assert tx.scalar(select(func.count()).select_from(schema.awaited)) == 0
