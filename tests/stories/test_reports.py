"""Figures in the chat, over HTTP: pictures and sheets on request, letters in the morning."""

from __future__ import annotations

from pathlib import Path

from tests.desk import ANNA, HELPDESK, MARINA, OLEG, ROOT, SUPERVISORS, Desk, SandboxProcess, open_desk, said

HOUR = 3600


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


async def test_supervisors_read_in_the_morning_what_is_due(
    sandbox: SandboxProcess, database_url: str, tmp_path: Path
) -> None:
    text = (ROOT / "desk.yaml").read_text("utf-8")
    times = 'reports: {morning: "09:15", monday: "09:30"}\nola:'
    (tmp_path / "desk.yaml").write_text(text.replace("ola:", times, 1), "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, database_url, tmp_path) as desk:
        await desk.write(OLEG, "/ticket @anna принтер молчит")
        await desk.fast_forward(24 * HOUR)
        letter = await desk.find(SUPERVISORS, "Доброе утро")
        assert "Никто не взял: 1 (1)" in said(letter)
        assert any(message.get("photo") for message in await desk.reads(SUPERVISORS))
