"""kill -9 in the middle of an upgrade: nothing is damaged, and the next start completes it (P12)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest
from sqlalchemy import Connection, func, inspect, select

from bot.storage.db import open_database
from bot.storage.migrate import migrate
from bot.storage.schema import metadata, people, tickets

# Upgrades, and is killed by a statement of it: that number from the first one that changes the schema.
UPGRADE = """
import asyncio, os, signal, sys
from sqlalchemy import Engine, event
from bot.storage.migrate import migrate

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(_connection, _cursor, statement, *_):
    global left
    left -= statement.split()[0] in ("ALTER", "CREATE", "DROP", "UPDATE", "INSERT")
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(migrate(sys.argv[1]))
"""


def counted(tx: Connection) -> tuple[int, int]:
    return tx.scalar(select(func.count(people.c.id))) or 0, tx.scalar(select(func.count(tickets.c.id))) or 0


def columns(tx: Connection) -> dict[str, set[str]]:
    seen = inspect(tx)
    return {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}


@pytest.mark.processes
async def test_a_killed_upgrade_changes_nothing_and_the_next_one_completes(former_url: str) -> None:
    db = open_database(former_url)
    before, had = await db.read(columns), await db.read(counted)
    await db.close()
    command = [sys.executable, "-c", UPGRADE, former_url, "9"]
    killed = await asyncio.to_thread(subprocess.run, command, check=False)
    assert killed.returncode == -signal.SIGKILL
    db = open_database(former_url)
    assert await db.read(columns) == before
    await migrate(former_url)
    after = await db.read(columns)
    assert {table.name for table in metadata.sorted_tables} <= set(after)
    assert await db.read(counted) == had
    assert min(had) > 0
    await db.close()
