"""Promises carry an instant, so that each reader sees it in the zone of their own phone; old servers get the words."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from tests.desk import ANNA, HELPDESK, Desk, said

MOSCOW = ZoneInfo("Europe/Moscow")
UNKNOWN = 'Bad Request: can\'t parse entities: Unsupported start tag "tg-time" at byte offset 99'


async def a_ticket(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")


def instants(message: dict[str, Any]) -> dict[int, str]:
    """The instants of a message, in minutes, and what old apps show for them."""
    found = [one for one in message.get("entities", ()) if one["type"] == "date_time"]
    text = said(message).encode("utf-16-le")
    return {
        one["unix_time"] // 60: text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode(
            "utf-16-le"
        )
        for one in found
    }


async def test_a_promise_says_its_hour_in_words_and_as_an_instant(desk: Desk) -> None:
    await a_ticket(desk)
    card = await desk.find(HELPDESK, "1 · Шуршит")
    found = instants(card)
    assert len(found) == 3, "to claim, to reply, to resolve"
    assert all(words == f"{dt.datetime.fromtimestamp(60 * at, MOSCOW):%H:%M}" for at, words in found.items())
    assert instants(await desk.find(ANNA, "Заявка 1"))


async def test_a_server_older_than_instants_gets_the_words_with_their_markup(desk: Desk) -> None:
    refusal = {"kind": "error", "error_code": 400, "description": UNKNOWN, "count": 1}
    await desk.sim("faults", refusal | {"method": "sendMessage", "chat": HELPDESK})
    await a_ticket(desk)
    card = await desk.find(HELPDESK, "1 · Шуршит")
    assert "ответить сегодня до 12:0" in said(card)
    assert not instants(card)
    assert "bold" in [one["type"] for one in card["entities"]]
    await desk.fast_forward(46 * 60)
    assert not instants(await desk.find(HELPDESK, "возьмите"))
