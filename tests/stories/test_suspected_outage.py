"""Several people report the same: the supervisors read so, one of them declares it from the card, all hear of it."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection

from bot.problems.detection import ledger
from bot.problems.detection.usual import HOUR, WEEK
from bot.storage import kv
from tests.cast import MONDAY
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
from tests.tickets.company import at

WORDS = "Шуршит и поскрипывает полка"


def five_weeks(tx: Connection) -> None:
    """What the desk has counted: a few reports in every hour, none of them in these words."""
    hour = at(MONDAY[:16].replace("T", " ")) // HOUR
    counted = ledger.SignalCounts(hour - 5 * WEEK, hour, [20] * WEEK, all=5 * WEEK * 4)
    kv.put(tx, kv.COUNTED, json.dumps({name: getattr(counted, name) for name in counted.__slots__}))


async def test_what_many_report_is_suspected_declared_from_the_card_and_heard_of(desk: Desk) -> None:
    await desk.db.run(five_weeks)
    for person in (ANNA, BORIS, OLEG, SVETA, NINA):
        await desk.write(person, WORDS)
        await desk.press(person, "Передать инженеру")
    suspected = await desk.find(SUPERVISORS, "Похоже на массовый сбой")
    assert "5 человек за 1 мин, обычно меньше 0,1" in said(suspected)
    assert "Анна Иванова" in said(suspected)
    assert buttons(suspected) == ["Объявить", "Не массовый"]
    await desk.press(MARINA, "Объявить", SUPERVISORS)
    draft = await desk.find(SUPERVISORS, "Черновик сбоя 1 · ")
    assert WORDS in said(draft)
    assert buttons(draft) == ["Объявить", "Другие слова", "Обходной путь", "Не объявлять"]
    await desk.press(MARINA, "Другие слова", SUPERVISORS)
    asked = await desk.find(SUPERVISORS, "Что сказать людям")
    await desk.write(
        MARINA, "Картриджи из новой партии горят", chat=SUPERVISORS, reply_to=asked["message_id"]
    )
    assert buttons(await desk.find(SUPERVISORS, "Похоже на массовый")) == []
    await desk.press(MARINA, "Объявить", SUPERVISORS)
    assert await desk.reads(MARINA) == []  # she never wrote to the bot
    for person in (ANNA, BORIS, OLEG):
        told = [m for m in await desk.reads(person) if "Новости о сбое" in said(m)]
        assert len(told) == 1
        assert "Картриджи из новой партии горят" in said(told[0])
    assert "Часть сбоя 1" in said(await desk.find(HELPDESK, "Часть сбоя 1"))
    assert "Объявлен сбой 1." in said(await desk.find(SUPERVISORS, "Похоже на массовый"))


async def test_the_bot_declares_by_itself_what_the_desk_file_lets_it_and_all_hear_of_it(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    text = (ROOT / "desk.yaml").read_text("utf-8")
    plain = '  other: {title: {ru: "Другое", en: "Other"}, '
    assert plain in text
    (tmp_path / "desk.yaml").write_text(text.replace(plain, f"{plain}declared_by: bot, "), "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", tmp_path) as desk:
        await desk.db.run(five_weeks)
        for person in (ANNA, BORIS, OLEG, SVETA, NINA):
            await desk.write(person, WORDS)
            await desk.press(person, "Передать инженеру")
        declared = await desk.find(SUPERVISORS, "бот, как сказано в desk.yaml")
        assert WORDS in said(declared)
        assert "Объявлен сбой 1." in said(await desk.find(SUPERVISORS, "Похоже на массовый"))
        for person in (ANNA, BORIS, OLEG):
            assert len([m for m in await desk.reads(person) if "Новости о сбое" in said(m)]) == 1
