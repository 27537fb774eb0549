"""A migrated database of either kind, with two people in it."""

from collections.abc import AsyncIterator

import pytest

from bot.storage.db import Database, open_database
from bot.storage.schema import people


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    await opened.run(_settle)
    yield opened
    await opened.close()


def _settle(tx) -> None:
    for number in range(1, 202):
        row = {"id": number, "staff_id": f"E{number}", "name": f"P{number}", "roles": [], "profile": {}}
        tx.execute(people.insert().values(**row))
