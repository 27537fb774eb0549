"""A request that needs a manager's yes: what its writer reads follows what really reached the manager."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.storage.schema import people
from tests.desk import ANNA, BORIS, Desk, said


def boris_is_annas_manager(tx: Connection) -> None:
    boss = tx.scalar(select(people.c.staff_id).where(people.c.telegram_id == BORIS))
    tx.execute(update(people).where(people.c.telegram_id == ANNA).values(manager=boss))


async def test_a_manager_who_never_opened_the_bot_was_not_asked_and_reads_the_request_with_his_first_word(
    desk: Desk,
) -> None:
    await desk.db.run(boris_is_annas_manager)
    await desk.sim("people", {"id": BORIS, "first_name": "Борис", "last_name": "Петров", "started": False})
    await desk.write(ANNA, "нужен новый монитор")
    await desk.press(ANNA, "Начать")
    await desk.press(ANNA, "Позвать человека")
    card = said(await desk.find(ANNA, "Заявка 1"))
    assert "Спросили" not in card
    assert "Борис Петров" in card
    await desk.write(BORIS, "/start")
    assert any("Анна" in said(message) and "монитор" in said(message) for message in await desk.reads(BORIS))
    await desk.press(BORIS, "Согласовать")
    assert "согласования" not in said(await desk.find(ANNA, "Заявка 1"))
