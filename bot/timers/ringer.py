"""The heartbeat: one APScheduler job that wakes at the nearest due row and fires it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, machine_moment
from bot.storage.trouble import Trouble, is_away
from bot.storage.unit import Unit, Units
from bot.timers import timers

NOTED = 30  # seconds between two notes of "still alive"
SET_BACK = 60  # seconds by which the clock may go back unnoticed, as small corrections do
STAYED = 600.0  # steady seconds after which a clock that went back is trusted
OWNED = 60.0  # when five minutes pass in fewer real seconds than this, a person moves the clock
SAFETY = 4  # real seconds: finds rows armed by a process that died, within the five seconds of P3
log = structlog.get_logger()
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Watchdog(Generic[C]):
    """Two verbs: `beat` notes a look at the timers and returns whether to fire, `note` accepts the time as it is."""

    beat: Callable[[Unit[C]], bool]
    note: Callable[[Unit[C]], None]


class Ringer(Generic[C]):
    """Fires due rows and re-arms its one job for the next. There is no job per ticket."""

    def __init__(
        self,
        units: Units[C],
        clock: Clock,
        scheduler: AsyncIOScheduler,
        ringers: Mapping[str, timers.Ringer[C]],
        changed: Callable[[], None],
        watchdog: Watchdog[C] | None = None,
    ) -> None:
        self._units, self._clock, self._scheduler, self._ringers = units, clock, scheduler, ringers
        self._changed = changed
        self.next_due: int | None = None
        self.busy = False
        self.last_beat = clock.steady()
        self._again = False
        self._watchdog, self._seen, self._moved = watchdog, -1, False
        self._back_since: float | None = None
        self._trouble = Trouble("timers")

    def start(self) -> None:
        """Start; rows that fell due while the bot was down fire at once."""
        self._units.db.listen("timers", self.wake)
        self._clock.on_change(self._on_change)
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

    def _on_change(self) -> None:
        """The clock was moved on purpose: that is not a downtime."""
        self._moved = True
        self.wake()

    async def _may_ring(self) -> bool:
        """Whether the time can be trusted. It is stored regularly, so that the next start knows how long the bot was
        down."""
        now, steady = self._clock.now(), self._clock.steady()
        if self._watchdog is None or self._seen - SET_BACK <= now < self._seen + NOTED:
            return True
        driven = self._seen >= 0 and (self._moved or self._clock.until(now + 300) < OWNED)
        stayed = self._back_since is not None and steady - self._back_since > STAYED
        self._moved = False
        if driven or stayed:
            await self._units.run(self._watchdog.note)
        elif not await self._units.run(self._watchdog.beat):
            self._back_since = steady if self._back_since is None else self._back_since
            return False
        self._seen, self._back_since = now, None
        return True

    async def _beat(self) -> None:
        self.busy = True
        try:
            self._again = await self._may_ring()
            while self._again:
                self._again = False
                while await self._ring_batch() == timers.BATCH:
                    pass
                self.next_due = await self._units.db.read(timers.next_due)
                if self.next_due is not None and self.next_due <= self._clock.now():
                    self._again = True
            self.last_beat = self._clock.steady()
            self._trouble.over()
        except SQLAlchemyError as error:
            if not is_away(error):
                raise
            self._trouble.met(error)  # retried at the next safety look
        finally:
            self.busy = False
            self._changed()
        if self.next_due is not None:
            self._ring_in(self._clock.until(self.next_due))

    async def _ring_batch(self) -> int:
        try:
            return await self._units.run(timers.ring, self._ringers)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("ring.batch_failed")
            return await self._units.run(timers.ring_singly, self._ringers)

    def _ring_in(self, seconds: float) -> None:
        moment = DateTrigger(machine_moment(seconds))
        self._scheduler.add_job(self._beat, moment, id="ring", replace_existing=True)
