"""From the start of the process until the bot reads updates, and its memory, against a bare `import aiogram`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.figures import Figure
from benchmarks.stage import ROSTER, resident, stage

RUNS = 3
BARE = "import aiogram, time; print('here', flush=True); time.sleep(60)"


def run() -> list[Figure]:
    """In turn, medians. The database exists, as at every start but the first."""
    bare, ours = [], []
    for _ in range(RUNS):
        bare.append(_bare())
        with stage(["bot", "run"], 1, [ROSTER]) as place:
            ours.append((place.ready_after, resident(place.bot)))
    (seconds, memory), (ready, held) = (
        map(statistics.median, zip(*found, strict=True)) for found in (bare, ours)
    )
    return [
        Figure("bare import of aiogram", seconds, "s"),
        Figure("bot reads updates after", ready, "s"),
        Figure("bot ready : bare import", ready / seconds, "", "<= 1.3 (stretch 1.1)"),
        Figure("resident memory over the bare import", held - memory, "MB", "<= 50 (stretch 30)"),
    ]


def _bare() -> tuple[float, float]:
    """Seconds until aiogram is imported, and its memory in megabytes."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = time.perf_counter() - began, resident(process.pid)
        process.kill()
    return found
