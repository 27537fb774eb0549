"""Telegram delivers an album message by message; it is copied as one, however slowly its messages are handled."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.storage.db import Database
from bot.storage.schema import outbox as table
from bot.telegram import inbox, outbox
from bot.telegram.backlog import Backlog, Closed
from tests.units import as_unit, work

ANNA, ALBUM = 1001, "13000000001"


def part(number: int, album: str = ALBUM) -> dict[str, object]:
    chat = {"id": ANNA, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "chat": chat, "media_group_id": album}}


def put(tx: Connection, number: int, not_before: int) -> None:
    source = {"from_chat_id": ANNA, "message_id": number}
    outbox.gather(work(tx, 0), "team:a", "album:1", source, not_before=not_before)


def waiting(tx: Connection) -> list[tuple[list[int], int]]:
    found = tx.execute(select(table.c.params, table.c.not_before).order_by(table.c.id))
    return [(row.params["message_ids"], row.not_before) for row in found]


async def test_what_still_waits_to_be_handled_is_known_to_be_part_of_the_album(db: Database) -> None:
    await db.run(as_unit(inbox.store, 0), [part(1), part(2), part(3, "13000000002")])
    assert await db.read(inbox.holds_album, ANNA, ALBUM)
    assert not await db.read(inbox.holds_album, ANNA + 1, ALBUM)
    await db.run(inbox.finish, 1)
    assert await db.read(inbox.holds_album, ANNA, ALBUM)
    await db.run(inbox.finish, 2)
    assert not await db.read(inbox.holds_album, ANNA, ALBUM)


@pytest.mark.parametrize("last", [2, 90])
async def test_the_whole_album_waits_for_as_long_as_its_latest_message_says(db: Database, last: int) -> None:
    await db.run(put, 1, 60)
    await db.run(put, 2, last)
    assert await db.read(waiting) == [([1, 2], last)]


async def test_what_comes_after_the_rest_was_sent_goes_by_itself(db: Database) -> None:
    await db.run(put, 1, 0)
    assert (await db.run(as_unit(Backlog().lease, 0), (), Closed(), 10))[0]
    await db.run(put, 2, 0)
    assert await db.read(waiting) == [([1], 0), ([2], 0)]
