"""Accounts outside the directory: they are counted and get one refusal an hour (T1)."""

from __future__ import annotations

from sqlalchemy import select

from bot.storage.schema import strangers
from bot.storage.unit import Unit
from bot.storage.upsert import insert

QUIET = 3600  # seconds between two refusals


def seen(unit: Unit[object], telegram_id: int) -> bool:
    """Count a contact; True when the refusal is due (again)."""
    answered = unit.tx.scalar(select(strangers.c.answered_at).where(strangers.c.telegram_id == telegram_id))
    answer = answered is None or unit.now - answered >= QUIET
    row = insert(unit.tx, strangers).values(telegram_id=telegram_id, seen=1, answered_at=unit.now)
    values = {"seen": strangers.c.seen + 1} | ({"answered_at": unit.now} if answer else {})
    unit.tx.execute(row.on_conflict_do_update(index_elements=["telegram_id"], set_=values))
    return answer
