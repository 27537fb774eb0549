"""Captions of Telegram Premium, longer than a bot may write: a copy keeps them only as it is, without a reply of its own."""

from __future__ import annotations

from tests.desk import ANNA, HELPDESK, IGOR, OLEG, SVETA, Desk, said

LONG = "Вот тут ещё немного слов об этом. " * 50


async def go_premium(desk: Desk, person: int) -> None:
    await desk.sim("people", {"id": person, "is_premium": True})


async def a_ticket(desk: Desk, chat: int) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", chat)


async def test_a_long_caption_gets_into_a_group_without_topics_and_names_its_ticket(desk: Desk) -> None:
    await go_premium(desk, ANNA)
    members = {"members": [OLEG, SVETA, IGOR], "admins": [OLEG]}
    group = (await desk.sim("chats", {"type": "group", "title": "Простая группа", **members}))["id"]
    await desk.write(IGOR, "/bind helpdesk", chat=group)
    await a_ticket(desk, group)
    await desk.write(ANNA, photo={}, caption=LONG)
    copy = await desk.find(group, "Вот тут")
    assert said(copy) == LONG.strip()
    named = await desk.find(group, "↑ Заявка 1, Анна Иванова")
    assert named["reply_to_message"]["message_id"] == copy["message_id"]
    assert not [one for one in await desk.reads(ANNA) if "не дошло" in said(one)]
    await desk.write(OLEG, "Вижу вас", chat=group, reply_to=copy["message_id"])
    assert await desk.find(ANNA, "Вижу вас")


async def test_a_long_caption_that_answers_arrives_without_its_reply(desk: Desk) -> None:
    await go_premium(desk, OLEG)
    await a_ticket(desk, HELPDESK)
    topic = await desk.topic(HELPDESK, 1)
    await desk.write(ANNA, "Есть новости?")
    words = await desk.find(HELPDESK, "Есть новости?")
    answer = {"chat": HELPDESK, "thread": topic, "reply_to": words["message_id"]}
    await desk.write(OLEG, photo={}, caption=LONG, **answer)
    assert said(await desk.find(ANNA, "Вот тут")) == LONG.strip()
    assert not [one for one in await desk.reads(HELPDESK) if "Не доставлено" in said(one)]
