"""Processes that tests start: they share no pipe with the test runner, every wait for them ends, and so do they."""

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
    """Start a process from the root of the project. Unused streams go to /dev/null, not to our own pipes."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, **({"stdin": nowhere, "stdout": nowhere} | more))


def end(process: subprocess.Popen[Any], seconds: float = 10) -> None:
    """Terminate the process, kill it if it does not end, and close our side of its streams."""
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
    """A limit for waiting for a process's output. A silent process is killed, which ends its output."""
    killer = threading.Timer(seconds, process.kill)
    killer.daemon = True
    killer.start()
    try:
        yield
    finally:
        killer.cancel()
