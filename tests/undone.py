"""Tests that are a unit of work themselves: one with a parameter `tx` gets a transaction with a company, rolled back
afterwards.

Nothing is ever committed, so all of them share one database, one connection, and one company: creating these takes
longer than most tests.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import people
from bot.telegram import chats
from tests.databases import drop_postgres, emptied_postgres, in_memory, postgres_or_skip
from tests.units import work

Test = Callable[[Connection], None]
Cast, Places = Mapping[str, Sequence[str]], Sequence[str]
SHARED = {"sqlite": "shared_sqlite", "postgresql": "shared_postgres"}
SHIPPED = Path(__file__).parents[1] / "desk.yaml"


@pytest.fixture(scope="session")
def shipped() -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.read_text("utf-8"))
    assert complaints == []
    assert found is not None
    return found


@contextmanager
def undoing(tx: Connection) -> Iterator[None]:
    """Roll back what is done in this block.

    A savepoint that SQLAlchemy rolls back stays open, and each open one slows later writes.
    """
    tx.exec_driver_sql("SAVEPOINT undone")
    try:
        yield
    finally:
        tx.exec_driver_sql("ROLLBACK TO SAVEPOINT undone")
        tx.exec_driver_sql("RELEASE SAVEPOINT undone")


class Undoing:
    """One connection on which every test finds its company, and to which no test leaves anything."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self._company: tuple[Cast, Places] | None = None
        self._numbers: dict[str, Any] = {}

    def run(self, test: Test, cast: Cast, places: Places) -> None:
        tx = self._tx
        if self._company != (cast, places):
            tx.rollback()
            self._count_on({})
            company(tx, cast, places)
            self._company, self._numbers = (cast, places), self._counted()
        tx.info.pop("signals", None)
        try:
            with undoing(tx):
                test(tx)
        except DBAPIError:
            self._company = None  # if the test has ended the transaction, the company is gone as well
            raise
        self._count_on(self._numbers)

    def _counted(self) -> dict[str, Any]:
        """The state of each sequence: a rollback on PostgreSQL does not return used numbers."""
        if self._tx.dialect.name != "postgresql":
            return {}
        rows = self._tx.exec_driver_sql(
            "SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0"
        )
        return {row.sequencename: row.last_value for row in rows}

    def _count_on(self, numbers: Mapping[str, Any]) -> None:
        if self._tx.dialect.name != "postgresql":
            return
        first = "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
        self._tx.exec_driver_sql(first)
        for name, last in numbers.items():
            self._tx.exec_driver_sql(f"SELECT setval('{name}', {last})")


Run = Callable[[Test, Cast, Places], None]


@pytest.fixture(scope="session")
def shared_sqlite() -> Iterator[Run]:
    """Runs tests on a database with tables and without rows: nothing is committed to it."""
    engine = in_memory()
    with engine.connect() as connection:
        yield Undoing(connection).run
    engine.dispose()


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[Run]:
    """The same on PostgreSQL."""
    name = f"firstline_undone_{os.getpid()}"
    with asyncio.Runner() as runner:
        engine = create_async_engine(runner.run(emptied_postgres(name)))
        connection = runner.run(engine.connect().start())
        undoing = runner.run(connection.run_sync(Undoing))
        yield lambda *test: runner.run(connection.run_sync(lambda _: undoing.run(*test)))
        runner.run(connection.close())
        runner.run(engine.dispose())
        runner.run(drop_postgres(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def tx(request: pytest.FixtureRequest) -> Run:
    """Runs the test; `undone` passes the transaction to the test."""
    if request.param == "postgresql":
        postgres_or_skip()
    run: Run = request.getfixturevalue(SHARED[request.param])
    return run


def undone(pyfuncitem: pytest.Function, cast: Cast, places: Places) -> bool | None:
    """Run a test with a parameter `tx` like a verb: a plain function inside one transaction, rolled back afterwards.

    It contains the people of `cast`, each with roles, and these chats.
    """
    if "tx" not in pyfuncitem.fixturenames:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    run: Run = wanted.pop("tx")
    run(lambda tx: pyfuncitem.obj(tx=tx, **wanted), cast, places)
    return True


def company(tx: Connection, cast: Cast, places: Places) -> None:
    for number, (name, roles) in enumerate(cast.items(), start=1):
        row = {"id": number, "staff_id": f"S-{number}", "name": name, "username": name.lower()}
        more = {"telegram_id": 1000 + number, "roles": roles, "profile": {}, "department": "IT"}
        tx.execute(insert(people).values(**row, **more))
    for place, chat in enumerate(places, start=1):
        chats.bind(work(tx, 0), chat, -1000 - place, is_forum=chat.startswith("team:"))
