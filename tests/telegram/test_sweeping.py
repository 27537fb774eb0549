"""Old rows go, dead letters and young rows stay."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from bot.storage.db import open_database
from bot.storage.schema import inbox, outbox
from bot.telegram.sweeping import HANDLED, SAID, sweep
from tests.units import as_unit

NOW = 1_800_000_000


def fill(tx: Connection) -> None:
    for number, (state, age) in enumerate([("done", HANDLED + 1), ("done", 60), ("dead", HANDLED + 1)]):
        row = {"update_id": number, "lane": 1, "received_at": NOW - age, "payload": "", "state": state}
        tx.execute(insert(inbox).values(row))
    for state, age in [("sent", SAID + 1), ("sent", 60), ("dead", SAID + 1)]:
        row = {"chat": "admins", "kind": "call", "state": state, "created_at": 0, "done_at": NOW - age}
        tx.execute(insert(outbox).values(row))


def left(tx: Connection) -> tuple[list[str], list[str]]:
    return list(tx.scalars(select(inbox.c.state).order_by(inbox.c.update_id))), list(
        tx.scalars(select(outbox.c.state).order_by(outbox.c.id))
    )


async def test_what_was_handled_long_ago_goes_and_dead_letters_stay(database_url: str) -> None:
    db = open_database(database_url)
    await db.run(fill)
    assert await db.run(as_unit(sweep, NOW)) == 2
    assert await db.run(as_unit(sweep, NOW)) == 0
    assert await db.read(left) == (["done", "dead"], ["sent", "dead"])
    await db.close()
