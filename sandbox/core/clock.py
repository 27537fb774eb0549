"""The sandbox's one clock: virtual time for dates, steady time for windows and limits."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any


class Signal:
    """Wakes all waiting tasks, and passes the signal on to `downstream`."""

    def __init__(self) -> None:
        self.downstream: list[Signal] = []
        self._waiting: set[asyncio.Future[bool]] = set()

    def fire(self) -> None:
        for signal in self.downstream:
            signal.fire()
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(True)

    async def wait(self, within: float | None = None) -> bool:
        """True when fired, False after `within` real seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.add(future)
        timer = None if within is None else loop.call_later(max(within, 0), _give_up, future)
        try:
            return await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()


def _give_up(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)


class SandboxClock:
    """Virtual time runs `speed` times as fast as real time and can be moved forward; it never goes back.

    Steady time is real (monotonic) seconds plus all that was skipped by `jump_to`: callback windows, flood windows,
    long polls and retry_after use it, so that at a high speed a button does not expire too soon.
    """

    def __init__(self, start: float, speed: float = 1.0) -> None:
        self.changed = Signal()
        self.version = 1
        self.advanced = 0.0
        self._set(start, speed)

    def _set(self, now: float, speed: float) -> None:
        self.speed = speed
        self._anchor = now
        self._anchor_real = time.monotonic()

    def now(self) -> float:
        """Virtual unix seconds."""
        return self._anchor + (time.monotonic() - self._anchor_real) * self.speed

    def date(self) -> int:
        """Virtual unix seconds as an integer, as in messages."""
        return int(self.now())

    def steady(self) -> float:
        return time.monotonic() + self.advanced

    def set_speed(self, speed: float) -> None:
        self._set(self.now(), speed)
        self._tell()

    def restart_at(self, now: float) -> None:
        """Set the initial time of a world in which nothing has happened yet."""
        self._set(now, self.speed)
        self._tell()

    def jump_to(self, target: float) -> None:
        """Skip forward so that `now` is exactly `target`, which must not be in the past."""
        skipped = target - self.now()
        if skipped <= 0:
            return
        self._set(target, self.speed)
        self.advanced += skipped
        self._tell()

    def _tell(self) -> None:
        self.version += 1
        self.changed.fire()

    async def sleep(self, seconds: float) -> None:
        """Sleep steady seconds: a jump shortens it."""
        until = self.steady() + seconds
        while (left := until - self.steady()) > 0:
            await self.changed.wait(left)

    def picture(self) -> dict[str, Any]:
        now = self.now()
        iso = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {
            "now": round(now, 3),
            "iso": iso,
            "speed": self.speed,
            "advanced": round(self.advanced, 6),
            "version": self.version,
        }


def instant(value: float | int | str) -> float:
    """Unix seconds from a number or from an ISO instant (no zone means UTC). Raises ValueError."""
    if isinstance(value, int | float):
        return float(value)
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
