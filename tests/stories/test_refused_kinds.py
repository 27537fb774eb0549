"""A group accepts no messages of one kind: only those fail, their author is notified, and later ones arrive."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import ADMINS, ANNA, HELPDESK, OLEG, SUPERVISORS, Desk, said

KINDS: dict[str, dict[str, Any]] = {
    "can_send_other_messages": {"sticker": {}},
    "can_send_photos": {"photo": {}, "caption": "Вот"},
    "can_send_voice_notes": {"voice": {}},
    "can_send_documents": {"document": {}},
    "can_send_polls": {
        "poll": {
            "id": "1",
            "question": "Да?",
            "options": [{"text": one, "voter_count": 0, "persistent_id": one} for one in ("да", "нет")],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
}


async def forbid(desk: Desk, right: str) -> None:
    rights = {"chat": HELPDESK, "status": "restricted", "rights": {right: False}}
    await desk.sim("rights", rights)
    await desk.settle()


async def a_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


@pytest.mark.parametrize("right", KINDS)
async def test_one_message_of_a_forbidden_kind_does_not_hold_up_what_comes_after_it(
    desk: Desk, right: str
) -> None:
    topic = await a_ticket(desk)
    await forbid(desk, right)
    refused = await desk.write(ANNA, **KINDS[right])
    told = await desk.find(ANNA, "такого вида группа команды не принимает")
    assert told["reply_to_message"]["message_id"] == refused["message_id"]
    await desk.write(ANNA, "А это дойдёт")
    assert said(await desk.last(HELPDESK, topic)) == "А это дойдёт"
    assert not [one for one in await desk.reads(SUPERVISORS) if "не пускает" in said(one)]
    assert await desk.find(ADMINS, "сообщения одного вида")


async def test_an_album_with_a_forbidden_kind_is_told_about_once(desk: Desk) -> None:
    topic = await a_ticket(desk)
    await forbid(desk, "can_send_photos")
    await desk.write(ANNA, album=[{"photo": {}}, {"photo": {}}], caption="Вот так")
    await desk.fast_forward(10)
    told = [one for one in await desk.reads(ANNA) if "не принимает" in said(one)]
    assert len(told) == 1
    await desk.write(ANNA, "А это дойдёт")
    assert said(await desk.last(HELPDESK, topic)) == "А это дойдёт"


async def test_the_administrators_are_told_of_a_forbidden_kind_once_a_day(desk: Desk) -> None:
    await a_ticket(desk)
    await forbid(desk, "can_send_other_messages")
    for _ in range(3):
        await desk.write(ANNA, sticker={})
    assert len([one for one in await desk.reads(ADMINS) if "одного вида" in said(one)]) == 1
    assert len([one for one in await desk.reads(ANNA) if "не принимает" in said(one)]) == 3


async def test_an_engineer_is_told_that_the_employee_takes_no_voice_messages(desk: Desk) -> None:
    topic = await a_ticket(desk)
    words = "Bad Request: user restricted receiving of voice messages"
    refusal = {"kind": "error", "method": "copyMessage", "error_code": 400, "description": words}
    await desk.sim("faults", refusal | {"chat": ANNA})
    card = await desk.find(HELPDESK, "1 ·")
    answer = {"chat": HELPDESK, "thread": topic, "reply_to": card["message_id"]}
    await desk.write(OLEG, voice={}, **answer)
    assert await desk.find(HELPDESK, "сотрудник не принимает")
    await desk.write(OLEG, "Тогда словами", **answer)
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nТогда словами"


async def test_a_group_that_takes_no_words_is_still_lost(desk: Desk) -> None:
    await a_ticket(desk)
    await forbid(desk, "can_send_messages")
    await desk.write(ANNA, "Ау")
    assert await desk.find(SUPERVISORS, "не пускает")
