"""A company in an empty database, on both databases: a test that takes `tx` is itself the unit of work."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import metadata, people
from bot.telegram import chats
from tests.tickets.company import CAST, CHATS

SHIPPED = Path(__file__).parents[2] / "desk.yaml"


@pytest.fixture(scope="session")
def shipped() -> Desk:
    found, _ = load_desk("desk.yaml", SHIPPED.read_text("utf-8"))
    assert found is not None
    return found


@pytest.fixture
def tx(database_url: str) -> str:
    """The database's address; the hook below turns it into the transaction that the test gets."""
    return database_url


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that takes `tx` as a verb is run: a plain function inside one transaction, undone afterwards."""
    if "tx" not in pyfuncitem.fixturenames:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(_in_transaction(wanted.pop("tx"), lambda tx: pyfuncitem.obj(tx=tx, **wanted)))
    return True


async def _in_transaction(url: str, test: object) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(company)
            await connection.run_sync(test)  # type: ignore[arg-type]  # a test, whatever it returns
            await connection.rollback()
    finally:
        await engine.dispose()


def company(tx: Connection) -> None:
    """Everybody of the cast, every chat."""
    metadata.create_all(tx)
    for number, (name, roles) in enumerate(CAST.items(), start=1):
        row = {"id": number, "staff_id": f"S-{number}", "name": name, "username": name.lower()}
        more = {"telegram_id": 1000 + number, "roles": roles, "profile": {}, "department": "IT"}
        tx.execute(insert(people).values(**row, **more))
    for place, chat in enumerate(CHATS, start=1):
        chats.bind(tx, chat, -1000 - place, is_forum=chat.startswith("team:"), now=0)
