"""Backups that a working bot makes by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from bot.clock import Clock
from bot.config.config import Config, Work
from bot.keys import ADMINS
from bot.settings import Settings
from bot.storage import backups
from bot.storage.backup import BackupFailed, backup
from bot.storage.backups import Backup
from bot.storage.migrate import sqlite_path
from bot.storage.unit import Units
from bot.telegram import outbox

LOOK = 600  # seconds between two looks whether a backup is due
HOUR, DAY = 3600, 86400  # seconds
log = structlog.get_logger()


class Backups:
    """Makes a backup whenever the newest one is old enough. The folder is its only memory, so `firstline backup` counts too."""

    def __init__(self, settings: Settings, units: Units[Config], clock: Clock) -> None:
        self._settings, self._units, self._clock = settings, units, clock
        self._url = settings.database_url.get_secret_value()

    @property
    def are_made(self) -> bool:
        """PostgreSQL usually has backups of its own: Firstline makes some when a folder is named for them."""
        wanted = sqlite_path(self._url) is not None or self._settings.backup_dir is not None
        return wanted and self._settings.backup_every_hours > 0

    @property
    def every_hours(self) -> int:
        return self._settings.backup_every_hours

    def newest(self) -> Backup | None:
        """The newest finished backup in the folder."""
        return next(reversed(backups.in_folder(self._settings.backup_folder)), None)

    async def look(self) -> None:
        """Make a backup if one is due, and delete spare ones. A failure is reported once a day."""
        now, newest = self._clock.now(), self.newest()
        if newest is not None and 0 <= now - newest.at < self._settings.backup_every_hours * HOUR:
            return
        try:
            made = await backup(self._url, self._settings.backup_folder, now, _unseen)
        except BackupFailed as error:
            log.error("backup.failed", error=str(error))
            await self._units.run(_say_it_failed, str(error), newest)
            return
        log.info("backup.made", bytes=made.size)
        days, weeks = self._settings.backup_keep_days, self._settings.backup_keep_weeks
        await asyncio.to_thread(backups.rotate, self._settings.backup_folder, days, weeks)


def _unseen(_percent: int) -> None:
    """A log line per step would say nothing."""


def _say_it_failed(work: Work, reason: str, newest: Backup | None) -> None:
    facts, key = {"reason": reason}, "backup.none_yet"
    if newest is not None:
        facts["last"], key = f"{datetime.fromtimestamp(newest.at, UTC):%d.%m.%Y %H:%M} UTC", "backup.failed"
    outbox.line(work, ADMINS, key, facts, dedupe=f"backup:{work.now // DAY}")
