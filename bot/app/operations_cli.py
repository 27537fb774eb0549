"""For those who run the process: `firstline backup`, `restore`, `move`, `healthcheck`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import typer

from bot.clock import MachineClock
from bot.keys import ADMINS
from bot.settings import Settings
from bot.storage import backups, migrate
from bot.storage.backup import backup
from bot.storage.moving.move import MoveStage, move
from bot.storage.moving.target import postgres_url
from bot.storage.readonly import DatabaseUnreachable
from bot.storage.restore import NotABackup, restore
from bot.storage.unit import Unit
from bot.telegram import outbox
from bot.texts import speak
from bot.texts.terminal import terminal_language
from bot.tickets import store
from bot.yamlfiles.environment import settings_or_exit

WAIT = 5.0  # real seconds for an answer of the bot
EVERYWHERE = ("0.0.0.0", "::", "")
MEGABYTE = 1 << 20
STEPS = 10  # per cent between two lines of progress
# The cards in which work is done: after a restore each is there at least once.
LASTING = ("team_card", "ticket_card", "approval", "schedule")


def back_up(
    to: Annotated[Path | None, typer.Option(help="A folder; by default BACKUP_DIR of the settings.")] = None,
) -> None:
    """Make a backup of the database, checked and with a checksum.

    The bot may be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    url = settings.database_url.get_secret_value()
    file = migrate.sqlite_path(url)
    if file is not None and not file.exists():
        raise DatabaseUnreachable(f"{DatabaseUnreachable.__doc__} {file}")
    shown = -STEPS

    def progress(percent: int) -> None:
        nonlocal shown
        if percent >= shown + STEPS:
            shown = percent
            typer.echo(voice.say("backup.percent", percent=percent), err=True)

    folder = to or settings.backup_folder
    made = asyncio.run(backup(url, folder, MachineClock().now(), progress))
    typer.echo(voice.say("backup.done", file=made.file, size=f"{made.size / MEGABYTE:.1f}"))


def bring_back(
    file: Annotated[Path, typer.Argument(help="A backup made by firstline backup or by the bot itself.")],
    resend: Annotated[
        bool,
        typer.Option(
            "--resend", help="Send the messages that waited in the backup; by default they count as sent."
        ),
    ] = False,
) -> None:
    """Replace the database by a backup.

    The bot must not be running. A SQLite file that is there is kept beside the new one.
    """
    settings = settings_or_exit()
    now, made, fenced = MachineClock().now(), _made(file), _send_waiting if resend else _drop_waiting
    kept_as = f"before-restore-{datetime.fromtimestamp(now, UTC).strftime(backups.STAMP)}"
    url = settings.database_url.get_secret_value()
    done = asyncio.run(restore(url, file, lambda tx: fenced(Unit(tx, now, None), made), kept_as))
    key = "restore.resent" if resend else "restore.done"
    facts = {"file": file, "made": made, "dropped": done.dropped, "number": done.number}
    voice = speak.voice(settings.language)
    typer.echo(voice.say(key, **facts))
    database = migrate.sqlite_path(url)
    if database is not None and (kept := database.with_name(f"{database.name}.{kept_as}")).exists():
        typer.echo(voice.say("restore.kept", file=kept))


@dataclass(frozen=True, slots=True)
class _Restored:
    """How many messages were dropped, and the number of the next ticket."""

    dropped: int
    number: int


def _drop_waiting(unit: Unit[None], made: str) -> _Restored:
    done = _Restored(outbox.drop_waiting(unit, LASTING), store.skip_numbers(unit.tx))
    facts = {"made": made, "dropped": done.dropped, "number": done.number}
    outbox.line(unit, ADMINS, "restore.announced", facts)
    return done


def _send_waiting(unit: Unit[None], made: str) -> _Restored:
    done = _Restored(0, store.skip_numbers(unit.tx))
    outbox.line(unit, ADMINS, "restore.resending", {"made": made, "number": done.number})
    return done


def _made(file: Path) -> str:
    """The moment of a backup's state, for people: of its name, or when the file was written last."""
    if not file.is_file():
        raise NotABackup(f"{NotABackup.__doc__} {file}")
    at = backups.moment(file) or int(file.stat().st_mtime)
    return f"{datetime.fromtimestamp(at, UTC):%d.%m.%Y %H:%M} UTC"


def move_house(
    to: Annotated[str, typer.Option(help="The new database: postgresql://name@host/database.")],
) -> None:
    """Move everything from the SQLite file to an empty PostgreSQL database.

    The bot must not be running. Every row is compared; when the command is stopped, the same command goes on.
    """
    settings = settings_or_exit()
    voice = speak.voice(terminal_language(settings.language))
    shown = dict.fromkeys(MoveStage, -STEPS)

    def progress(stage: MoveStage, percent: int) -> None:
        if percent // STEPS > shown[stage] // STEPS:
            shown[stage] = percent
            typer.echo(voice.say(f"move.{stage}", percent=percent), err=True)

    moved = asyncio.run(move(settings.database_url.get_secret_value(), to, store.keep_numbers, progress))
    typer.echo(voice.say("move.done", tables=moved.tables, rows=moved.rows, checksum=moved.checksum))
    typer.echo(voice.say("move.next", url=postgres_url(to).render_as_string(hide_password=True)))


def healthcheck(
    ready: Annotated[
        bool, typer.Option("--ready", help="Ask whether work gets done, not only whether the process lives.")
    ] = False,
) -> None:
    """Ask the running bot whether it is well.

    For containers, whose image has no curl. Exit code 1 when it is not, or does not answer.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if settings.health_port == 0:
        typer.echo(voice.say("health.off"), err=True)
        raise typer.Exit(1)
    address = f"http://{_host(settings)}:{settings.health_port}/{'readyz' if ready else 'livez'}"
    try:
        with urlopen(address, timeout=WAIT) as answer:  # an address of the settings
            typer.echo(answer.read().decode(), nl=False)
    except HTTPError as refusal:
        typer.echo(refusal.read().decode(), nl=False, err=True)
        raise typer.Exit(1) from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        typer.echo(voice.say("health.silent", address=address, reason=reason), err=True)
        raise typer.Exit(1) from None


def _host(settings: Settings) -> str:
    host = "127.0.0.1" if settings.health_host in EVERYWHERE else settings.health_host
    return f"[{host}]" if ":" in host else host
