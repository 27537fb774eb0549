"""The only reader of the time: the machine's clock, or a sandbox's."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from urllib.request import urlopen

AWAY = 5.0  # real seconds to wait for a sandbox's clock


class Clock(Protocol):
    """Two axes of time. Only their owner can change them."""

    def now(self) -> int:
        """UTC seconds since the epoch: wall time, or the sandbox's virtual time."""
        ...

    def steady(self) -> float:
        """Monotonic seconds, for limits, leases and retry_after; not affected by `speed`."""
        ...

    def until(self, instant: int) -> float:
        """Real seconds until `now()` reaches `instant`; 0 when it has passed."""
        ...

    def on_change(self, call: Callable[[], None]) -> None:
        """Call `call` whenever the clock is moved or its speed changed from outside."""
        ...


class MachineClock:
    """The wall clock of this machine."""

    def now(self) -> int:
        return int(time.time())

    def steady(self) -> float:
        return time.monotonic()

    def until(self, instant: int) -> float:
        return max(0.0, instant - time.time())

    def on_change(self, call: Callable[[], None]) -> None:
        """Does nothing: this clock is never moved."""


class FollowedClock:
    """A clock whose time and speed are set by its owner, the sandbox.

    Between two calls of `set` it runs at `speed`.
    """

    def __init__(self) -> None:
        self.version = -1
        self._at, self._base, self._speed, self._advanced = time.monotonic(), time.time(), 1.0, 0.0
        self._listeners: list[Callable[[], None]] = []

    def set(self, *, now: float, speed: float, advanced: float, version: int) -> None:
        """Set the time: `now` in UTC seconds, `advanced` = seconds by which it was moved by hand in total."""
        if version == self.version:
            return
        self._at, self._base, self._speed, self._advanced = time.monotonic(), now, speed, advanced
        self.version = version
        for call in self._listeners:
            call()

    def now(self) -> int:
        return int(self._base + (time.monotonic() - self._at) * self._speed)

    def steady(self) -> float:
        return time.monotonic() + self._advanced

    def until(self, instant: int) -> float:
        if self._speed <= 0:
            return 3600.0
        exact = self._base + (time.monotonic() - self._at) * self._speed
        return max(0.0, (instant - exact) / self._speed)

    def on_change(self, call: Callable[[], None]) -> None:
        self._listeners.append(call)


class Machine:
    """This machine's two clocks: wall time, which can be set, and steady time, by which a process sleeps."""

    def wall(self) -> float:
        """UTC seconds since the epoch."""
        return time.time()

    def steady(self) -> float:
        return time.monotonic()

    def moment(self, seconds: float) -> datetime:
        """The wall time in `seconds`: for the scheduler, independent of the desk's time."""
        return datetime.fromtimestamp(self.wall() + seconds, UTC)

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call `call` in this event loop after `seconds` of steady time."""
        asyncio.get_running_loop().call_later(seconds, call)


def moment(clock_url: str | None) -> int:
    """UTC seconds for a command: the machine's, or those of the sandbox at `clock_url`. Raises OSError when it is away."""
    if clock_url is None:
        return MachineClock().now()
    # Only http(s), as the settings check.
    with urlopen(f"{clock_url.rstrip('/').removesuffix('/sim/clock')}/sim/clock", timeout=AWAY) as answer:
        return int(json.load(answer)["now"])


async def rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait for `wake` or `seconds` of real time, and clear `wake`."""
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            await wake.wait()
    except TimeoutError:
        pass
    wake.clear()
