"""Whatever a test does with a process, both end."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests import children

pytestmark = pytest.mark.processes

DEAF = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"


def deaf() -> subprocess.Popen[bytes]:
    process = children.begin([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"1\n"
    return process


def test_a_process_that_does_not_listen_is_ended_all_the_same() -> None:
    process = deaf()
    children.end(process, seconds=0.1)
    assert process.returncode == -9


def test_whoever_waits_for_a_silent_process_reads_its_end() -> None:
    process, began = deaf(), time.monotonic()
    with children.patience(process, 0.2):
        assert process.stdout.readline() == b""
    assert time.monotonic() - began < 60
    children.end(process)


def test_a_process_reads_nothing_of_ours() -> None:
    process = children.begin([sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()))"])
    assert process.wait(60) == 0
