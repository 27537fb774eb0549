"""`firstline import` of a log of 150,000 changes: processor time of the process, and its memory over that of an empty log."""

from __future__ import annotations

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure

ROWS = 150_000
HEAD = ("number", "at", "state", "team", "person")
MAP = """source: bench
rows: changes
columns: {number: number, at: at, state: state, team: team, person: person}
dates: day-first
states: {New: open, Active: claimed, Resolved: resolved}
"""
STATES = ("New", "Active", "Resolved")
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)


def run() -> list[Figure]:
    """On SQLite, rows of all tickets mixed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "map.yaml").write_text(MAP, "utf-8")
        empty, _ = _imported(place, "empty", 0)
        memory, seconds = _imported(place, "full", ROWS)
    return [
        Figure(f"processor time of an import, {ROWS:,} rows", seconds, "s", "<= 180"),
        Figure("memory over an empty one", (memory - empty) / 1024, "MB", "<= 80"),
    ]


def _imported(folder: Path, name: str, rows: int) -> tuple[int, float]:
    """The largest memory (KB) and the processor seconds of the process."""
    log = folder / f"{name}.csv"
    with log.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *_log(rows)])
    database = f"sqlite+aiosqlite:///{folder / name}.db"
    environment = os.environ | {
        "BOT_TOKEN": "1234567890:bench-token-of-a-bot-that-is-not",
        "DATABASE_URL": database,
    }
    command = [sys.executable, "-m", "bot", "import", str(log), "--map", str(folder / "map.yaml")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the import ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_maxrss, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _log(rows: int) -> list[tuple[str, ...]]:
    chance = random.Random(1)
    found: list[tuple[str, ...]] = []
    for row in range(rows):
        at = BEGUN + timedelta(minutes=row // 3 % 400_000 + 60 * (row % 3))
        person = "" if row % 3 == 0 else "E"
        team = chance.choice(("Desk", "Network"))
        found.append((f"T{row // 3}", f"{at:%d.%m.%Y %H:%M}", STATES[row % 3], team, person))
    chance.shuffle(found)
    return found
