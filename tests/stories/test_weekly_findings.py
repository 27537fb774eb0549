"""What keeps coming back: a card on Monday, one tap decides it, and weeks later the same card says what that brought."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.desk import (
    ANNA,
    BORIS,
    HELPDESK,
    MARINA,
    NINA,
    OLEG,
    ROOT,
    SUPERVISORS,
    SVETA,
    Desk,
    SandboxProcess,
    buttons,
    open_desk,
    said,
)

MINUTE, HOUR, DAY = 60, 3600, 86_400
WORDS = "Шуршит и поскрипывает полка"
GAP = "Нет сценария для таких слов, заявок 5"


@pytest_asyncio.fixture
async def monday(sandbox: SandboxProcess, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose findings come on Mondays at 11:30, an hour and a half after the story begins."""
    usual = 'morning: "09:15", monday: "09:30"'
    text = (ROOT / "desk.yaml").read_text("utf-8")
    assert usual in text
    (tmp_path / "desk.yaml").write_text(text.replace(usual, 'monday: "11:30"'), "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'week.db'}", tmp_path) as desk:
        for number, person in enumerate((ANNA, BORIS, SVETA, NINA, ANNA), 1):
            await _reported_and_solved(desk, person, number)
        assert await _cards(desk) == []
        await desk.fast_forward(HOUR)
        yield desk


async def _reported_and_solved(desk: Desk, person: int, number: int) -> None:
    await desk.write(person, WORDS)
    await desk.press(person, "Передать инженеру")
    topic = await desk.topic(HELPDESK, number)
    await desk.press(OLEG, "Взять", HELPDESK, topic)
    await desk.write(OLEG, "/done подкрутил", chat=HELPDESK, thread=topic)
    await desk.press(person, "Да, спасибо")
    await desk.fast_forward(10 * MINUTE)


async def _days(desk: Desk, many: int) -> None:
    for _ in range(many):
        await desk.fast_forward(DAY)


async def _cards(desk: Desk) -> list[dict[str, Any]]:
    return [message for message in await desk.reads(SUPERVISORS) if GAP in said(message)]


async def test_a_gap_becomes_a_draft_with_one_tap_and_weeks_later_it_is_said_what_that_brought(
    monday: Desk,
) -> None:
    (card,) = await _cards(monday)
    assert f"«{WORDS}»" in said(card)
    assert buttons(card)[:2] == ["Завести проблему", "Черновик сценария"]
    await monday.press(MARINA, "Черновик сценария", SUPERVISORS)
    (card,) = await _cards(monday)
    assert buttons(card) == []
    assert "Черновик сценария берёт Марина" in said(card)
    (draft,) = [message for message in await monday.reads(SUPERVISORS) if message.get("document")]
    assert draft["document"]["file_name"].endswith(".txt")
    assert "Черновик сценария из слов людей" in draft["caption"]
    await _days(monday, 28)
    assert not any("Четыре недели спустя" in said(one) for one in await _cards(monday))
    await _days(monday, 7)
    (judged,) = [one for one in await _cards(monday) if "Четыре недели спустя" in said(one)]
    assert "было 5, стало 0" in said(judged)


async def test_a_rejected_finding_says_why_and_does_not_come_back_on_the_next_monday(monday: Desk) -> None:
    await monday.press(MARINA, "Не надо: мелочь", SUPERVISORS)
    (card,) = await _cards(monday)
    assert "Не берём, решает Марина" in said(card)
    assert "не стоит усилий" in said(card)
    assert buttons(card) == []
    await _days(monday, 7)
    (only,) = await _cards(monday)
    assert only["message_id"] == card["message_id"]
