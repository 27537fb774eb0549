"""Tests that are a unit of work themselves: one that takes `tx` gets a transaction with a company in it, undone afterwards.

Nothing of it is ever committed, so all of them share one database: making its tables takes longer than most of them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import metadata, people
from bot.telegram import chats
from tests.conftest import postgres_or_skip
from tests.databases import drop_postgres, fresh_postgres

SHARED = {"sqlite": "shared_sqlite", "postgresql": "shared_postgres"}
SHIPPED = Path(__file__).parents[1] / "desk.yaml"


@pytest.fixture(scope="session")
def shipped() -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.read_text("utf-8"))
    assert complaints == []
    assert found is not None
    return found


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that has its tables, and nothing in them: nobody commits anything to it."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('undone') / 'firstline.db'}"
    asyncio.run(_make_tables(url))
    return url


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[str]:
    """The same on PostgreSQL."""
    name = f"firstline_undone_{os.getpid()}"
    url = asyncio.run(fresh_postgres(name))
    asyncio.run(_make_tables(url))
    yield url
    asyncio.run(drop_postgres(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def tx(request: pytest.FixtureRequest) -> str:
    """The database's address; `undone` turns it into the transaction that the test gets."""
    if request.param == "postgresql":
        postgres_or_skip()
    url: str = request.getfixturevalue(SHARED[request.param])
    return url


def undone(
    pyfuncitem: pytest.Function, cast: Mapping[str, Sequence[str]], places: Sequence[str]
) -> bool | None:
    """Run a test that takes `tx` as a verb is run: a plain function inside one transaction, undone afterwards.

    In it are the people of `cast`, each with roles, and these chats.
    """
    if "tx" not in pyfuncitem.fixturenames:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    def test(tx: Connection) -> None:
        company(tx, cast, places)
        pyfuncitem.obj(tx=tx, **wanted)

    asyncio.run(_in_transaction(wanted.pop("tx"), test))
    return True


def company(tx: Connection, cast: Mapping[str, Sequence[str]], places: Sequence[str]) -> None:
    if tx.dialect.name == "postgresql":  # what is undone there still used up the numbers that it took
        tx.exec_driver_sql("SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences")
    for number, (name, roles) in enumerate(cast.items(), start=1):
        row = {"id": number, "staff_id": f"S-{number}", "name": name, "username": name.lower()}
        more = {"telegram_id": 1000 + number, "roles": roles, "profile": {}, "department": "IT"}
        tx.execute(insert(people).values(**row, **more))
    for place, chat in enumerate(places, start=1):
        chats.bind(tx, chat, -1000 - place, is_forum=chat.startswith("team:"), now=0)


async def _in_transaction(url: str, test: Callable[[Connection], None]) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(test)
            await connection.rollback()
    finally:
        await engine.dispose()


async def _make_tables(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
