"""Signs of life of the running bot: for /readyz, for the metrics, for the address that is called while all is well."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.app.backing_up import HOUR, Backups
from bot.clock import Clock, Machine
from bot.config.config import Config
from bot.observe import health, metrics
from bot.observe.health import Readiness, Sign
from bot.storage import trouble
from bot.storage.unit import Units
from bot.telegram import backlog, inbox
from bot.telegram.outbox import ALARM
from bot.tickets import store
from bot.timers import timers

PATIENCE = 5.0  # real seconds for the database to answer
SLACK = 30  # seconds beyond three cycles of a job
HEARTBEAT = 60  # real seconds between two calls of the address outside
CALL = 10.0  # real seconds for that call
log = structlog.get_logger()


class Vitals:
    """Gathers what every part says of itself, and what only the database and the disk know.

    `loops` are the signs of the loops that have a beat of their own, `conditions` other signs of the parts; `folder` is where
    the SQLite file is.
    """

    def __init__(
        self,
        units: Units[Config],
        clock: Clock,
        loops: Callable[[], Sequence[Sign]],
        conditions: Callable[[], Sequence[Sign]],
        backups: Backups,
        folder: Path | None,
    ) -> None:
        self._units, self._clock, self._loops, self._conditions = units, clock, loops, conditions
        self._backups, self._folder = backups, folder
        self._machine = Machine()  # jobs are woken by real time, whatever the desk's clock does
        self._began = self._machine.steady()
        self._counted: Counter[str] = Counter()
        self._cycles: dict[str, tuple[float, float]] = {}  # of a job: its last cycle, and how old that may be

    def expect(self, job: str, seconds: int) -> None:
        """From now on this job does its work every so many seconds."""
        self._cycles[job] = (self._machine.steady(), 3 * seconds + SLACK)

    def cycled(self, job: str) -> None:
        """The job has done its work."""
        self._cycles[job] = (self._machine.steady(), self._cycles[job][1])

    async def look(self, *, stopping: bool) -> Readiness:
        """Every sign, and every gauge of the metrics set to it."""
        self._count_trouble()
        try:
            async with asyncio.timeout(PATIENCE):
                from_rows = await self._units.db.read(self._in_database)
        except (SQLAlchemyError, TimeoutError) as error:
            metrics.READY.set(0)
            return Readiness(False, (f"LATE database: {type(error).__name__}",))
        loops = [*self._loops(), *self._jobs()]
        for sign in loops:
            metrics.LAST_CYCLE.labels(sign.name).set(self._clock.now() - sign.age)
        found = health.ready([*loops, *self._conditions(), *from_rows, *self._on_disk()], stopping=stopping)
        metrics.READY.set(found.ok)
        return found

    def _count_trouble(self) -> None:
        for where, failures in trouble.MET.items():
            metrics.DB_BUSY.labels(where).inc(failures - self._counted[where])
            self._counted[where] = failures

    def _jobs(self) -> list[Sign]:
        steady = self._machine.steady()
        return [Sign(name, steady - last, most) for name, (last, most) in self._cycles.items()]

    def _in_database(self, tx: Connection) -> list[Sign]:
        now = self._clock.now()
        waiting, oldest = inbox.waiting(tx)
        received = _age(now, oldest)
        metrics.INBOX_PENDING.set(waiting)
        metrics.INBOX_AGE.set(received)
        due = _age(now, timers.next_due(tx))
        queues = {queue.priority: queue for queue in backlog.queues(tx, now)}
        for gauge in (metrics.OUTBOX_PENDING, metrics.OUTBOX_AGE, metrics.TICKETS_OPEN):
            gauge.clear()
        for queue in queues.values():
            metrics.OUTBOX_PENDING.labels(queue.priority).set(queue.rows)
            metrics.OUTBOX_AGE.labels(queue.priority).set(_age(now, queue.since))
        for (state, priority), number in store.open_by_state(tx).items():
            metrics.TICKETS_OPEN.labels(state, priority).set(number)
        alarms = queues.get(ALARM)
        others = [queue.since for queue in queues.values() if queue.since is not None]
        return [
            Sign("inbox", received, health.INBOX),
            Sign("timers", due, health.TIMERS),
            Sign("alerts", _age(now, alarms.since if alarms else None), health.ALERTS),
            Sign("outbox", _age(now, min(others, default=None)), health.OUTBOX),
        ]

    def _on_disk(self) -> list[Sign]:
        signs = []
        if self._folder is not None and self._folder.is_dir():
            disk = shutil.disk_usage(self._folder)
            metrics.DISK_FREE.set(disk.free / disk.total)
            signs.append(Sign("disk used", 100 - 100 * disk.free / disk.total, health.DISK, "%"))
        if self._backups.are_made:
            newest = self._backups.newest()
            age = self._machine.steady() - self._began
            if newest is not None:
                age = max(0, self._clock.now() - newest.at)
                metrics.BACKUP_AT.set(newest.at)
                metrics.BACKUP_SIZE.set(newest.size)
            signs.append(Sign("backup", age, 3 * HOUR * self._backups.every_hours))
        return signs


def _age(now: int, since: int | None) -> int:
    """Seconds since that moment; 0 for one that is to come, and for none."""
    return 0 if since is None else max(0, now - since)


async def knock(address: str, verdict: Readiness) -> None:
    """Call the address outside while every sign is good: when the calls end, someone there notices. A call that fails is for
    that side to notice too."""
    if not verdict.ok:
        return
    try:
        timeout = aiohttp.ClientTimeout(total=CALL)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as response:
            await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("heartbeat.unheard", kind=type(error).__name__)
