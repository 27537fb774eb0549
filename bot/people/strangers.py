"""Accounts nobody knows: they leave a counter and get one polite refusal an hour (T1)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage.schema import strangers
from bot.storage.upsert import insert

QUIET = 3600  # seconds between two refusals


def seen(tx: Connection, telegram_id: int, now: int) -> bool:
    """Count one more contact; True when it is time to answer (again)."""
    answered = tx.scalar(select(strangers.c.answered_at).where(strangers.c.telegram_id == telegram_id))
    answer = answered is None or now - answered >= QUIET
    row = insert(tx, strangers).values(telegram_id=telegram_id, seen=1, answered_at=now)
    values = {"seen": strangers.c.seen + 1} | ({"answered_at": now} if answer else {})
    tx.execute(row.on_conflict_do_update(index_elements=["telegram_id"], set_=values))
    return answer
