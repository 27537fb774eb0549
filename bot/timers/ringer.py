"""The heartbeat: one job that wakes at the nearest due row and fires it, and holds while the clock cannot be believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.storage.trouble import Trouble, is_away
from bot.storage.unit import Unit, Units
from bot.timers import timers
from bot.timers.waking import Waking

NOTED = 30  # seconds between two notes of "still alive"
SET_BACK = 60  # seconds: small corrections of a clock are below
STAYED = 600.0  # steady seconds after which a clock that went back is trusted
STEP = 2  # seconds by which a clock must be behind steady time to have been set back
REAL = (240.0, 360.0)  # real seconds in which five minutes pass; otherwise a person drives the clock
SAFETY = 4  # real seconds: finds rows armed by a process that died, within the five seconds of P3
log = structlog.get_logger()
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Watchdog(Generic[C]):
    """What the ringer notes, and how long it doubts a clock that was set back.

    `beat` notes a look at the timers and returns whether to fire, `note` accepts the time as it is, `set_back` takes in
    that the clock went back and should show that UTC second.
    """

    beat: Callable[[Unit[C]], bool]
    note: Callable[[Unit[C]], None]
    set_back: Callable[[Unit[C], int], None]
    doubts: float = STAYED  # steady seconds


@dataclass(frozen=True, slots=True)
class _Look:
    """The time at a look: UTC seconds, and the steady second."""

    now: int
    steady: float

    def expected(self, steady: float) -> int:
        """What the clock should show at a later steady second."""
        return int(self.now + steady - self.steady)


class Ringer(Generic[C]):
    """Fires due rows and re-arms its one job for the next. There is no job per ticket."""

    def __init__(
        self,
        units: Units[C],
        clock: Clock,
        waking: Waking,
        ringers: Mapping[str, timers.Ringer[C]],
        changed: Callable[[], None],
        watchdog: Watchdog[C] | None = None,
    ) -> None:
        self._units, self._clock, self._waking, self._ringers = units, clock, waking, ringers
        self._changed = changed
        self.next_due: int | None = None
        self.busy = True  # until it starts: what is due has not been looked at
        self.last_beat = clock.steady()
        self._again = False
        self._watchdog, self._noted, self._moved = watchdog, -1, False
        self._last = _Look(clock.now(), clock.steady())
        self._doubted: _Look | None = None  # what the clock should have shown when it went back
        self._trouble = Trouble("timers")

    def start(self) -> None:
        """Start; rows that fell due while the bot was down fire at once."""
        self._units.db.listen("timers", self.wake)
        self._clock.on_change(self._on_change)
        self._waking.on_move(self.wake)
        self._waking.every(SAFETY, self._beat, "ring-safety")
        self.busy = False
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
        """Whether the time can be believed. It is stored regularly, so that the next start knows how long the bot was
        down."""
        now, steady = self._clock.now(), self._clock.steady()
        expected = self._last.expected(steady)
        driven = self._moved or not REAL[0] <= self._clock.until(now + 300) <= REAL[1]
        if self._watchdog is not None and not driven and expected - now >= STEP:
            await self._units.run(self._watchdog.set_back, expected)
            if expected - now >= SET_BACK:
                self._doubted = _Look(expected, steady)
        self._last, self._moved = _Look(now, steady), False
        on_time = self._noted - SET_BACK < now < self._noted + NOTED
        if self._watchdog is None or (self._doubted is None and on_time):
            return True
        return await self._believed(self._watchdog, driven)

    async def _believed(self, watchdog: Watchdog[C], driven: bool) -> bool:
        now, steady, doubted = self._last.now, self._last.steady, self._doubted
        stayed = doubted is not None and steady - doubted.steady >= watchdog.doubts
        if (driven and self._noted >= 0) or stayed:
            await self._units.run(watchdog.note)
        elif (doubted is not None and now < doubted.now) or not await self._units.run(watchdog.beat):
            self._doubted = doubted or _Look(now, steady)
            return False
        self._noted, self._doubted = now, None
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
        if self.next_due is not None and self._doubted is None:
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
        self._waking.once(seconds, self._beat, "ring")
