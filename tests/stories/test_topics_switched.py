"""Topics switched on or off in a team's group: Telegram refuses nothing and announces nothing, but every message shows it."""

from __future__ import annotations

from tests.desk import ADMINS, ANNA, BORIS, HELPDESK, OLEG, Desk, said


async def a_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


async def switch(desk: Desk, *, on: bool) -> None:
    await desk.sim("forum", {"chat": HELPDESK, "is_forum": on})


async def test_after_topics_were_switched_off_words_answer_the_card(desk: Desk) -> None:
    await a_ticket(desk)
    card = await desk.find_button(HELPDESK, "Ещё…")
    await switch(desk, on=False)
    await desk.write(OLEG, "Обсудим в обед", chat=HELPDESK)
    await desk.write(ANNA, "А это дойдёт")
    copy = await desk.find(HELPDESK, "А это дойдёт")
    assert copy["reply_to_message"]["message_id"] == card["message_id"]
    assert len([one for one in await desk.reads(ADMINS) if "одним потоком" in said(one)]) == 1


async def test_a_word_that_missed_its_topic_shows_that_there_are_none(desk: Desk) -> None:
    await a_ticket(desk)
    await switch(desk, on=False)
    own = await desk.find(ANNA, "Заявка 1")
    # sent, not copied: the answer shows where it is
    await desk.write(ANNA, "мой пароль: Qwerty12345", reply_to=own["message_id"])
    named = await desk.find(HELPDESK, "↑ Заявка 1, Анна Иванова")
    assert "пароль" in said(named["reply_to_message"])


async def test_topics_switched_on_again_are_used_again(desk: Desk) -> None:
    await a_ticket(desk)
    await switch(desk, on=False)
    await desk.write(OLEG, "Обсудим в обед", chat=HELPDESK)
    await switch(desk, on=True)
    await desk.write(OLEG, "И ещё раз", chat=HELPDESK)
    await desk.write(BORIS, "Шуршит и поскрипывает полка")
    await desk.press(BORIS, "Передать инженеру")
    assert await desk.topic(HELPDESK, 2)
    assert await desk.find(ADMINS, "снова открываю темы")
