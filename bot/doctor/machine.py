"""The machine and the directory: disk, versions, the last backup, people and their accounts."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__
from bot.doctor.finding import Diagnosis
from bot.doctor.records import Records
from bot.observe import health
from bot.people.directory import Person
from bot.settings import Settings
from bot.storage import backups
from bot.storage.migrate import sqlite_path
from bot.telegram.api import Api, Refused, TelegramError

GIGABYTE = 1 << 30
HOUR = 3600  # seconds
NOT_BEGUN = "initiate conversation"  # Telegram's words for a person who has not pressed Start
LATE = 3  # times the interval after which a backup is missing


def versions(settings: Settings, found: Diagnosis) -> None:
    file = sqlite_path(settings.database_url.get_secret_value())
    database = f"SQLite {sqlite3.sqlite_version}" if file is not None else "PostgreSQL"
    found.good("versions", version=__version__, python=platform.python_version(), database=database)


def disk(settings: Settings, found: Diagnosis) -> None:
    """The disk of the SQLite file, or of the working folder."""
    file = sqlite_path(settings.database_url.get_secret_value())
    folder = file.parent if file is not None and file.parent.is_dir() else Path()
    usage = shutil.disk_usage(folder)
    facts = {"folder": folder.resolve(), "free": f"{usage.free / GIGABYTE:.1f}"}
    used = 100 - 100 * usage.free / usage.total
    if used > health.DISK:
        found.fault("disk_full", **facts, used=round(used))
    else:
        found.good("disk", **facts)


def last_backup(settings: Settings, now: int, found: Diagnosis) -> None:
    """`now` is in UTC seconds."""
    is_ours = sqlite_path(settings.database_url.get_secret_value()) is not None
    if not (is_ours or settings.backup_dir is not None) or settings.backup_every_hours == 0:
        found.hint("backup_yours")
        return
    newest = next(reversed(backups.in_folder(settings.backup_folder)), None)
    if newest is None:
        found.hint("backup_none", folder=settings.backup_folder)
        return
    hours = max(0, now - newest.at) // HOUR
    facts = {"file": newest.file, "at": f"{datetime.fromtimestamp(newest.at, UTC):%d.%m.%Y %H:%M} UTC"}
    if hours > LATE * settings.backup_every_hours:
        found.fault("backup_old", **facts, hours=hours)
    else:
        found.good("backup", **facts)


def directory(records: Records, found: Diagnosis) -> None:
    """Whether people were imported, an administrator among them, and whose roles wait for a proof."""
    if not records.people:
        found.fault("no_people")
        return
    found.good("people", people=len(records.people), staff=len(records.staff))
    if not any(person.is_admin for person in records.people):
        found.fault("no_admin")
    waiting = [person.name for person in records.people if person.claimed]
    if waiting:
        found.hint("unproven", people=found.listed(waiting))


async def private_chats(api: Api, chiefs: Sequence[Person], username: str, found: Diagnosis) -> None:
    """Whether those who get alarms and notices can be written to at all."""
    strangers = [person for person in chiefs if person.telegram_id is None]
    silent = [person.name for person in chiefs if await _has_not_begun(api, person)]
    blocked = [one.name for one in chiefs if one.lost is not None and NOT_BEGUN not in one.lost]
    if strangers:
        invited = strangers[0].staff_id
        found.fault("no_account", people=found.listed([one.name for one in strangers]), staff_id=invited)
    if silent:
        found.fault("never_started", people=found.listed(silent), username=username)
    if blocked:
        found.fault("blocked", people=found.listed(blocked), username=username)
    if chiefs and not (strangers or silent or blocked):
        found.good("chiefs", people=found.listed([person.name for person in chiefs]))


async def _has_not_begun(api: Api, person: Person) -> bool:
    """Telegram does not show a bot the chat of a person it has never met. Whom it meets in a group only, it shows, and refuses
    the first message to them: `lost` has the reason then."""
    if person.telegram_id is None or person.lost is not None:
        return person.lost is not None and NOT_BEGUN in person.lost
    try:
        await api.call("getChat", {"chat_id": person.telegram_id})
    except Refused:
        return True
    except TelegramError:
        return False
    return False
