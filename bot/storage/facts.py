"""Small facts that outlive the process: whose database this is, when the last tick was."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage.schema import facts
from bot.storage.upsert import insert


def claim(tx: Connection, key: str, value: str) -> str:
    """Write `key` if nobody has yet; returns what stands there now."""
    tx.execute(insert(tx, facts).values(key=key, value=value).on_conflict_do_nothing())
    return tx.scalar(select(facts.c.value).where(facts.c.key == key)) or value
