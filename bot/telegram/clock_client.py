"""Follows a sandbox's clock: receives the time, and reports whether there is work in hand and what is due next.

Used only with `CLOCK_URL`. The protocol is `/sim/clock` and `/sim/clock/follower` of docs/sandbox.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import structlog

from bot.clock import Clock, FollowedClock, MachineClock

LONG_POLL = 20  # real seconds
log = structlog.get_logger()


class ClockFollower:
    """Updates a FollowedClock. `state` returns (busy, next due instant); `changed` is called whenever that may differ."""

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: FollowedClock) -> None:
        self._session, self._clock = session, clock
        self._url = f"{url.rstrip('/').removesuffix('/sim/clock')}/sim/clock"
        self._dirty = asyncio.Event()
        self._telling = asyncio.Lock()  # concurrent reports could arrive in the wrong order
        self._told: tuple[bool, int | None, int] | None = None
        self.state: Callable[[], tuple[bool, int | None]] = lambda: (True, None)

    async def begin(self) -> None:
        """Get the time once, before any other code reads it."""
        self._take(await self._get({}))

    def changed(self) -> None:
        self._dirty.set()

    async def tell(self) -> None:
        """Report now, if the state has changed."""
        async with self._telling:
            report = (*self.state(), self._clock.version)
            if report == self._told:
                return
            busy, due, version = report
            body = {"busy": busy, "next_due": due, "version": version}
            async with self._session.post(f"{self._url}/follower", json=body) as response:
                await response.read()
            self._told = report

    async def listen(self) -> None:
        """Receive every change of the clock."""
        while True:
            try:
                self._take(await self._get({"version": self._clock.version, "timeout": LONG_POLL}))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("clock.lost", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def report(self) -> None:
        """Report every change, one at a time."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self.tell()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("clock.report_lost", error=type(error).__name__)
                await asyncio.sleep(0.2)
                self._dirty.set()

    async def _get(self, query: dict[str, Any]) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=LONG_POLL + 10)
        async with self._session.get(self._url, params=query, timeout=timeout) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    def _take(self, clock: dict[str, Any]) -> None:
        self._clock.set(
            now=float(clock["now"]),
            speed=float(clock["speed"]),
            advanced=float(clock.get("advanced", 0.0)),
            version=int(clock["version"]),
        )
        self.changed()


async def clock_of(session: aiohttp.ClientSession, address: str | None) -> tuple[Clock, ClockFollower | None]:
    """The machine's clock, or that of the sandbox at `address` and what follows it."""
    if address is None:
        return MachineClock(), None
    clock = FollowedClock()
    follower = ClockFollower(session, address, clock)
    await follower.begin()
    return clock, follower
