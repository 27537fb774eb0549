"""Tests that are a unit of work themselves: one that takes `tx` gets a transaction with a company in it, undone afterwards.

Nothing of it is ever committed, so all of them share one PostgreSQL database: making and dropping one takes longer than most of
them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from tests.conftest import postgres_or_skip
from tests.databases import drop_postgres, fresh_postgres

SHIPPED = Path(__file__).parents[1] / "desk.yaml"


@pytest.fixture(scope="session")
def shipped() -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.read_text("utf-8"))
    assert complaints == []
    assert found is not None
    return found


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[str]:
    """An empty database that stays empty: nobody commits anything to it."""
    name = f"firstline_undone_{os.getpid()}"
    yield asyncio.run(fresh_postgres(name))
    asyncio.run(drop_postgres(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def tx(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database's address; `undone` turns it into the transaction that the test gets."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
    postgres_or_skip()
    url: str = request.getfixturevalue("shared_postgres")
    return url


def undone(pyfuncitem: pytest.Function, company: Callable[[Connection], None]) -> bool | None:
    """Run a test that takes `tx` as a verb is run: a plain function inside one transaction, undone afterwards."""
    if "tx" not in pyfuncitem.fixturenames:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(_in_transaction(wanted.pop("tx"), company, lambda tx: pyfuncitem.obj(tx=tx, **wanted)))
    return True


async def _in_transaction(
    url: str, company: Callable[[Connection], None], test: Callable[[Connection], object]
) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(company)
            await connection.run_sync(test)
            await connection.rollback()
    finally:
        await engine.dispose()
