"""Small facts that outlive the process: whose database this is, when the last tick was."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage.schema import facts
from bot.storage.upsert import insert


def hold(tx: Connection, key: str) -> str:
    """What stands at `key`, its row locked until the unit ends; an empty text when nothing does."""
    tx.execute(insert(tx, facts).values(key=key, value="").on_conflict_do_nothing())
    return tx.scalar(select(facts.c.value).where(facts.c.key == key).with_for_update()) or ""


def get(tx: Connection, key: str) -> str | None:
    """What stands at `key`."""
    return tx.scalar(select(facts.c.value).where(facts.c.key == key))


def put(tx: Connection, key: str, value: str) -> None:
    """Write `key`, whatever stood there."""
    row = insert(tx, facts).values(key=key, value=value)
    tx.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def claim(tx: Connection, key: str, value: str) -> str:
    """Write `key` if nobody has yet; returns what stands there now."""
    tx.execute(insert(tx, facts).values(key=key, value=value).on_conflict_do_nothing())
    return tx.scalar(select(facts.c.value).where(facts.c.key == key)) or value
