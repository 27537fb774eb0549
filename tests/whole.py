"""Fixtures of the whole product: a sandbox process for the session, and a desk in it. Imported by the conftest of the
folders with stories, so that the others need not import aiogram."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.desk import Desk, SandboxProcess, open_desk


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.end()


@pytest.fixture
async def desk(sandbox: SandboxProcess, database_url: str) -> AsyncIterator[Desk]:
    """A whole desk on either database."""
    async with open_desk(sandbox.root, database_url) as opened:
        yield opened
