"""Processes that tests start: they share no pipe with whoever runs the tests, every wait for them ends, and so do they."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # real seconds: more than anything needs on a busy machine


def begin(command: list[str], **more: Any) -> subprocess.Popen[Any]:
    """Start a process from the root of the project. What is not asked for goes nowhere, rather than into our own pipes."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, **({"stdin": nowhere, "stdout": nowhere} | more))


def end(process: subprocess.Popen[Any], seconds: float = 10) -> None:
    """Ask the process to end, insist when it does not, and close what we read it by."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def patience(process: subprocess.Popen[Any], seconds: float = PATIENCE) -> Iterator[None]:
    """While we wait for what a process says. One that says nothing is killed, and then we read the end of its output."""
    killer = threading.Timer(seconds, process.kill)
    killer.daemon = True
    killer.start()
    try:
        yield
    finally:
        killer.cancel()
