"""A statement that runs again goes to the driver at once, and says what SQLAlchemy says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.storage.lean_connection import MOST_LISTED, LeanConnection, LeanResult, lean
from bot.storage.schema import facts, history, metadata, people, tickets
from bot.storage.upsert import insert_for

_BY_KEY = select(facts.c.value).where(facts.c.key == bindparam("of_key"))
_PUT = insert_for("sqlite", facts)
_SOME = select(facts).where(facts.c.key.in_(["a", "b"])).order_by(facts.c.key)
_LISTED = select(facts.c.value).where(facts.c.key.in_(bindparam("keys", expanding=True)))
_CHANGE = update(facts).where(facts.c.key == bindparam("of_key"))
_RECORD = insert(people)
_PEOPLE = select(people.c.name, people.c.profile, people.c.roles).where(people.c.id == bindparam("which"))
RUNS = 3  # SQLAlchemy's way, then prepared, then again


@pytest.fixture
def tx() -> Iterator[Connection]:
    engine = lean(create_engine("sqlite://"))
    metadata.create_all(engine)
    with engine.connect() as connection, connection.begin():
        yield connection


def test_every_run_reads_and_changes_the_same(tx: Connection) -> None:
    assert isinstance(tx, LeanConnection)
    for number in range(RUNS):
        assert tx.execute(_PUT, {"key": f"{number}", "value": "x"}).rowcount == 1
        assert tx.scalar(_BY_KEY, {"of_key": f"{number}"}) == "x"
        assert tx.scalar(_BY_KEY, {"of_key": "none"}) is None
        assert tx.execute(_CHANGE, {"of_key": f"{number}", "value": "y"}).rowcount == 1
        assert tx.scalars(_BY_KEY, {"of_key": f"{number}"}).all() == ["y"]
    assert isinstance(tx.execute(_BY_KEY, {"of_key": "0"}), LeanResult)


def test_values_and_lists_of_a_statement_itself_are_kept(tx: Connection) -> None:
    tx.execute(insert(facts), [{"key": key, "value": key} for key in "abc"])
    for _ in range(RUNS):
        rows = tx.execute(_SOME).all()
        assert [(row.key, row.value) for row in rows] == [("a", "a"), ("b", "b")]
        assert dict(tx.execute(_SOME).mappings().first() or {}) == {"key": "a", "value": "a"}


def test_a_list_that_comes_with_each_run_may_have_any_length(tx: Connection) -> None:
    tx.execute(insert(facts), [{"key": key, "value": key} for key in "abc"])
    for keys in (["a"], ["a", "b"], ["c"], [], ["b", "c"], ["b"], []):
        found = tx.execute(_LISTED, {"keys": keys})
        assert found.scalars().all() == keys
    assert isinstance(tx.execute(_LISTED, {"keys": ["a", "b"]}), LeanResult)
    many = ["c", *map(str, range(MOST_LISTED))]
    assert tx.scalars(_LISTED, {"keys": many}).all() == ["c"]


def test_many_rows_at_once_are_each_what_they_were(tx: Connection) -> None:
    for run in range(RUNS):
        numbers = range(10 * run + 1, 10 * run + 4)
        rows = [
            {"id": n, "staff_id": f"E-{n}", "name": "x", "roles": ["admin"], "profile": {"floor": n}}
            for n in numbers
        ]
        tx.execute(_RECORD, rows)
        for n in numbers:
            (found,) = tx.execute(_PEOPLE, {"which": n}).all()
            assert (found.profile, found.roles) == ({"floor": n}, ["admin"])


def test_json_and_missing_values_are_what_they_were(tx: Connection) -> None:
    for number in range(1, RUNS + 1):
        row: dict[str, Any] = {
            "staff_id": f"E{number}",
            "name": "Anna",
            "roles": ["head"],
            "profile": {"a": [1]},
        }
        tx.execute(_RECORD, row)
        found = tx.execute(_PEOPLE, {"which": number}).one()
        assert (found.name, found.profile, found.roles) == ("Anna", {"a": [1]}, ["head"])


def test_parameters_of_other_names_make_another_statement(tx: Connection) -> None:
    for number in range(RUNS):
        tx.execute(_RECORD, {"staff_id": f"A{number}", "name": "A", "roles": [], "profile": {}})
        tx.execute(
            _RECORD, {"staff_id": f"B{number}", "name": "B", "roles": [], "profile": {}, "office": "Riga"}
        )
    offices = tx.scalars(select(people.c.office).order_by(people.c.staff_id)).all()
    assert offices == [""] * RUNS + ["Riga"] * RUNS


def test_a_refusal_of_the_database_is_sqlalchemy_s(tx: Connection) -> None:
    for number in range(RUNS):
        tx.execute(_PUT, {"key": f"{number}", "value": ""})
    with pytest.raises(IntegrityError):
        tx.execute(_PUT, {"key": "0", "value": ""})
    missing = select(history.c.id).where(history.c.ticket == bindparam("of"))
    tx.execute(missing, {"of": 1}), tx.execute(missing, {"of": 1})
    tx.exec_driver_sql("DROP TABLE history")
    with pytest.raises(OperationalError):
        tx.execute(missing, {"of": 1})


def test_a_statement_that_is_built_anew_is_never_taken_for_another(tx: Connection) -> None:
    tx.execute(insert(facts), [{"key": f"{number}", "value": f"{number}"} for number in range(200)])
    for number in range(200):
        assert tx.scalar(select(facts.c.value).where(facts.c.key == f"{number}")) == f"{number}"


def test_outside_a_transaction_sqlalchemy_begins_one() -> None:
    engine = lean(create_engine("sqlite://"))
    metadata.create_all(engine)
    with engine.connect() as connection:
        for _ in range(RUNS):
            connection.execute(select(tickets.c.id)).all()
            assert connection.in_transaction()
            connection.rollback()
