"""An empty directory in memory: verbs are plain functions of a transaction and need no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from tests.databases import in_memory


@pytest.fixture(scope="session")
def _engine() -> Iterator[Engine]:
    engine = in_memory()
    yield engine
    engine.dispose()


@pytest.fixture
def tx(_engine: Engine) -> Iterator[Connection]:
    """A transaction that is undone after the test."""
    with _engine.connect() as connection:
        yield connection
