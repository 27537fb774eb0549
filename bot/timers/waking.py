"""APScheduler wakes everything. A guard with steady time wakes APScheduler when the machine's clock was moved.

APScheduler computes the next run of a job from wall time and then sleeps in steady time. When the clock is set back, it
would sleep for the size of the jump.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Machine
from bot.observe import metrics

LOOK = 5.0  # steady seconds between two comparisons of the clocks
STEP = 1.0  # seconds: below that the clock was adjusted, not moved
log = structlog.get_logger()
Job = Callable[[], Awaitable[object]]


class Waking:
    """Runs jobs at intervals and after delays, in real seconds, whatever happens to the machine's clock."""

    def __init__(self, scheduler: AsyncIOScheduler | None = None, machine: Machine | None = None) -> None:
        self._machine = machine or Machine()
        self._scheduler = scheduler or AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._difference = 0.0  # wall minus steady time at the last comparison
        self._moved: list[Callable[[], None]] = []

    def start(self) -> None:
        self._scheduler.start()
        self._difference = self._machine.wall() - self._machine.steady()
        self._machine.call_later(LOOK, self._compare)

    def stop(self) -> None:
        """Begin nothing more; what runs is not awaited."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def every(self, seconds: int, job: Job, name: str) -> None:
        run = partial(self._run, job)
        self._scheduler.add_job(run, IntervalTrigger(seconds=seconds), id=name, name=name)

    def once(self, seconds: float, job: Job, name: str) -> None:
        """Run `job` in `seconds`; a second call under the same name replaces the first."""
        moment = DateTrigger(self._machine.moment(seconds))
        run = partial(self._run, job)
        self._scheduler.add_job(run, moment, id=name, name=name, replace_existing=True)

    def on_move(self, call: Callable[[], None]) -> None:
        """Call `call` when the machine's clock was moved, at most LOOK seconds later."""
        self._moved.append(call)

    async def _run(self, job: Job) -> None:
        try:
            await job()
        except asyncio.CancelledError:
            if self._scheduler.running:  # otherwise the bot ends, and its database before this job
                raise

    def _compare(self) -> None:
        if not self._scheduler.running:
            return
        difference = self._machine.wall() - self._machine.steady()
        step, self._difference = difference - self._difference, difference
        if abs(step) >= STEP:
            direction = "back" if step < 0 else "forward"
            log.warning("clock.moved", direction=direction, seconds=round(abs(step)))
            metrics.CLOCK_MOVED.labels(direction=direction).inc()
            self._wake_all()
        self._machine.call_later(LOOK, self._compare)

    def _wake_all(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._machine.moment(0.0))
        for call in self._moved:
            call()
