"""The directory works the same on SQLite and on PostgreSQL, also under concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.people import directory, importer, strangers
from bot.people.directory import Person
from bot.people.roster import RosterRow, read_roster
from bot.storage.db import Database, open_database
from tests.units import as_unit

FILE = "people.csv"
NOON = 1_767_600_000


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


def roster(*lines: str) -> list[RosterRow]:
    entries, complaints = read_roster(FILE, "\n".join(["staff_id,name,telegram_id,username,roles", *lines]))
    assert not complaints
    return entries


async def test_people_come_change_places_and_leave(db: Database) -> None:
    await db.run(importer.take_in, FILE, roster("E1,Анна,501,anna,", "E2,Олег,502,oleg,engineer:network"))
    swapped = roster("E1,Анна,502,oleg,", "E2,Олег,501,anna,lead:network")
    assert await db.run(importer.take_in, FILE, swapped) == importer.Taken(changed=2)
    oleg = await db.read(directory.known, 501)
    assert oleg is not None
    assert (oleg.staff_id, oleg.username, oleg.leads) == ("E2", "anna", {"network"})
    with pytest.raises(importer.TooManyLeave):
        await db.run(importer.let_go, roster("E1,Анна,502,oleg,"), 0)
    assert await db.run(importer.let_go, roster("E1,Анна,502,oleg,"), 1) == 1
    assert await db.read(directory.known, 501) is None


WHOLE = """\
staff_id;name;language;department;office;zone;telegram_id;username;roles;manager
E1;Анна;ru;ИТ;3-12;Asia/Omsk;501;anna;admin engineer:network;E2
E2;Олег;en;ИТ;1-01;;;oleg;lead:network;
E3;Пётр;;;;;;;;
"""
KEPT = {  # what one column of a file may change
    "language": set[str](),  # asked of the person once they are known
    "department": {"department"},
    "office": {"office"},
    "zone": {"zone"},
    "telegram_id": set[str](),  # an account that the file does not have is not cleared by it
    "username": set[str](),
    "roles": {"roles", "claimed"},
    "manager": {"manager"},
}


@pytest.mark.parametrize("column", KEPT)
async def test_an_import_without_a_column_keeps_all_that_is_in_it(db: Database, column: str) -> None:
    whole, _ = read_roster(FILE, WHOLE)
    await db.run(importer.take_in, FILE, whole)
    before = await db.read(directory.everybody)
    narrow, complaints = read_roster(FILE, f"staff_id;name;{column}\nE1;Анна;\nE2;Олег;\n")
    assert not complaints
    await db.run(importer.take_in, FILE, narrow)
    for old, new in zip(before, await db.read(directory.everybody), strict=True):
        changed = {name for name in Person.__slots__ if getattr(old, name) != getattr(new, name)}
        assert changed <= KEPT[column]
    assert await db.read(importer.unrecognised, FILE, narrow) == []


async def test_an_import_warns_of_those_whose_account_nobody_knows(db: Database) -> None:
    entries, complaints = read_roster(FILE, WHOLE)
    assert not complaints
    await db.run(importer.take_in, FILE, entries)
    warned = await db.read(importer.unrecognised, FILE, entries)
    assert [(one.code, one.mark.line, one.facts["who"]) for one in warned] == [("W601", 4, "E3")]


async def test_an_import_that_would_leave_no_administrator_raises(db: Database) -> None:
    await db.run(importer.take_in, FILE, roster("E1,Анна,501,anna,admin", "E2,Олег,502,oleg,"))
    before = await db.read(importer.administrators)
    await db.run(importer.take_in, FILE, roster("E1,Анна,501,anna,"))
    with pytest.raises(importer.NoAdministrator):
        await db.read(importer.keep_one, before)
    await db.run(importer.take_in, FILE, roster("E2,Олег,502,oleg,admin"))
    await db.read(importer.keep_one, before)


async def test_an_account_that_writes_twice_at_once_is_bound_once(db: Database) -> None:
    await db.run(importer.take_in, FILE, roster("E1,Анна,,anna,"))
    met = await asyncio.gather(*(db.run(directory.meet, number, "Anna") for number in [501, 502] * 10))
    bound = {person.telegram_id for person in met if person is not None}
    assert len(bound) == 1
    anna = next(person for person in met if person is not None)
    assert await db.read(directory.known, next(iter(bound))) == anna


async def test_what_is_remembered_is_read_back(db: Database) -> None:
    await db.run(importer.take_in, FILE, roster("E1,Анна,501,,"))
    anna = await db.read(directory.known, 501)
    assert anna is not None
    await db.run(as_unit(directory.remember, 0), anna.id, "printer", {"room": "3-12"})
    assert (await db.read(directory.get, anna.id)).profile == {"printer": {"room": "3-12"}}


async def test_a_flood_of_a_stranger_is_one_row_and_one_answer(db: Database) -> None:
    first = await db.run(as_unit(strangers.seen, NOON), 666)
    answers = await asyncio.gather(*(db.run(as_unit(strangers.seen, NOON + 1), 666) for _ in range(20)))
    assert first
    assert not any(answers)
