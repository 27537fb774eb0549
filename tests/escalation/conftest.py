"""A company in an empty database: Anna asks, Oleg and Sveta (who leads) work, Marina watches, Igor administers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, insert

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import metadata, people
from bot.telegram import chats
from tests.escalation.company import CAST, CHATS

SHIPPED = Path(__file__).parents[2] / "desk.yaml"


@pytest.fixture(scope="session")
def shipped() -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.read_text("utf-8"))
    assert complaints == []
    assert found is not None
    return found


@pytest.fixture
def tx() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        for number, (name, roles) in enumerate(CAST.items(), start=1):
            row = {"id": number, "staff_id": f"S-{number}", "name": name, "username": name.lower()}
            more = {"telegram_id": 1000 + number, "roles": roles, "profile": {}, "department": "IT"}
            connection.execute(insert(people).values(**row, **more))
        for place, chat in enumerate(CHATS, start=1):
            chats.bind(connection, chat, -1000 - place, is_forum=chat.startswith("team:"), now=0)
        yield connection
    engine.dispose()
