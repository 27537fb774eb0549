"""More new tickets than a group's message limit: the team sees all of them within seconds, urgent ones first."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.people import directory
from bot.sla.policy import Desk as Policy
from bot.telegram.limits import Limit, Limits
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests.desk import ANNA, BORIS, HELPDESK, ROOT, Desk, SandboxProcess, house, open_desk, said
from tests.units import work


@pytest.fixture
async def desk(sandbox: SandboxProcess, tmp_path: Path) -> AsyncIterator[Desk]:
    """Groups have Telegram's limits; two people act for hundreds, so they have none."""
    url, no_limit = f"sqlite+aiosqlite:///{tmp_path / 'rush.db'}", Limit(10_000, 1.0)
    limits = Limits(overall=no_limit, private=no_limit, burst=10_000)
    async with open_desk(sandbox.root, url, ROOT, limits) as opened:
        await opened.sim("flood", {"overall_per_second": 0, "private_per_second": 0})
        yield opened


def open_tickets(tx: Connection, desk: Policy, people: Sequence[int], now: int, **draft: str) -> list[int]:
    return [
        actions.open_ticket(
            work(tx, now, desk),
            directory.known(tx, one),
            Draft("printing", "helpdesk", "Не печатает", **draft),
        ).id
        for one in people
    ]


async def come_in(desk: Desk, people: Sequence[int], **draft: str) -> list[int]:
    now = int((await desk.look("clock"))["now"])
    return await desk.db.run(open_tickets, house().desk, people, now, **draft)


async def told_of(desk: Desk) -> set[int]:
    """The ticket numbers in the team's chat, on cards and in the list."""
    words = "\n".join(said(one) for one in await desk.reads(HELPDESK) if one["from"]["is_bot"])
    return {int(number) for number in re.findall(r"\d+", words)}


async def test_of_300_tickets_in_a_minute_each_is_seen_within_fifteen_seconds(desk: Desk) -> None:
    numbers = []
    for _ in range(12):
        numbers += await come_in(desk, [ANNA, BORIS] * 12 + [ANNA])
        await desk.fast_forward(5)
        assert set(numbers[: -3 * 25]) <= await told_of(desk), "opened fifteen seconds ago or earlier"
    await desk.fast_forward(10)
    assert set(numbers) <= await told_of(desk)
    refused = [call for call in await desk.look("calls?limit=20000") if call["status"] == 429]
    assert refused == []
    listed = await desk.find(HELPDESK, "места в этом чате")
    assert "🟡 Печать ·" in said(listed)


async def test_an_urgent_ticket_overtakes_a_rush_and_the_list_goes_when_all_are_there(desk: Desk) -> None:
    await come_in(desk, [ANNA, BORIS] * 15)
    (urgent,) = await come_in(desk, [ANNA], impact="company", urgency="blocked")
    await desk.fast_forward(70)
    there = [said(one).split("\n")[0] for one in await desk.reads(HELPDESK)]
    assert any(line.startswith(f"🔴 {urgent} ") for line in there), there
    assert any("ждут места" in line or "ждёт места" in line for line in there)
    await desk.fast_forward(600)
    there = [said(one).split("\n")[0] for one in await desk.reads(HELPDESK)]
    assert not any("места в этом чате" in line for line in there), there


async def test_five_tickets_at_once_need_no_list(desk: Desk) -> None:
    await come_in(desk, [ANNA, BORIS, ANNA, BORIS, ANNA])
    await desk.fast_forward(120)
    assert not any("места в этом чате" in said(one) for one in await desk.reads(HELPDESK))
