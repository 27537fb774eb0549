"""Backups by the bot itself and by the command line, with the words that people read."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, select, update

from bot.app import backing_up, operations_cli
from bot.app.backing_up import Backups
from bot.settings import Settings
from bot.storage import backups, kv
from bot.storage.backup import BackupFailed
from bot.storage.db import Database, open_database
from bot.storage.schema import facts, outbox
from bot.telegram import outbox as saying
from tests.databases import copied_sqlite
from tests.units import units, work

NOON = 1_795_953_600  # 2026-11-29 12:00 UTC
HOUR = 3600


class Now:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> int:
        return self.at


def house(folder: Path, **more: object) -> Settings:
    url = SecretStr(f"sqlite+aiosqlite:///{folder / 'firstline.db'}")
    return Settings(_env_file=None, database_url=url, language="en", **more)  # type: ignore[arg-type]


def said(tx: Connection) -> list[dict[str, str]]:
    return list(tx.scalars(select(outbox.c.params).order_by(outbox.c.id)))


@pytest.fixture
async def db(tmp_path: Path):
    opened = open_database(copied_sqlite(tmp_path / "firstline.db"))
    yield opened
    await opened.close()


def made_by(settings: Settings, db: Database, now: Now) -> Backups:
    return Backups(settings, units(db, now.now), now)  # type: ignore[arg-type]  # only the time is asked for


async def test_a_backup_is_made_when_the_newest_is_a_day_old_and_the_oldest_ones_go(
    tmp_path: Path, db: Database
) -> None:
    now, folder = Now(), tmp_path / "backups"
    making = made_by(house(tmp_path, backup_keep_days=2, backup_keep_weeks=0), db, now)
    for hours in (0, 23, 24, 47, 48, 72):
        now.at = NOON + hours * HOUR
        await making.look()
    assert [one.at for one in backups.in_folder(folder)] == [NOON + 48 * HOUR, NOON + 72 * HOUR]
    newest = making.newest()
    assert newest is not None
    assert newest.at == now.at


async def test_a_clock_that_went_back_does_not_stop_the_backups(tmp_path: Path, db: Database) -> None:
    now = Now()
    making = made_by(house(tmp_path), db, now)
    await making.look()
    now.at = NOON - 30 * 24 * HOUR
    await making.look()
    assert len(backups.in_folder(tmp_path / "backups")) == 2


async def test_a_failed_backup_is_reported_to_the_administrators_once_a_day_and_tried_again(
    tmp_path: Path, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise BackupFailed("The backup could not be made. no space left")

    now = Now()
    making = made_by(house(tmp_path), db, now)
    with monkeypatch.context() as patch:
        patch.setattr(backing_up, "backup", full)
        for minutes in (0, 10, 20):
            now.at = NOON + minutes * 60
            await making.look()
    lines = await db.read(said)
    assert [(one["line"], one["facts"]) for one in lines] == [  # type: ignore[comparison-overlap]
        ("backup.none_yet", {"reason": "The backup could not be made. no space left"})
    ]
    await making.look()
    assert len(backups.in_folder(tmp_path / "backups")) == 1


@pytest.mark.parametrize(
    ("url", "folder", "hours", "wanted"),
    [
        ("sqlite+aiosqlite:///data/firstline.db", None, 24, True),
        ("sqlite+aiosqlite:///data/firstline.db", None, 0, False),
        ("postgresql+asyncpg://localhost/firstline", None, 24, False),
        ("postgresql+asyncpg://localhost/firstline", Path("copies"), 24, True),
    ],
)
def test_the_bot_makes_backups_of_its_file_and_of_a_server_only_where_a_folder_is_named(
    url: str, folder: Path | None, hours: int, wanted: bool
) -> None:
    settings = Settings(
        _env_file=None, database_url=SecretStr(url), backup_dir=folder, backup_every_hours=hours
    )
    assert Backups(settings, None, None).are_made is wanted  # type: ignore[arg-type]


def test_backups_lie_beside_the_file_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert house(tmp_path).backup_folder == tmp_path / "backups"
    assert house(tmp_path, backup_dir=Path("/mnt/copies")).backup_folder == Path("/mnt/copies")
    assert Settings(_env_file=None).backup_folder == Path("data/backups")


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database, in which commands run."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.lower() in Settings.model_fields]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", copied_sqlite(tmp_path / "firstline.db"))
    monkeypatch.setenv("LANGUAGE", "en")
    return tmp_path


def put(tx: Connection) -> None:
    kv.put(tx, "before", "1")
    saying.say(work(tx, 0), "person:1", "words that waited")


async def write(home: Path, verb) -> None:  # type: ignore[no-untyped-def]
    db = open_database(f"sqlite+aiosqlite:///{home / 'firstline.db'}")
    await db.run(verb)
    await db.close()


async def test_backup_and_restore_say_what_they_did(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await write(home, put)
    await _in_a_thread(operations_cli.back_up, None)
    (made,) = backups.in_folder(home / "backups")
    shown = capsys.readouterr()
    assert "100 %" in shown.err
    assert shown.out.startswith(f"Backup: {made.file}, 0.")
    await write(home, lambda tx: tx.execute(update(facts).values(value="2")).close())
    await _in_a_thread(operations_cli.bring_back, made.file, False)
    out = capsys.readouterr().out
    assert "will not be sent: 1. New tickets begin at 1000." in out
    assert [name for name in os.listdir(home) if ".before-restore-" in name and name in out]
    db = open_database(f"sqlite+aiosqlite:///{home / 'firstline.db'}")
    assert await db.read(kv.get, "before") == "1"
    old, told = await db.read(
        lambda tx: tx.execute(select(outbox.c.chat, outbox.c.state).order_by(outbox.c.id)).all()
    )
    assert tuple(old) == ("person:1", "dropped")
    assert tuple(told) == ("bot-admins", "pending")
    await db.close()


async def test_with_resend_what_waited_is_sent(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await write(home, put)
    await _in_a_thread(operations_cli.back_up, home / "elsewhere")
    (made,) = backups.in_folder(home / "elsewhere")
    await _in_a_thread(operations_cli.bring_back, made.file, True)
    assert "will be sent" in capsys.readouterr().out
    db = open_database(f"sqlite+aiosqlite:///{home / 'firstline.db'}")
    states = await db.read(lambda tx: list(tx.scalars(select(outbox.c.state))))
    assert states == ["pending", "pending"]
    await db.close()


async def _in_a_thread(command, *arguments: object) -> None:  # type: ignore[no-untyped-def]
    """A command has an event loop of its own."""
    await asyncio.to_thread(command, *arguments)
