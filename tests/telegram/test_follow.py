"""The sandbox gets the newest true report about work in hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp

from bot.clock import FollowedClock
from bot.telegram.clock_client import ClockFollower


class SlowFirst:
    """A session whose first report takes longer than the second."""

    def __init__(self) -> None:
        self.first_may_arrive = asyncio.Event()
        self.began, self.arrived = 0, list[bool]()

    @asynccontextmanager
    async def post(self, _url: str, json: dict[str, Any]) -> AsyncIterator[SlowFirst]:
        self.began += 1
        if self.began == 1:
            await self.first_may_arrive.wait()
        self.arrived.append(json["busy"])
        yield self

    async def read(self) -> bytes:
        return b""


async def test_an_older_report_never_arrives_after_a_newer_one() -> None:
    """Otherwise the sandbox would assume that nothing is in hand, and let time jump over it."""
    session = SlowFirst()
    follower = ClockFollower(cast("aiohttp.ClientSession", session), "http://sandbox", FollowedClock())
    busy = False
    follower.state = lambda: (busy, None)
    older = asyncio.create_task(follower.tell())
    await asyncio.sleep(0)
    busy = True
    newer = asyncio.create_task(follower.tell())
    await asyncio.sleep(0)
    session.first_may_arrive.set()
    await asyncio.gather(older, newer)
    assert session.arrived == [False, True]
