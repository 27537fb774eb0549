"""A machine in virtual time: its wall clock can be set, its steady clock cannot, and APScheduler sleeps by both."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from itertools import count
from typing import Any

import pytest
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Machine, MachineClock
from bot.timers.waking import Waking

READERS = ("schedulers.base", "triggers.interval", "triggers.date")
"""The modules of APScheduler that read the time of day."""


class VirtualMachine(Machine):
    """Moves only in `advance`."""

    def __init__(self, wall: float) -> None:
        self._wall, self._steady = wall, 1000.0
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def wall(self) -> float:
        return self._wall + self._steady

    def steady(self) -> float:
        return self._steady

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._calls, (self._steady + max(0.0, seconds), next(self._numbers), call))

    def step(self, seconds: float) -> None:
        """Set the wall clock, as an administrator or an NTP client does."""
        self._wall += seconds

    async def advance(self, seconds: float, executor: AsyncIOExecutor) -> None:
        until = self._steady + seconds
        await _idle(executor)
        while self._calls and self._calls[0][0] <= until:
            self._steady, _, call = heapq.heappop(self._calls)
            call()
            await _idle(executor)
        self._steady = until


class MachinesClock(MachineClock):
    """The product's clock on a virtual machine."""

    def __init__(self, machine: VirtualMachine) -> None:
        self._machine = machine

    def now(self) -> int:
        return int(self._machine.wall())

    def steady(self) -> float:
        return self._machine.steady()

    def until(self, instant: int) -> float:
        return max(0.0, instant - self._machine.wall())


class SleepingScheduler(AsyncIOScheduler):  # type: ignore[misc]
    """APScheduler that sleeps on a virtual machine."""

    def __init__(self, machine: VirtualMachine, executor: AsyncIOExecutor) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        super().__init__(job_defaults=defaults, executors={"default": executor}, timezone=UTC)
        self._machine, self._sleep = machine, 0

    def _start_timer(self, wait_seconds: float | None) -> None:
        self._sleep += 1
        if wait_seconds is not None:
            mine = self._sleep
            self._machine.call_later(wait_seconds, lambda: self.wakeup() if mine == self._sleep else None)

    def _stop_timer(self) -> None:
        self._sleep += 1


def waking(machine: VirtualMachine, executor: AsyncIOExecutor, patch: pytest.MonkeyPatch) -> Waking:
    """The product's waking, on that machine."""

    class MachinesDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(machine.wall(), tz)

    for reader in READERS:
        patch.setattr(f"apscheduler.{reader}.datetime", MachinesDatetime)
    return Waking(SleepingScheduler(machine, executor), machine)


async def _idle(executor: AsyncIOExecutor) -> None:
    """Until every job that has begun is done."""
    quiet = 0
    while quiet < 4:
        await asyncio.sleep(0)
        running = set(executor._pending_futures) if hasattr(executor, "_pending_futures") else set()
        if running:
            await asyncio.wait(running)
        quiet = 0 if running else quiet + 1
