"""An engineer works a ticket from the private chat: one live list, an answer, a solution; the supervisors' chat beside it."""

from __future__ import annotations

from tests.desk import ANNA, HELPDESK, MARINA, OLEG, SUPERVISORS, SVETA, Desk, buttons, said


async def a_ticket(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")


async def test_a_ticket_is_claimed_answered_and_solved_in_private(desk: Desk) -> None:
    await desk.write(SVETA, "/off")
    await a_ticket(desk)
    await desk.write(OLEG, "/on")
    mine = await desk.find(OLEG, "Ждут и достаются вам")
    await desk.press(OLEG, "Взять 1", OLEG)
    live = await desk.find(OLEG, "У вас в работе")
    assert live["message_id"] == mine["message_id"], "edited in place"
    assert "Ждут и достаются вам" not in said(live)
    await desk.press(OLEG, "1: ответить", OLEG)
    await desk.write(OLEG, "Принтер не трогайте, иду")
    assert "Олег: Принтер не трогайте, иду" in [said(one) for one in await desk.reads(ANNA)]
    assert await desk.find(HELPDESK, "Принтер не трогайте, иду")
    await desk.press(OLEG, "Готово", OLEG)
    await desk.write(OLEG, "заменил картридж")
    assert await desk.find(ANNA, "заменил картридж")
    assert "1 · Шуршит" not in "".join(
        said(one) for one in await desk.reads(OLEG) if "Готово" in buttons(one)
    )


async def test_a_queue_is_answered_in_the_topic_and_an_outage_begins_where_alarms_come(desk: Desk) -> None:
    await a_ticket(desk)
    topic = await desk.topic(HELPDESK, 1)
    await desk.write(OLEG, "/queue", chat=HELPDESK, thread=topic)
    assert any("Первая линия" in said(one) for one in await desk.reads(HELPDESK, topic))
    await desk.write(MARINA, "/outage printing", chat=SUPERVISORS)
    asked = await desk.find(SUPERVISORS, "Что сказать людям?")
    await desk.write(MARINA, "Печать лежит", chat=SUPERVISORS, reply_to=asked["message_id"])
    assert await desk.find(SUPERVISORS, "Как обойтись")
    assert await desk.reads(MARINA) == []


async def test_why_is_three_lines_and_the_rest_behind_a_button(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(MARINA, "/why 1", chat=SUPERVISORS)
    brief = await desk.find(SUPERVISORS, "Обещано решить")
    assert len(said(brief).splitlines()) == 4
    await desk.press(MARINA, "Подробно", SUPERVISORS)
    assert await desk.find(SUPERVISORS, "напомним")
    assert not [one for one in await desk.reads(SUPERVISORS) if "Обещано решить" in said(one)]
