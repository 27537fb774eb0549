"""Figures in the chat, over HTTP: pictures and sheets on request, letters in the morning."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, update

from bot.storage.schema import history, runs, tickets
from tests.desk import ANNA, HELPDESK, MARINA, OLEG, ROOT, SUPERVISORS, Desk, SandboxProcess, open_desk, said

HOUR, DAY = 3600, 86_400
MONDAY = 1_795_417_200  # 23 November 2026, 10:00 in Moscow


async def solved(desk: Desk) -> None:
    await desk.write(OLEG, "/ticket @anna принтер молчит")
    topic = await desk.topic(HELPDESK, 1)
    await desk.press(OLEG, "Взять", HELPDESK, topic)
    await desk.fast_forward(HOUR)
    await desk.write(OLEG, "/done заменил ролик", chat=HELPDESK, thread=topic)


async def test_a_supervisor_gets_pictures_with_numbers_and_a_sheet(desk: Desk) -> None:
    await solved(desk)
    await desk.write(MARINA, "/report 30 dark")
    pictures = [message for message in await desk.reads(MARINA) if message.get("photo")]
    words = [message.get("caption", "") for message in pictures]
    assert any("Вовремя 1/1" in one for one in words)
    assert any("Первая линия: в работе" in one for one in words)
    assert any("RUB" in one for one in words)
    assert not any("Считаю" in said(message) for message in await desk.reads(MARINA))
    await desk.write(MARINA, "/report xlsx")
    sheet = (await desk.last(MARINA))["document"]
    assert sheet["file_name"].endswith(".xlsx")
    await desk.write(MARINA, "/report вчера")
    assert "/report 30 dark" in said(await desk.last(MARINA))
    await desk.write(ANNA, "/report")
    assert not any(message.get("photo") for message in await desk.reads(ANNA))


def _history(tx: Connection) -> None:
    """Forty tickets of two weeks, each an hour in hands."""
    for number in range(1001, 1041):
        day = MONDAY - 14 * DAY + number % 5 * DAY
        at = day + number % 6 * HOUR
        facts = {"requester": 1, "type": "incident", "category": "printing", "summary": "", "transcript": []}
        facts |= {"tried": [], "impact": "one", "urgency": "degraded", "priority": "P3", "team": "helpdesk"}
        facts |= {"opened_at": at, "resolved_at": at + 2 * HOUR, "closed_at": at + 3 * HOUR}
        tx.execute(insert(tickets).values(id=number, state="closed", owner_team="helpdesk", **facts))
        acts = ((at + HOUR // 2, "claim"), (at + 3 * HOUR // 2, "resolve"))
        rows = [
            {"ticket": number, "at": when, "actor": "person:2", "action": act, "data": {}}
            for when, act in acts
        ]
        tx.execute(insert(history), rows)


async def test_a_supervisor_reads_what_each_speed_costs(desk: Desk) -> None:
    await desk.write(MARINA, "/plan helpdesk 4h")
    assert "меньше 30 заявок" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/plan поскорее")
    assert "/plan helpdesk 4h 95%" in said(await desk.last(MARINA))
    await desk.db.run(_history)
    await desk.write(MARINA, "/plan helpdesk 4h 80%")
    picture = await desk.last(MARINA)
    assert picture.get("photo")
    assert "инженеров" in picture["caption"]


async def test_a_supervisor_accepts_the_advice_that_saves_most(desk: Desk) -> None:
    await desk.write(MARINA, "/advice")
    assert "Ничего не выделяется" in said(await desk.last(MARINA))
    await desk.db.run(_history)
    await desk.db.run(_sessions)
    await desk.write(MARINA, "/advice")
    assert "topic/old_topic" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/advice take topic/old_topic")
    assert "Взято: topic/old_topic" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/advice")
    assert "Судить можно через 14 дней" in said(await desk.last(MARINA))


def _sessions(tx: Connection) -> None:
    """Twenty sessions that helped; the forty tickets are of a topic that no scenario is for."""
    rest = {
        "version": "v",
        "seq": 1,
        "step": "s",
        "awaits": "nothing",
        "language": "ru",
        "state": "",
        "view": "",
    }
    for number in range(3001, 3021):
        at = MONDAY - 10 * DAY
        facts = {
            "id": number,
            "person": 2,
            "scenario": "vpn",
            "status": "solved",
            "started_at": at,
            "updated_at": at,
        }
        tx.execute(insert(runs).values(**facts, **rest))
    tx.execute(update(tickets).where(tickets.c.id > 1000).values(category="old_topic"))


async def test_supervisors_read_in_the_morning_what_is_due(
    sandbox: SandboxProcess, database_url: str, tmp_path: Path
) -> None:
    for name in ("desk.yaml", "scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, database_url, tmp_path) as desk:
        await desk.write(OLEG, "/ticket @anna принтер молчит")
        await desk.fast_forward(24 * HOUR)
        letter = await desk.find(SUPERVISORS, "Доброе утро")
        assert "Никто не взял: 1 (1)" in said(letter)
        assert any(message.get("photo") for message in await desk.reads(SUPERVISORS))


async def test_what_keeps_coming_back_is_found_on_monday_and_made_a_problem_with_one_tap(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    text = (ROOT / "desk.yaml").read_text("utf-8")
    (tmp_path / "desk.yaml").write_text(
        text.replace('morning: "09:15", monday: "09:30"', 'monday: "10:30"'), "utf-8"
    )
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'week.db'}", tmp_path) as desk:
        for words in ("принтер молчит", "мышь пропала", "нет звука"):
            await desk.write(OLEG, f"/ticket @anna {words}")
        await desk.fast_forward(31 * 60)
        found = await desk.find(SUPERVISORS, "Анна Иванова: 3 обращений")
        assert "Заявки: 1, 2, 3" in said(found)
        await desk.press(MARINA, "Завести проблему", SUPERVISORS)
        problem = await desk.find(SUPERVISORS, "Проблема 1")
        assert "Заявки (3)" in said(problem)
        assert "Проблему 1 заводит Марина Лебедева" in said(await desk.find(SUPERVISORS, "3 обращений"))
