"""Where bots are measured: a sandbox without limits, and people who tap as fast as they are answered."""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

TOKEN = "1234567890:benchmark-token-of-no-bot-at-all-"
FIRST = 2001  # the first person's Telegram id
ROSTER = ["bot", "people", "import", "{folder}/people.csv"]  # imports the people of the stage
LIFTED = {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0}


@dataclass
class Stage:
    """A sandbox and a bot, each in its own process."""

    root: str
    bot: int  # its process id
    ready_after: float  # seconds from the start of its process until it asked for updates

    def cpu(self) -> float:
        """Processor seconds that the bot has used so far, user and system (proc(5): fields 14 and 15)."""
        fields = Path(f"/proc/{self.bot}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """Megabytes of a process's resident memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def stage(bot: list[str], people: int, prepare: list[list[str]] | None = None) -> Iterator[Stage]:
    """Start a sandbox with `people` in it and `python -m <bot>` on it; end both afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = _begin(["sandbox", "--port=0", f"--token={TOKEN}"], os.environ, piped=True)
        assert sandbox.stdout is not None
        root = sandbox.stdout.readline().strip().partition("=")[2]
        environment = os.environ | {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_ROOT": root,
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.db",
            "HEALTH_PORT": "0",
            "LOG_LEVEL": "ERROR",
        }
        asyncio.run(_populate(root, people))
        _roster(Path(folder) / "people.csv", people)
        for words in prepare or []:
            done = [word.format(folder=folder) for word in words]
            subprocess.run(
                [sys.executable, "-m", *done], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        process, began = _begin(bot, environment), time.perf_counter()
        try:
            asyncio.run(_until_it_reads(root))
            yield Stage(root, process.pid, time.perf_counter() - began)
        finally:
            for part in (process, sandbox):
                part.terminate()
                part.wait(30)


def _begin(module: list[str], environment: Any, *, piped: bool = False) -> subprocess.Popen[str]:
    output = subprocess.PIPE if piped else subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", *module], env=environment, stdout=output, text=True)


async def _populate(root: str, people: int) -> None:
    async with aiohttp.ClientSession() as http:
        await http.post(f"{root}/sim/flood", json=LIFTED)
        for number in range(people):
            person = {"id": FIRST + number, "first_name": f"P{number}", "started": True}
            await http.post(f"{root}/sim/people", json=person)
        # A stranger's message is waiting, so the bot's first getUpdates is answered, and seen, at once.
        await http.post(
            f"{root}/sim/people", json={"id": FIRST - 1, "first_name": "Somebody", "started": True}
        )
        await http.post(f"{root}/sim/send", json={"from": FIRST - 1, "text": "hello"})


def _roster(file: Path, people: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(["staff_id", "name", "language", "telegram_id"])
        writer.writerows([f"B{number}", f"Person {number}", "en", FIRST + number] for number in range(people))


async def _until_it_reads(root: str) -> None:
    async with aiohttp.ClientSession() as http:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            async with http.get(f"{root}/sim/calls") as answer:
                if b"getUpdates" in await answer.read():
                    return
            await asyncio.sleep(0.05)
    raise TimeoutError("the bot did not begin to read updates")
