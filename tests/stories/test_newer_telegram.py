"""Messages and fields that are newer than this program: no words are lost, and nothing ends in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import ADMINS, ANNA, HELPDESK, OLEG, Desk, said

RICH = {
    "blocks": [
        {"type": "heading", "size": 1, "text": "Отчёт"},
        {"type": "paragraph", "text": ["Принтер ", {"type": "bold", "text": "жуёт бумагу"}]},
        {"type": "hologram", "depth": 3},
    ]
}
UNKNOWN: dict[str, dict[str, Any]] = {
    "the author of a forwarded message": {"forward_origin": {"type": "alias", "date": 1, "name": "Кто-то"}},
    "the author of an answered message": {
        "external_reply": {"origin": {"type": "alias", "date": 1}, "message_id": 3}
    },
    "an entity": {"entities": [{"type": "hologram", "offset": "0", "length": None}]},
    "a field that is not as it was": {"link_preview_options": "none", "effect_id": [7]},
}


@pytest.fixture(autouse=True)
def _newer(desk: Desk) -> None:
    desk.is_newer = True


async def a_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


async def nothing_failed(desk: Desk) -> bool:
    return not [one for one in await desk.reads(ADMINS) if "не обработано" in said(one)]


async def test_a_rich_message_gets_into_the_ticket(desk: Desk) -> None:
    topic = await a_ticket(desk)
    words = {"blocks": [{"type": "paragraph", "text": "А это дойдёт"}, {"type": "hologram", "depth": 3}]}
    await desk.write(ANNA, content={"rich_message": words})
    assert (await desk.last(HELPDESK, topic))["rich_message"] == words
    assert await nothing_failed(desk)


async def test_the_words_of_a_rich_message_begin_a_conversation(desk: Desk) -> None:
    await desk.write(ANNA, content={"rich_message": RICH})
    assert await desk.find_button(ANNA, "Начать")


async def test_a_password_in_a_rich_message_stays_in_the_private_chat(desk: Desk) -> None:
    topic = await a_ticket(desk)
    words = {"blocks": [{"type": "paragraph", "text": "пароль: Qwerty12345"}]}
    await desk.write(ANNA, content={"rich_message": words})
    read = await desk.last(HELPDESK, topic)
    assert "rich_message" not in read
    assert "Qwerty" not in said(read)


async def test_a_message_of_a_kind_that_is_not_known_yet_gets_into_the_ticket(desk: Desk) -> None:
    topic = await a_ticket(desk)
    await desk.write(ANNA, content={"hologram": {"depth": 3}})
    assert (await desk.last(HELPDESK, topic))["hologram"] == {"depth": 3}


async def test_a_known_kind_that_cannot_be_read_gets_into_the_ticket(desk: Desk) -> None:
    topic = await a_ticket(desk)
    await desk.write(ANNA, content={"contact": {"phones": ["+7 900 000-00-00"]}})
    assert "contact" in await desk.last(HELPDESK, topic)
    assert await nothing_failed(desk)


async def test_a_newer_kind_that_telegram_does_not_copy_is_asked_for_in_words(desk: Desk) -> None:
    topic = await a_ticket(desk)
    await desk.sim("faults", {"kind": "error", "method": "copyMessage", "refusal": "not_copyable"})
    sent = await desk.write(ANNA, content={"hologram": {"depth": 3}})
    told = await desk.find(ANNA, "Пришлите его, пожалуйста, текстом")
    assert told["reply_to_message"]["message_id"] == sent["message_id"]
    await desk.write(ANNA, "А это дойдёт")
    assert said(await desk.last(HELPDESK, topic)) == "А это дойдёт"


async def test_paid_media_of_a_newer_kind_are_asked_for_in_words(desk: Desk) -> None:
    await a_ticket(desk)
    media = {"star_count": 5, "paid_media": [{"type": "hologram"}]}
    await desk.write(ANNA, content={"paid_media": media})
    assert await desk.find(ANNA, "Такое сообщение")
    assert await nothing_failed(desk)


@pytest.mark.parametrize("field", UNKNOWN)
async def test_words_beside_an_unknown_field_reach_the_team(desk: Desk, field: str) -> None:
    topic = await a_ticket(desk)
    await desk.write(ANNA, content={"text": "А это дойдёт", **UNKNOWN[field]})
    assert await nothing_failed(desk)
    if "forward_origin" in UNKNOWN[field]:
        assert await desk.find_button(ANNA, "Передать инженеру")
    else:
        assert said(await desk.last(HELPDESK, topic)) == "А это дойдёт"


async def test_a_command_forwarded_from_an_unknown_author_is_not_obeyed(desk: Desk) -> None:
    words = {"text": "/language", **UNKNOWN["the author of a forwarded message"]}
    await desk.write(ANNA, content=words | {"entities": [{"type": "bot_command", "offset": 0, "length": 9}]})
    assert not [one for one in await desk.reads(ANNA) if "English" in said(one)]


async def test_an_update_without_its_author_is_put_aside_whole(desk: Desk) -> None:
    await desk.write(ANNA, content={"text": "Кто я?", "from": {"id": ANNA, "is_bot": False}})
    await desk.fast_forward(5)
    assert [one for one in await desk.reads(ADMINS) if "не обработано" in said(one)]
