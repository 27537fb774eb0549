"""While a long report is made, the chat sees how far it is; the card is gone when it is done."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection

from bot.reports import under_way
from bot.reports.under_way import PACE, UnderWay
from bot.sla.policy import Desk
from tests.escalation.company import at, outgoing
from tests.units import work

CHAT = "supervisors"


class Units:
    """Counts how often the card is drawn again."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    async def run(self, _verb: Any, chat: str) -> None:
        self.drawn.append(chat)


async def test_a_long_report_is_drawn_again_but_not_at_every_row() -> None:
    units, loop = Units(), asyncio.get_running_loop()
    under_way._reached[CHAT] = 0
    shown = UnderWay(units, CHAT)  # type: ignore[arg-type]
    shown._shown_at = loop.time() - PACE
    report = shown.part(0, 50)
    for done in (10, 20, 20, 60):
        await asyncio.to_thread(report, done, 100)
    await asyncio.sleep(0)
    assert (units.drawn, under_way._reached[CHAT]) == ([CHAT], 30)
    del under_way._reached[CHAT]
    await asyncio.to_thread(shown.part(50, 100), 1, 1)
    await asyncio.sleep(0)
    assert (units.drawn, under_way._reached) == ([CHAT], {})


def test_the_card_says_how_far_a_report_is_and_goes_when_it_is_done(tx: Connection, shipped: Desk) -> None:
    unit = work(tx, at("2026-11-27 09:15"), shipped)
    under_way.begin(unit, CHAT)
    assert "%" not in under_way.card(unit, "", CHAT).text
    under_way._reached[CHAT] = 30
    assert "30 %" in under_way.card(unit, "", CHAT).text
    under_way.end(unit, CHAT)
    assert [row.kind for row in outgoing(tx, CHAT)][-1] == "hide"


def test_nothing_is_drawn_again_when_the_report_has_ended_meanwhile(tx: Connection, shipped: Desk) -> None:
    unit = work(tx, at("2026-11-27 09:15"), shipped)
    under_way._redraw(unit, CHAT)
    assert outgoing(tx, CHAT) == []
