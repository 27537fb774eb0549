"""A whole desk in this process: a sandbox over HTTP, a real bot on a real database, and the people of tests.cast."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.app.files import open_files
from bot.app.main import serve
from bot.config.config import Config
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.migrate import sqlite_path
from bot.telegram.limits import Limit, Limits
from tests import shipped
from tests.bot_api.of_story import faults_in
from tests.cast import (
    ADMINS,
    ADMINS_TEAM,
    ANNA,
    BORIS,
    CAST,
    HELPDESK,
    IGOR,
    MARINA,
    MONDAY,
    NETWORK,
    NINA,
    OLEG,
    ROOMS,
    ROOT,
    STRANGER,
    SUPERVISORS,
    SVETA,
    TOKEN,
    Desk,
    SandboxProcess,
    buttons,
    enlist,
    move_in,
    said,
)
from tests.databases import copied_sqlite

__all__ = [
    "ADMINS",
    "ADMINS_TEAM",
    "ANNA",
    "BORIS",
    "CAST",
    "HELPDESK",
    "IGOR",
    "MARINA",
    "MONDAY",
    "NETWORK",
    "NINA",
    "OLEG",
    "ROOMS",
    "ROOT",
    "STRANGER",
    "SUPERVISORS",
    "SVETA",
    "TOKEN",
    "UNLIMITED",
    "Desk",
    "SandboxProcess",
    "buttons",
    "house",
    "hurry",
    "open_desk",
    "said",
    "served",
]


UNLIMITED = Limits(Limit(10_000, 1.0), Limit(10_000, 1.0), 10_000, Limit(10_000, 1.0))
"""How fast the bot may speak has its own tests, which name their limits; the others would only wait."""

HANGS = 240  # real seconds: longer than any test with a bot


@asynccontextmanager
async def open_desk(
    root: str,
    url: str,
    files: Path = ROOT,
    limits: Limits | None = UNLIMITED,
    before: Callable[[Desk], Awaitable[None]] | None = None,
) -> AsyncIterator[Desk]:
    """A fresh company in a reset sandbox, and a bot that serves it from database `url`, until the block ends.

    The database has its tables already, or is a SQLite file that does not exist yet. `before` runs before the bot
    starts.
    """
    async with aiohttp.ClientSession() as http:
        await move_in(http, root)
        if (file := sqlite_path(url)) is not None and not file.exists():
            copied_sqlite(file)
        db = open_database(url)
        desk = Desk(root, http, db)
        try:
            await db.run(enlist)
            if before is not None:
                await before(desk)
            async with served(desk, url, files, limits):
                yield desk
            wrong = faults_in(await desk.look("calls?limit=20000"))
            assert not wrong or desk.is_newer, f"not as the Bot API declares them: {wrong}"
        finally:
            await db.close()


async def hurry(desk: Desk, minutes: int = 10) -> None:
    """Time passes whether or not the bot is ready."""
    for _ in range(minutes):
        await desk.sim("clock/advance", {"seconds": 60, "timeout": 0.05})


@asynccontextmanager
async def served(
    desk: Desk, url: str, files: Path = ROOT, limits: Limits | None = UNLIMITED, **more: Any
) -> AsyncIterator[None]:
    """A bot on database `url`, until the block ends; `more` are settings."""
    stop = asyncio.Event()
    alarm = asyncio.get_running_loop().call_later(HANGS, _show_and_end)
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr(TOKEN),
        telegram_api_root=desk.root,
        clock_url=desk.root,
        database_url=SecretStr(url),
        health_port=0,
        backup_every_hours=0,
        desk_file=files / "desk.yaml",
        scenarios_file=files / "scenarios.yaml",
        knowledge_dir=files / "knowledge_base",
        **more,
    )
    reading = "getUpdates" if settings.webhook_url is None else "setWebhook"
    called = (await desk.look("state"))["calls"]
    config = house(files)
    config = replace(config, program=config.program.for_engineers(settings.engineers_language))
    bot = asyncio.create_task(serve(settings, config, stop, limits))
    try:
        await _until_it_reads(desk, bot, called, reading)
        await desk.settle()
        yield
    finally:
        stop.set()
        await bot
        alarm.cancel()


def _show_and_end() -> None:
    """A hanging test prints what each of its tasks waits for, and fails."""
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.__stderr__)
        task.cancel()


def house(files: Path = ROOT) -> Config:
    """The shipped files, or those in `files`, as the bot opens them."""
    if files == ROOT:
        return shipped.house()
    opened = open_files(files / "desk.yaml", files / "scenarios.yaml", files / "knowledge_base")
    assert not opened.errors, opened.errors
    return shipped.house_of(opened, files / "knowledge_base")


async def _until_it_reads(desk: Desk, bot: asyncio.Task[None], called: int, reading: str) -> None:
    """Wait until the bot asks for updates; `called` is how many calls the sandbox had before it began."""
    while not bot.done():
        if await desk.look(f"calls?after={called}&method={reading}"):
            return
        await asyncio.sleep(0.02)
    bot.result()
