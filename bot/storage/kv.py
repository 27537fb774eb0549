"""Small values that survive the process: the bot's id, the last tick."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from bot.storage.schema import facts
from bot.storage.upsert import insert

COUNTED = "burst_counts"
"""What is counted of all signs of trouble, with the numbers of people who send for others (bot/problems/detection)."""
_GET = select(facts.c.value).where(facts.c.key == bindparam("of_key"))  # built once: it runs at every ticket


def hold(tx: Connection, key: str) -> str:
    """The value of `key`, its row locked until the unit ends; "" when there is none."""
    tx.execute(insert(tx, facts).values(key=key, value="").on_conflict_do_nothing())
    return tx.scalar(select(facts.c.value).where(facts.c.key == key).with_for_update()) or ""


def get(tx: Connection, key: str) -> str | None:
    return tx.scalar(_GET, {"of_key": key})


def put(tx: Connection, key: str, value: str) -> None:
    """Write `key`, replacing any value."""
    row = insert(tx, facts).values(key=key, value=value)
    tx.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def claim(tx: Connection, key: str, value: str) -> str:
    """Write `key` if it has no value; returns its value."""
    tx.execute(insert(tx, facts).values(key=key, value=value).on_conflict_do_nothing())
    return tx.scalar(select(facts.c.value).where(facts.c.key == key)) or value
