"""A card that says "today" is drawn again at its reader's midnight: the words stay true, nothing new is sent."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.app import midnight
from bot.storage.schema import timers
from tests.desk import ANNA, HELPDESK, OLEG, Desk, said
from tests.stories.test_the_whole_path import open_a_ticket

DAY = 86400


async def test_a_card_says_tomorrow_on_one_day_and_today_on_the_next(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    card = await desk.find(ANNA, "Заявка 1")
    assert "сегодня в 10:00" in said(card)
    assert "завтра до 17:00" in said(card)
    messages = len(await desk.reads(ANNA))
    await desk.fast_forward(15 * 3600)  # 01:00
    card = await desk.find(ANNA, "Заявка 1")
    assert "сегодня до 17:00" in said(card)
    assert "вчера в 10:00" in said(card)
    assert "завтра" not in said(card)
    assert len(await desk.reads(ANNA)) == messages
    team = await desk.find(HELPDESK, "Анна Иванова")
    assert "сегодня до 17:00" in said(team)


async def test_a_card_has_one_timer_row_and_none_waits_once_its_words_are_dates(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(ANNA, "Да, спасибо")
    rows = await desk.db.read(midnights)
    assert len(rows) == len({ref for ref, _ in rows})
    await desk.fast_forward(3 * DAY)
    later = await desk.db.read(midnights)
    assert {ref for ref, _ in later} == {ref for ref, _ in rows}
    assert {state for ref, state in later if "ticket_card" in ref} == {"skipped"}
    assert "в 10:00" in said(await desk.find(ANNA, "Заявка 1"))


def midnights(tx: Connection) -> list[tuple[str, str]]:
    mine = select(timers.c.ref, timers.c.state).where(timers.c.kind == midnight.TIMER)
    return [(row.ref, row.state) for row in tx.execute(mine)]
