"""100,000 tickets moved to PostgreSQL, killed on the way: the long form of tests/storage/test_moving.py."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.year import fill
from bot.storage.moving.move import MoveStage, move
from bot.tickets import store
from tests.databases import copied_sqlite, drop_postgres, fresh_postgres, postgres_or_skip
from tests.storage.moving import kill_at, of_postgres, of_sqlite, url_of

pytestmark = [pytest.mark.postgres, pytest.mark.processes]
TICKETS = 100_000
KILLS = ("Copying: [1-4]", "Copying: 6", "Copying: [89]", "Comparing row by row: 5")


async def test_a_large_database_is_moved_through_kills_with_equal_counts_and_checksums(
    tmp_path: Path, at_length: bool
) -> None:
    if not at_length:
        pytest.skip("a long form: make storm; tests/storage moves 1,500 tickets through one kill")
    postgres_or_skip()
    file, name = tmp_path / "firstline.db", f"firstline_moved_{os.getpid()}"
    copied_sqlite(file)
    with closing(sqlite3.connect(file)) as opened, opened:
        fill(opened, TICKETS)
    target = await fresh_postgres(name)
    try:
        for words in KILLS:
            await asyncio.to_thread(kill_at, words, file, target)
        shown: list[tuple[MoveStage, int]] = []
        began, cpu = time.perf_counter(), time.process_time()
        moved = await move(
            url_of(file), target, store.keep_numbers, lambda stage, percent: shown.append((stage, percent))
        )
        cpu, took = time.process_time() - cpu, time.perf_counter() - began
        assert shown[0][1] >= 80, "the copied rows stay"
        before, after = of_sqlite(file), await of_postgres(target)
        assert after == before
        assert moved.rows == sum(count for count, _ in before.values())
        print(
            f"\n{TICKETS} tickets, {moved.rows} rows, {len(KILLS)} kills: equal counts and checksums; the last call"
            f" {took:.1f} s, {cpu:.1f} s of processor time"
        )
    finally:
        await drop_postgres(name)
