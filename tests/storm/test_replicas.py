"""Two replicas on PostgreSQL: when the one that works is killed, paused or cut off, the other takes over within ten seconds, and
no word is lost (P13). Only in `make storm`."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.cable import Cable
from tests.cast import ANNA, Desk, SandboxProcess
from tests.storm.bots import Bot, Launcher, open_storm

WITHIN = 10.0  # real seconds
PAUSE = 30.0
ROUNDS = 4


@pytest.fixture
async def cable(database_url: str) -> AsyncIterator[Cable]:
    url = make_url(database_url)
    async with Cable.laid(url.host or "localhost", url.port or 5432) as laid:
        yield laid


async def answers(desk: Desk) -> int:
    return sum(bool(one["from"]["is_bot"]) for one in await desk.reads(ANNA))


async def answered(desk: Desk) -> float:
    """Thank, and wait for the answer; returns the real seconds that it took."""
    before, began = await answers(desk), time.monotonic()
    await desk.sim("send", {"from": ANNA, "text": "спасибо"})
    async with asyncio.timeout(60):
        while True:
            if await answers(desk) > before:
                return time.monotonic() - began
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("blow", ["killed", "paused", "cut off"])
async def test_the_other_replica_takes_over_within_ten_seconds(
    launcher: Launcher,
    sandbox: SandboxProcess,
    database_url: str,
    tmp_path: Path,
    at_length: bool,
    cable: Cable,
    blow: str,
) -> None:
    if not at_length:
        pytest.skip("takes half a minute a round: make storm")
    through = make_url(database_url).set(host="127.0.0.1", port=cable.port)
    own = through.render_as_string(hide_password=False) if blow == "cut off" else database_url
    took: list[float] = []
    async with open_storm(launcher, sandbox.root, own, tmp_path) as (desk, working):
        standing = Bot(launcher, {**working.settings, "database_url": database_url}, tmp_path / "second.log")
        await standing.start()
        await answered(desk)
        for _ in range(1 if blow == "cut off" else ROUNDS):
            await asyncio.sleep(3)  # the second one waits
            undo = await struck(blow, working, cable)
            took.append(await answered(desk))
            await undo()
            working, standing = (working, standing) if blow == "cut off" else (standing, working)
        await asyncio.sleep(3)  # to begin, before it is asked to end
        heard = await answers(desk)
        assert await standing.end(signal.SIGTERM) == 0, standing.said[-3000:]
        if standing.log == tmp_path / "bot.log":
            await standing.start()  # open_storm ends it
            await working.end(signal.SIGTERM)
    print(
        f"\n{blow}: taken over in {', '.join(f'{one:.1f}' for one in took)} s; {heard} answers to {len(took) + 1} words"
    )
    assert heard >= len(took) + 1
    assert max(took) <= WITHIN


async def struck(blow: str, bot: Bot, cable: Cable) -> Callable[[], asyncio.Future[None]]:
    """Strike, and return what ends the blow."""

    async def again() -> None:
        if blow == "killed":
            await bot.start()
        elif blow == "paused":
            await asyncio.sleep(PAUSE - WITHIN)
            os.kill(bot.pid, signal.SIGCONT)
        else:
            cable.thaw()

    if blow == "killed":
        await bot.end(signal.SIGKILL)
    elif blow == "paused":
        os.kill(bot.pid, signal.SIGSTOP)
    else:
        cable.freeze()
    return lambda: asyncio.ensure_future(again())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_minute_without_postgresql_ends_with_an_answer_within_ten_seconds(
    launcher: Launcher,
    sandbox: SandboxProcess,
    database_url: str,
    tmp_path: Path,
    at_length: bool,
    cable: Cable,
) -> None:
    if not at_length:
        pytest.skip("takes more than a minute: make storm")
    through = make_url(database_url).set(host="127.0.0.1", port=cable.port)
    own = through.render_as_string(hide_password=False)
    async with open_storm(launcher, sandbox.root, own, tmp_path) as (desk, bot):
        await answered(desk)
        await cable.cut()
        before = await answers(desk)
        for _ in range(3):
            await desk.sim("send", {"from": ANNA, "text": "спасибо"})
        await asyncio.sleep(60)
        assert await answers(desk) == before
        await cable.mend()
        began = time.monotonic()
        async with asyncio.timeout(60):
            while True:
                if await answers(desk) > before:
                    break
                await asyncio.sleep(0.05)
        took = time.monotonic() - began
        assert bot.lives == 1
    print(f"\na minute without PostgreSQL: the first answer {took:.1f} s after its return")
    assert took <= WITHIN
