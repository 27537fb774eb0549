"""Empty databases for tests, on the PostgreSQL that this kind of machine has."""

from __future__ import annotations

import os

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432")


async def fresh_postgres(name: str) -> str:
    """An empty database of this name on the machine's PostgreSQL."""
    await _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    return str(make_url(f"{POSTGRES}/{name}").render_as_string(hide_password=False))


async def drop_postgres(name: str) -> None:
    """Leave nothing behind on a server that others use too."""
    await _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _execute(*statements: str) -> None:
    engine = create_async_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()
