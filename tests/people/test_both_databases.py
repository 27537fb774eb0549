"""The directory means the same on SQLite and on PostgreSQL, and in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.people import directory, importer, strangers
from bot.people.roster import Entry, read_roster
from bot.storage.db import Database, open_database

FILE = "people.csv"
NOON = 1_767_600_000


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


def roster(*lines: str) -> list[Entry]:
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
    await db.run(directory.remember, anna.id, "printer", {"room": "3-12"}, 0)
    assert (await db.read(directory.get, anna.id)).profile == {"printer": {"room": "3-12"}}


async def test_a_flood_of_a_stranger_is_one_row_and_one_answer(db: Database) -> None:
    first = await db.run(strangers.seen, 666, NOON)
    answers = await asyncio.gather(*(db.run(strangers.seen, 666, NOON + 1) for _ in range(20)))
    assert first
    assert not any(answers)
