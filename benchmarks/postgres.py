"""A database on the PostgreSQL that TEST_POSTGRES names, as a server keeps it: commits are on disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.engine import make_url

SERVER = os.environ.get("TEST_POSTGRES")


@contextmanager
def database(name: str) -> Iterator[str | None]:
    """The URL of a new database; None without a server."""
    if SERVER is None:
        yield None
        return
    asyncio.run(_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(f"{SERVER}/{name}").render_as_string(hide_password=False)
    finally:
        asyncio.run(_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _on_server(*statements: str) -> None:
    url = make_url(SERVER or "")
    where = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    connection = await asyncpg.connect(**where, database="postgres")
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
