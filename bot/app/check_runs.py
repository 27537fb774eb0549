"""Checks that scenarios ask for: done outside any transaction, their results taken in by the next unit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.clock import Clock
from bot.config.config import Config
from bot.scenarios.library import run
from bot.scenarios.library.check_functions import Surroundings, run_check
from bot.scenarios.play.events import Checked
from bot.selfservice import turns
from bot.selfservice.effects import PendingCheck, Reply
from bot.storage.trouble import Trouble
from bot.storage.unit import Units

log = structlog.get_logger()


class Checks:
    """Runs checks in parallel; a check that a crash interrupted runs again at the next start."""

    def __init__(
        self, units: Units[Config], clock: Clock, around: Surroundings, changed: Callable[[], None]
    ) -> None:
        self._units, self._changed = units, changed
        self._around = around
        self._tasks: set[asyncio.Task[None]] = set()
        self._trouble = Trouble("checks", clock)

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def resume(self) -> None:
        """Take up the checks that no one finished."""
        waiting = await self._units.db.read(run.unchecked)
        self.start([PendingCheck(*pending) for pending in waiting])

    def start(self, checks: Sequence[PendingCheck]) -> None:
        """Begin these checks; returns at once."""
        for pending in checks:
            task = asyncio.create_task(self._one(pending))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Leave what is under way: the rows still say that it is wanted."""
        for task in self._tasks:
            task.cancel()

    async def _one(self, pending: PendingCheck) -> None:
        around = replace(self._around, language=self._units.config.program.defaults.language)
        result = await run_check(pending.check, around)
        reply = await self._trouble.outlast(partial(self._take_in, pending, result))
        self.start(reply.checks)

    async def _take_in(self, pending: PendingCheck, result: Checked) -> Reply:
        return await self._units.run(turns.checked, pending, result)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed()
        if not task.cancelled() and task.exception() is not None:
            log.error("check.failed", exc_info=task.exception())
