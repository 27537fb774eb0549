"""A bot that is stopped: it ends cleanly with its work in hand, and at once at a second signal (P5)."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.cast import ANNA, Desk, SandboxProcess, said
from tests.storm.bots import Launcher, open_storm

ERROR = re.compile(r"^.*(?:\[error|\[critical|level.{1,4}(?:error|critical)|Traceback).*$", re.MULTILINE)
SLOW = {"method": "sendMessage", "kind": "delay", "seconds": 8, "count": 1}


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"


async def test_whatever_it_was_doing_when_it_was_stopped_is_done_once(
    launcher: Launcher, sandbox: SandboxProcess, sqlite: str, tmp_path: Path
) -> None:
    random = Random(5)
    async with open_storm(launcher, sandbox.root, sqlite, tmp_path) as (desk, bot):
        written = 0
        for _ in range(6):
            for _ in range(5):
                await desk.sim("send", {"from": ANNA, "text": "спасибо"})
                written += 1
            await asyncio.sleep(random.random() * 0.3)
            assert await bot.end(signal.SIGTERM) == 0, bot.said[-3000:]
            assert ERROR.findall(bot.said) == [], "a clean stop is no error"
            await bot.start()
        await _all_said(desk)
        answers = Counter(said(one) for one in await desk.reads(ANNA) if one["from"]["is_bot"])
    assert set(answers.values()) == {written}


async def _all_said(desk: Desk) -> None:
    for _ in range(20):
        await desk.sim("clock/advance", {"seconds": 20, "timeout": 5})
        if (await desk.look("idle?timeout=5"))["idle"]:
            return


async def test_a_second_signal_does_not_wait_for_the_first(
    launcher: Launcher, sandbox: SandboxProcess, sqlite: str, tmp_path: Path
) -> None:
    async with open_storm(launcher, sandbox.root, sqlite, tmp_path) as (desk, bot):
        await desk.sim("faults", SLOW)
        await desk.sim("send", {"from": ANNA, "text": "спасибо"})
        await _is_speaking(desk)
        os.kill(bot.pid, signal.SIGTERM)
        await asyncio.sleep(0.1)
        assert await bot.end(signal.SIGTERM) == 128 + signal.SIGTERM
        await bot.start()
        await _all_said(desk)
        assert any("⚠️" not in said(one) for one in await desk.reads(ANNA) if one["from"]["is_bot"])


async def _is_speaking(desk: Desk) -> None:
    """Wait until a message is in flight, and delayed there."""
    async with asyncio.timeout(60):
        while True:
            if (await desk.look("idle?timeout=0"))["calls"]:
                return
            await asyncio.sleep(0.02)
