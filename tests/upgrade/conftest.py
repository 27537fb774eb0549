"""A database as version 0.1 left it, on either engine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import drop_postgres, postgres_or_skip
from tests.upgrade import former
from tests.whole import sandbox

__all__ = ["sandbox"]


@pytest.fixture(params=["sqlite", "postgresql"])
async def former_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield former.filled_sqlite(tmp_path / "firstline.db")
        return
    postgres_or_skip()
    name = f"firstline_former_{os.getpid()}"
    yield await former.filled(name)
    await drop_postgres(name)
