"""`firstline sandbox` as a process of its own."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import children

pytestmark = pytest.mark.processes

START = [sys.executable, "-m", "sandbox"]


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process and what it printed as settings."""
    process = children.begin([*START, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
    try:
        with children.patience(process):
            lines = [process.stdout.readline().strip() for _ in range(4)]
        yield process, dict(line.split("=", 1) for line in lines if "=" in line)
    finally:
        children.end(process)


def fetch(address: str) -> dict[str, object]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        told: dict[str, object] = json.load(answer)
        return told


def test_it_prints_what_the_bot_needs_and_ends_on_sigterm_with_connections_open() -> None:
    with running("--start", "2026-11-23T07:00:00Z", "--speed", "0") as (process, told):
        assert fetch(f"{told['TELEGRAM_API_ROOT']}/bot{told['BOT_TOKEN']}/getMe")["ok"] is True
        assert fetch(f"{told['CLOCK_URL']}/sim/clock")["iso"] == "2026-11-23T07:00:00Z"
        with urllib.request.urlopen(f"{told['TELEGRAM_API_ROOT']}/sim/events", timeout=10):
            process.terminate()
            assert process.wait(20) == 0


def test_a_token_can_be_given() -> None:
    with running("--token", "77:AAmine") as (_, told):
        assert told["BOT_TOKEN"] == "77:AAmine"


@pytest.mark.parametrize(
    ("option", "words"),
    [(["--token", "mine"], "--token"), (["--start", "soon"], "--start: 'soon' is not a date and time")],
)
def test_what_it_cannot_read_it_says_in_a_line(option: list[str], words: str) -> None:
    done = subprocess.run([*START, *option], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_in_a_line() -> None:
    with running() as (_, told):
        port = told["CLOCK_URL"].rpartition(":")[2]
        done = subprocess.run([*START, "--port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_the_library_of_the_product_is_never_imported() -> None:
    look = "import sys, sandbox.cli; sys.exit('aiogram' in sys.modules or 'telegram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
