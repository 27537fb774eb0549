"""A bot in its own process that can be killed and restarted at any moment, and its desk."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.storage.db import open_database
from bot.storage.migrate import sqlite_path
from tests import children
from tests.cast import TOKEN, Desk, enlist, move_in
from tests.databases import copied_sqlite


class Launcher:
    """The process that forks bots; see tests.storm.launcher."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.storm.launcher"]
        pipe = subprocess.PIPE
        self._process = children.begin(command, stdin=pipe, stdout=pipe, text=True, bufsize=1)
        self._answer()

    async def ask(self, **command: Any) -> dict[str, Any]:
        self._process.stdin.write(json.dumps(command) + "\n")
        return await asyncio.to_thread(self._answer)

    def end(self) -> None:
        """Its input ends, so it ends its children, and then itself."""
        self._process.stdin.close()
        with children.patience(self._process):
            self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        with children.patience(self._process):
            line = self._process.stdout.readline()
        assert line, "the launcher died"
        answer: dict[str, Any] = json.loads(line)
        return answer


@dataclass
class Bot:
    """One bot at a time on one database; each life is a new process."""

    launcher: Launcher
    settings: dict[str, Any]
    log: Path
    pid: int = 0
    lives: int = 0
    deaths: list[int] = field(default_factory=list)

    async def start(self) -> None:
        self.pid = (await self.launcher.ask(start=self.settings, log=str(self.log)))["pid"]
        self.lives += 1

    async def end(self, sign: signal.Signals) -> int:
        """Send the signal and wait for the end; returns the exit code, or minus the signal's number.

        A bot that does not end is killed, so its code is minus nine.
        """
        os.kill(self.pid, sign)
        code: int = (await self.launcher.ask(wait=self.pid))["code"]
        self.deaths.append(code)
        return code

    @property
    def said(self) -> str:
        """The output of all its lives."""
        return self.log.read_text("utf-8") if self.log.exists() else ""


@asynccontextmanager
async def open_storm(
    launcher: Launcher, root: str, url: str, folder: Path, webhook: int | None = None
) -> AsyncIterator[tuple[Desk, Bot]]:
    """The company of tests.cast in a fresh sandbox, and a bot in a process of its own. `webhook`: a free port to which its
    updates are brought."""
    async with aiohttp.ClientSession() as http:
        await move_in(http, root)
        if (file := sqlite_path(url)) is not None and not file.exists():
            copied_sqlite(file)
        db = open_database(url)
        await db.run(enlist)
        settings: dict[str, Any] = {"bot_token": TOKEN, "telegram_api_root": root, "clock_url": root}
        if webhook is not None:
            address = f"http://127.0.0.1:{webhook}/long-random-path"
            settings |= {"webhook_url": address, "webhook_secret": "s" * 40, "webhook_port": webhook}
        bot = Bot(launcher, {**settings, "database_url": url, "health_port": 0}, folder / "bot.log")
        await bot.start()
        desk = Desk(root, http, db)
        try:
            await until_it_reads(desk, "getUpdates" if webhook is None else "setWebhook")
            yield desk, bot
            assert await bot.end(signal.SIGTERM) == 0, bot.said[-3000:]
        finally:
            if len(bot.deaths) < bot.lives:
                await bot.end(signal.SIGKILL)
            await db.close()


async def until_it_reads(desk: Desk, method: str = "getUpdates") -> None:
    """Wait until the bot asks for updates for the first time, or to be brought them."""
    async with asyncio.timeout(60):
        while True:
            if await desk.look(f"calls?method={method}&limit=1"):
                return
            await asyncio.sleep(0.05)
