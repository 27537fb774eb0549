"""What people looked for, read and were asked goes when its time is over, and nobody trips over the gap."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select

from bot.knowledge import readings
from bot.people import pending_question
from bot.people.access import Refused
from bot.selfservice import kb_browse
from bot.storage import schema
from tests.tickets.company import ANNA, MONDAY, who

DAY = 86400


def test_words_looked_for_go_after_a_month_and_who_read_what_after_a_year(tx: Connection) -> None:
    anna = who(tx, ANNA)
    for days in (366, 364, 31, 29):
        at = MONDAY - days * DAY
        number = readings.search(tx, anna.id, anna.key, at, text="борщ", found=0)
        readings.begin(tx, "printer-jam", anna.id, anna.key, at, search=number)
    assert readings.sweep(tx, MONDAY) == 4
    assert readings.sweep(tx, MONDAY) == 0
    assert readings.fruitless(tx, 0) == [("борщ", 1)]
    assert [row.search for row in tx.execute(select(schema.readings).order_by(schema.readings.c.id))] == [
        None,
        None,
        4,
    ]


def test_a_button_below_forgotten_words_is_old_and_nothing_worse(tx: Connection) -> None:
    anna = who(tx, ANNA)
    number = readings.search(tx, anna.id, anna.key, MONDAY - 31 * DAY, text="vpn")
    readings.sweep(tx, MONDAY)
    with pytest.raises(Refused, match="stale"):
        kb_browse.press(tx, None, anna, anna.key, "topics", [number], MONDAY)  # type: ignore[arg-type]  # it does not come so far


def test_a_question_nobody_answered_in_time_is_forgotten(tx: Connection) -> None:
    anna = who(tx, ANNA)
    pending_question.put(tx, anna.id, "articles", MONDAY)
    pending_question.sweep(tx, MONDAY + pending_question.PATIENCE)
    assert pending_question.peek(tx, anna.id, MONDAY + pending_question.PATIENCE) is not None
    pending_question.sweep(tx, MONDAY + pending_question.PATIENCE + 1)
    assert tx.scalar(select(func.count()).select_from(schema.awaited)) == 0
