"""An offline command from start to end: `firstline due`, which must not import aiogram."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.figures import Figure

RUNS = 7
DUE = ["due", "--desk", "desk.yaml", "--calendar", "office", "--start", "2026-11-23T17:00", "--target", "4h"]


def run() -> list[Figure]:
    """Whole processes, the first one not counted."""
    python = _seconds([sys.executable, "-c", "pass"])
    due = _seconds([sys.executable, "-m", "bot", *DUE])
    return [
        Figure("an empty Python", python, "s"),
        Figure("firstline due", due, "s", "<= 0.5 (stretch 0.25)"),
        Figure("firstline due : an empty Python", due / python, ""),
    ]


def _seconds(command: list[str]) -> float:
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])
