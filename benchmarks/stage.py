"""Where bots are measured: a sandbox without limits, and people who tap as fast as they are answered."""

from __future__ import annotations

import asyncio
import csv
import os
import re
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

ROOT = Path(__file__).parents[1]
TOKEN = "1234567890:benchmark-token-of-no-bot-at-all-"
FIRST = 2001  # the first person's Telegram id
ENGINEER = 1999  # answers in the chat of a team
TEAM = -1001000000001
ROSTER = ["bot", "people", "import", "{folder}/people.csv"]  # imports the people of the stage
BOUND = ["bot", "chats", "bind", "team:helpdesk", str(TEAM)]  # after ROSTER
QUOTAS = re.compile(r"^quotas: .*$", re.MULTILINE)  # of people, who tap faster here than a desk allows
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
def stage(
    bot: list[str], people: int, prepare: list[list[str]] | None = None, *, database: str | None = None
) -> Iterator[Stage]:
    """Start a sandbox with `people` and a team's chat in it and `python -m <bot>` on it; end both afterwards.

    `database` is the URL of an empty one; a file of SQLite without it.
    """
    with tempfile.TemporaryDirectory() as folder:
        sandbox = _begin(["sandbox", "--port=0", f"--token={TOKEN}"], os.environ, piped=True)
        assert sandbox.stdout is not None
        root = sandbox.stdout.readline().strip().partition("=")[2]
        environment = os.environ | {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_ROOT": root,
            "DATABASE_URL": database or f"sqlite+aiosqlite:///{folder}/bench.db",
            "DESK_FILE": _unhurried(Path(folder) / "desk.yaml"),
            "SCENARIOS_FILE": str(ROOT / "scenarios.yaml"),
            "KNOWLEDGE_DIR": str(ROOT / "knowledge_base"),
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
        await http.post(
            f"{root}/sim/people", json={"id": ENGINEER, "first_name": "Engineer", "started": True}
        )
        group = {"id": TEAM, "title": "Team", "type": "supergroup", "is_forum": True}
        await http.post(f"{root}/sim/chats", json=group | {"members": [ENGINEER], "admins": [ENGINEER]})


def _unhurried(desk: Path) -> str:
    """The shipped desk, of which people may ask as much as they like."""
    quotas = "quotas: {messages_per_minute: 100000, open_tickets: 1000, tickets_per_day: 1000}"
    desk.write_text(QUOTAS.sub(quotas, (ROOT / "desk.yaml").read_text("utf-8")), "utf-8")
    return str(desk)


def _roster(file: Path, people: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(["staff_id", "name", "language", "telegram_id", "roles"])
        writer.writerows(
            [f"B{number}", f"Person {number}", "en", FIRST + number, ""] for number in range(people)
        )
        writer.writerow(["ENGINEER", "Oleg Engineer", "en", ENGINEER, "engineer:helpdesk"])


async def _until_it_reads(root: str) -> None:
    async with aiohttp.ClientSession() as http:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            async with http.get(f"{root}/sim/calls") as answer:
                if b"getUpdates" in await answer.read():
                    return
            await asyncio.sleep(0.05)
    raise TimeoutError("the bot did not begin to read updates")
