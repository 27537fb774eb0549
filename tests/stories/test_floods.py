"""A person writes or requests far too much: they get one warning, and others are not affected (T1, T19)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.storage.schema import outbox, people, strangers, tickets
from tests.desk import ANNA, BORIS, ROOT, STRANGER, UNLIMITED, Desk, SandboxProcess, open_desk, said

PER_MINUTE, OPEN = 30, 5


@pytest.fixture
async def desk(sandbox: SandboxProcess, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with low quotas and without Telegram's limits, so that a flood need not be waited for."""
    for shipped in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / shipped).symlink_to(ROOT / shipped)
    quotas = f"quotas: {{messages_per_minute: {PER_MINUTE}, open_tickets: {OPEN}, tickets_per_day: 20}}"
    text = re.sub(r"^quotas: .*$", quotas, (ROOT / "desk.yaml").read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / "desk.yaml").write_text(text, "utf-8")
    async with open_desk(sandbox.root, database_url, tmp_path, UNLIMITED) as opened:
        nothing = {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0}
        await opened.sim("flood", nothing)
        yield opened


async def everything_at_once(desk: Desk, person: int, count: int) -> None:
    await asyncio.gather(*(desk.sim("send", {"from": person, "text": f"слово {n}"}) for n in range(count)))


async def test_a_flood_is_told_once_and_others_are_answered_meanwhile(desk: Desk) -> None:
    await everything_at_once(desk, ANNA, 150)
    await desk.write(BORIS, "/start")
    assert (await desk.last(BORIS))["from"]["is_bot"]
    await desk.fast_forward(200)
    warnings = [one for one in await desk.reads(ANNA) if "Слишком много сообщений" in said(one)]
    assert len(warnings) == 1
    before = len(await desk.reads(ANNA))
    await desk.write(ANNA, "/my")
    assert len(await desk.reads(ANNA)) > before + 1


async def test_a_sixth_open_ticket_is_refused_with_the_way_out(desk: Desk) -> None:
    for number in range(6):
        await desk.write(ANNA, "/start")
        await desk.press(ANNA, "🖨 Принтер")
        await desk.press(ANNA, "Не печатает")
        answer = await desk.press(ANNA, "Позвать человека")
        assert ("5" in (answer["text"] or "")) == (number == 5), answer
        await desk.fast_forward(60)
    assert await desk.db.read(lambda tx: tx.scalar(select(func.count()).select_from(tickets))) == 5


async def test_a_stranger_who_writes_hundreds_of_times_is_answered_once_and_leaves_a_counter(
    desk: Desk,
) -> None:
    before = await desk.db.read(_rows)
    await everything_at_once(desk, STRANGER, 250)
    await desk.settle()
    assert len([one for one in await desk.reads(STRANGER) if one["from"]["is_bot"]]) == 1
    assert await desk.db.read(_rows) == (before[0], before[1] + 1, 1)
    assert await desk.db.read(lambda tx: tx.scalar(select(strangers.c.seen))) == 250


def _rows(tx: Connection) -> tuple[int, ...]:
    counts = (select(func.count()).select_from(table) for table in (people, outbox, strangers))
    return tuple(tx.scalar(count) or 0 for count in counts)
