"""A database of awkward rows in every table, and both databases read by other means than the product's."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import asyncpg
from sqlalchemy import JSON, Integer, Table
from sqlalchemy.engine import make_url

from bot.storage.schema import metadata
from tests.children import PATIENCE, ROOT, begin, patience

Counts = Mapping[str, tuple[int, str]]
"""By table: how many rows, and a checksum that does not depend on their order."""
WORDS = ("", "Принтер «ё» 🖨", 'it\'s "quoted" \\N\t\n, {x} %s', "\u2028 ﷽ Ω")
DOCUMENTS = ('{"имя": "Ж\\u0000"}', "[]", "5", "null", '[1, 2.50, {"b": 1, "a": 2}]')


def fill_every_table(file: Path, rows: int = 4) -> None:
    """Rows that refer to each other and hold what databases stumble over."""
    with closing(sqlite3.connect(file)) as database, database:
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            marks = ", ".join("?" * len(names))
            quoted = ", ".join(f'"{name}"' for name in names)
            values = [[_value(table, name, number) for name in names] for number in range(1, rows + 1)]
            database.executemany(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})', values)


def _value(table: Table, name: str, number: int) -> int | str | None:
    column = table.c[name]
    if column.foreign_keys or (column.primary_key and isinstance(column.type, Integer)):
        return number
    if column.nullable and number % 2:
        return None
    if isinstance(column.type, JSON):
        return DOCUMENTS[number % len(DOCUMENTS)]
    if isinstance(column.type, Integer):
        return number - 2 if "BIG" not in str(column.type) else -(2**62) + number
    return f"{name} {number} {WORDS[number % len(WORDS)]}"


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def kill_at(words: str, file: Path, target: str) -> None:
    """Begin a move, and kill it when it says a line that begins like this pattern."""
    command = [sys.executable, "-m", "bot", "move", "--to", target]
    environment = os.environ | {
        "DATABASE_URL": url_of(file),
        "LC_ALL": "en_US.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    process = begin(command, env=environment, stderr=subprocess.PIPE, text=True)
    with patience(process, PATIENCE):
        said = next((line for line in process.stderr if re.match(words, line)), None)
        process.send_signal(signal.SIGKILL)
        process.wait()
    process.stderr.close()
    assert said, "it ended too early"
    assert process.returncode == -signal.SIGKILL


def of_sqlite(file: Path) -> Counts:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return {
            table.name: _summed(table, database.execute(_every(table))) for table in metadata.sorted_tables
        }


async def of_postgres(url: str) -> Counts:
    opened = await connected(url)
    try:
        return {
            table.name: _summed(table, await opened.fetch(_every(table))) for table in metadata.sorted_tables
        }
    finally:
        await opened.close()


async def connected(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def _every(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'SELECT {names} FROM "{table.name}"'


def _summed(table: Table, rows: object) -> tuple[int, str]:
    documents = [isinstance(column.type, JSON) for column in table.columns]
    digests = sorted(
        hashlib.sha256(
            repr(
                [
                    str(value) if value is not None and document else value
                    for value, document in zip(row, documents, strict=True)
                ]
            ).encode()
        ).digest()
        for row in map(tuple, rows)  # type: ignore[call-overload]
    )
    return len(digests), hashlib.sha256(b"".join(digests)).hexdigest()
