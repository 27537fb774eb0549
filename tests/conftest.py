"""What every room shares: plain logs, and both databases for whatever keeps rows. It must stay quick to import: no aiogram."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.observe import logs
from tests.databases import drop_postgres, fresh_postgres

NO_POSTGRES = "no PostgreSQL on 127.0.0.1:5432: apt-get install postgresql, or point TEST_POSTGRES at one"


def _postgres_is_there() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return "TEST_POSTGRES" in os.environ or probe.connect_ex(("127.0.0.1", 5432)) == 0


def postgres_or_skip() -> None:
    """PostgreSQL may be missing on a laptop, never in CI."""
    if not _postgres_is_there():
        assert not os.environ.get("CI"), NO_POSTGRES
        pytest.skip(NO_POSTGRES)


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """The product's own logs: one line each, no local variables in tracebacks (P15)."""
    logs.begin("WARNING", "text", ())


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
        return
    postgres_or_skip()
    name = f"firstline_test_{os.getpid()}"  # two runs at once, or two workers, never share one
    yield await fresh_postgres(name)
    await drop_postgres(name)
