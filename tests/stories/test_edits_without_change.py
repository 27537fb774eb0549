"""Telegram sends updates of edits that change nothing, after a reaction for example: they are not reported as failures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import ANNA, HELPDESK, OLEG, Desk, said

POLL = {
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
KINDS: dict[str, dict[str, Any]] = {
    "a text": {"text": "Есть новости?"},
    "a sticker": {"sticker": {}},
    "a video note": {"video_note": {}},
    "a voice message": {"voice": {}},
    "a contact": {"contact": {"phone_number": "+79000000000", "first_name": "Пётр"}},
    "a place": {"location": {"latitude": 55.7, "longitude": 37.6}},
    "a poll": {"poll": POLL},
}


async def a_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


async def touch(desk: Desk, message: dict[str, Any]) -> None:
    await desk.sim("edit", {"from": ANNA, "message_id": message["message_id"], "unchanged": True})
    await desk.settle()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_edit_that_changes_nothing_is_not_told_to_anybody(desk: Desk, kind: str) -> None:
    await a_ticket(desk)
    sent = await desk.write(ANNA, **KINDS[kind])
    before = len(await desk.reads(ANNA))
    await touch(desk, sent)
    assert len(await desk.reads(ANNA)) == before


async def test_a_word_that_a_scenario_used_may_get_a_reaction(desk: Desk) -> None:
    first = await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await touch(desk, first)
    assert not [one for one in await desk.reads(ANNA) if "использ" in said(one)]
