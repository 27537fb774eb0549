"""The heartbeat: one APScheduler job that wakes at the nearest due row and rings it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock, machine_moment
from bot.storage.db import Database
from bot.timers import timers

SAFETY = 4  # real seconds: finds what another process armed before it died, within the five seconds of P3
log = structlog.get_logger()


class Ringer:
    """Rings due rows and re-arms its one job to the next. It never holds a job per ticket."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        scheduler: AsyncIOScheduler,
        ringers: Mapping[str, timers.Ringer],
        changed: Callable[[], None],
    ) -> None:
        self._db, self._clock, self._scheduler, self._ringers = db, clock, scheduler, ringers
        self._changed = changed
        self.next_due: int | None = None
        self.busy = False
        self.last_beat = clock.steady()
        self._again = False

    def start(self) -> None:
        """Begin to ring; what fell due while nobody was up rings at once."""
        self._db.listen("timers", self.wake)
        self._clock.on_change(self.wake)
        self._scheduler.add_job(self._beat, IntervalTrigger(seconds=SAFETY), id="ring-safety")
        self.wake()

    def wake(self) -> None:
        """Look at the rows now: some were armed, or the clock was moved."""
        if self.busy:
            self._again = True
            return
        self.busy = True
        self._changed()
        self._ring_in(0.0)

    async def _beat(self) -> None:
        self.busy = True
        try:
            self._again = True
            while self._again:
                self._again = False
                while await self._ring_batch() == timers.BATCH:
                    pass
                self.next_due = await self._db.read(timers.next_due)
                if self.next_due is not None and self.next_due <= self._clock.now():
                    self._again = True
            self.last_beat = self._clock.steady()
        finally:
            self.busy = False
            self._changed()
        if self.next_due is not None:
            self._ring_in(self._clock.until(self.next_due))

    async def _ring_batch(self) -> int:
        now = self._clock.now()
        try:
            return await self._db.run(timers.ring, self._ringers, now)
        except Exception:
            log.exception("ring.batch_failed")
            return await self._db.run(timers.ring_singly, self._ringers, now)

    def _ring_in(self, seconds: float) -> None:
        moment = DateTrigger(machine_moment(seconds))
        self._scheduler.add_job(self._beat, moment, id="ring", replace_existing=True)
