"""A company in an empty database, on both databases: a test that takes `tx` is itself the unit of work."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert

from bot.storage.schema import metadata, people
from bot.telegram import chats
from tests.tickets.company import CAST, CHATS
from tests.undone import shared_postgres, shipped, tx, undone

__all__ = ["shared_postgres", "shipped", "tx"]


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    return undone(pyfuncitem, company)


def company(tx: Connection) -> None:
    """Everybody of the cast, every chat."""
    metadata.create_all(tx)
    for number, (name, roles) in enumerate(CAST.items(), start=1):
        row = {"id": number, "staff_id": f"S-{number}", "name": name, "username": name.lower()}
        more = {"telegram_id": 1000 + number, "roles": roles, "profile": {}, "department": "IT"}
        tx.execute(insert(people).values(**row, **more))
    for place, chat in enumerate(CHATS, start=1):
        chats.bind(tx, chat, -1000 - place, is_forum=chat.startswith("team:"), now=0)
