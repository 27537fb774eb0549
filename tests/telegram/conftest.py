"""An empty desk's database, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage.db import Database, open_database


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()
