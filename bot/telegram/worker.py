"""Passes stored updates to the doors: one at a time in each chat, many chats in parallel (R4)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from bot.observe.metrics import UPDATE_SECONDS, UPDATES_DEAD, UPDATES_PROCESSED
from bot.storage.trouble import Trouble, is_away
from bot.storage.unit import Unit, Units
from bot.telegram import inbox
from bot.telegram.inbox import AlreadyDone, StoredUpdate

LANES = 64  # chats that are served at the same time
PAUSE = 0.3  # real seconds before the same update is tried again, times the number of tries
log = structlog.get_logger()
C = TypeVar("C")

Handle = Callable[[StoredUpdate], Awaitable[None]]
"""`handle(stored)`: everything this update causes, in units that end with `inbox.finish`."""

GaveUp = Callable[[Unit[C], StoredUpdate, str], None]
"""`gave_up(unit, stored, error)`: an update became a dead letter in this transaction, and somebody has to hear of it."""


class Worker(Generic[C]):
    """One queue per chat. An update that fails is retried, then becomes a dead letter; its chat goes on (P6)."""

    def __init__(
        self,
        units: Units[C],
        handle: Handle,
        gave_up: GaveUp[C],
        changed: Callable[[], None],
    ) -> None:
        self._units, self._handle = units, handle
        self._gave_up, self._changed = gave_up, changed
        self._lanes: dict[int, deque[StoredUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(LANES)
        self._stopping = False
        self._trouble = Trouble("worker")

    @property
    def busy(self) -> bool:
        return bool(self._lanes)

    async def start(self) -> None:
        """Queue what a predecessor left in the inbox."""
        self.offer(list(await self._units.db.read(inbox.pending)))

    def offer(self, updates: Sequence[StoredUpdate]) -> None:
        """Queue stored updates; returns at once."""
        for stored in updates:
            lane = self._lanes.get(stored.lane)
            if lane is not None:
                lane.append(stored)
                continue
            self._lanes[stored.lane] = deque([stored])
            task = asyncio.create_task(self._serve(stored.lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._changed()

    async def handled(self) -> None:
        """Wait until the chats that have updates now have none left."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, seconds: float) -> None:
        """Finish the updates in hand within `seconds` of real time; the others wait in the inbox for the next start."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()

    async def _serve(self, lane: int) -> None:
        waiting = self._lanes[lane]
        async with self._slots:
            while waiting and not self._stopping:
                stored = waiting[0]
                with UPDATE_SECONDS.time():
                    result = await self._one(stored)
                UPDATES_PROCESSED.labels(stored.kind, result).inc()
                log.info("update.done", update_id=stored.update_id, kind=stored.kind, result=result)
                waiting.popleft()
        del self._lanes[lane]
        self._changed()

    async def _one(self, stored: StoredUpdate) -> str:
        """What became of it: "ok", "repeated", "dead", or "left" in the inbox by a stop."""
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._handle(stored)
            except AlreadyDone:
                return "repeated"
            except Exception as error:
                if is_away(error):  # not the update's fault
                    self._trouble.met(error)
                else:
                    log.exception("update.failed", update_id=stored.update_id, attempt=attempt)
                    if await self._put_aside(stored, f"{type(error).__name__}: {error}"):
                        return "dead"
                await asyncio.sleep(PAUSE * min(attempt, 10))
                if self._stopping:
                    return "left"
            else:
                self._trouble.over()
                return "ok"

    async def _put_aside(self, stored: StoredUpdate, error: str) -> bool:
        """Count the failure; True when the update became a dead letter, False also while the database is away."""
        try:
            dead = await self._units.run(_fail, stored, error, self._gave_up)
        except Exception as away:
            if is_away(away):
                self._trouble.met(away)
            else:
                log.critical("inbox.unreachable", update_id=stored.update_id, exc_info=True)
            return False
        if dead:
            UPDATES_DEAD.inc()
        return dead


def _fail(unit: Unit[C], stored: StoredUpdate, error: str, gave_up: GaveUp[C]) -> bool:
    """The last failure and its report are one unit, so that no dead letter goes unreported."""
    dead = inbox.fail(unit.tx, stored.update_id, error)
    if dead:
        gave_up(unit, stored, error)
    return dead
