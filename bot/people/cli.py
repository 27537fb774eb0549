"""`firstline people import` and `firstline people list`: the directory from the command line."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from bot.errors import FirstlineError
from bot.people import directory, exports, importer, roster
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.migrate import DatabaseInUse, lock_file, migrate, sqlite_path
from bot.storage.readonly import reaching, read_beside
from bot.texts import speak
from bot.yamlfiles import Complaint, read, show
from bot.yamlfiles.environment import settings_or_exit

T = TypeVar("T")


def import_people(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first line names the columns.")],
    leavers: Annotated[
        int | None,
        typer.Option(help="Deactivate people missing from the file, at most this many.", min=0),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", help="A YAML file: headings of an export and the columns they mean."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change; the directory stays as it is.")
    ] = False,
) -> None:
    """Load people from a CSV file into the directory.

    All of it or, when the file has a fault, nothing. On SQLite the bot must not be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    naming = _naming(map_file, settings)
    text = exports.decoded(file)
    if isinstance(text, Complaint):
        _complain([text], file, "", settings)
        raise typer.Exit(2)
    entries, complaints = roster.read_roster(str(file), text, _teams(settings.desk_file), naming)
    _complain(complaints, file, text, settings)
    if any(not complaint.is_warning for complaint in complaints):
        raise typer.Exit(2)
    try:
        taken, warnings = _in_database(
            settings, lambda tx: _bring_in_line(tx, str(file), entries, leavers, dry_run)
        )
    except _Rehearsed as rehearsed:
        typer.echo(voice.say("people.would_take_in", **dataclasses.asdict(rehearsed.taken)))
        return
    except importer.AccountsTaken as fault:
        _complain(fault.complaints, file, text, settings)
        raise typer.Exit(2) from fault
    except importer.NoAdministrator as fault:
        typer.echo(voice.say("people.no_administrator"), err=True)
        raise typer.Exit(2) from fault
    except importer.TooManyLeave as fault:
        said = voice.say("people.too_many_leave", leaving=fault.leaving, expected=fault.expected)
        typer.echo(said, err=True)
        raise typer.Exit(1) from fault
    _complain(warnings, file, text, settings)
    typer.echo(voice.say("people.taken_in", **dataclasses.asdict(taken)))


def list_people() -> None:
    """List the active people.

    Prints staff id, Telegram account, language, name and roles. Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    known = read_beside(settings.database_url.get_secret_value(), directory.everybody)
    if not known:
        typer.echo(speak.voice(settings.language).say("people.none"), err=True)
    for person in known:
        account = person.telegram_id or (f"@{person.username}" if person.username else "-")
        roles = " ".join(sorted(person.roles)) or "employee"
        typer.echo(f"{person.staff_id}\t{account}\t{person.language or '-'}\t{person.name}\t{roles}")


class _Rehearsed(FirstlineError):
    """A dry run has been through; its changes are rolled back."""

    def __init__(self, taken: importer.Taken) -> None:
        super().__init__()
        self.taken = taken


def _naming(file: Path | None, settings: Settings) -> exports.ColumnMap | None:
    """The map of columns; exits with 2 when it has a fault."""
    if file is None:
        return None
    naming, complaints, text = exports.read_map(file)
    _complain(complaints, file, text, settings)
    if naming is None:
        raise typer.Exit(2)
    return naming


def _bring_in_line(
    tx: Connection, file: str, entries: list[roster.RosterRow], leavers: int | None, dry_run: bool
) -> tuple[importer.Taken, list[Complaint]]:
    """Both halves of an import in one unit, leavers first, so that their accounts are free; returns the warnings too.

    Raises _Rehearsed for a dry run, which rolls the unit back.
    """
    before = importer.administrators(tx)
    left = 0 if leavers is None else importer.let_go(tx, entries, leavers)
    taken = importer.take_in(tx, file, entries)
    importer.keep_one(tx, before)
    if dry_run:
        raise _Rehearsed(dataclasses.replace(taken, left=left))
    return dataclasses.replace(taken, left=left), importer.unrecognised(tx, file, entries)


def _in_database(settings: Settings, verb: Callable[[Connection], T]) -> T:
    """Run one verb on the upgraded database. SQLite has one writer, so the bot must not be running."""
    url = settings.database_url.get_secret_value()
    path = sqlite_path(url)
    try:
        lock = contextlib.nullcontext() if path is None else lock_file(path)
    except DatabaseInUse as error:
        typer.echo(speak.voice(settings.language).say("people.database_in_use", file=path), err=True)
        raise typer.Exit(1) from error
    with lock:
        return asyncio.run(_run(url, verb))


async def _run(url: str, verb: Callable[[Connection], T]) -> T:
    with reaching():
        await migrate(url)
    database = open_database(url)
    try:
        return await database.run(verb)
    finally:
        await database.close()


def _teams(desk: Path) -> set[str] | None:
    """The teams that roles may name; None without a desk file."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        document = read(desk.name, desk.read_text("utf-8")).document
        teams = document.data.get("teams") if document and isinstance(document.data, dict) else None
        return set(teams) if isinstance(teams, dict) else None
    return None


def _complain(complaints: list[Complaint], file: Path, text: str, settings: Settings) -> None:
    if complaints:
        typer.echo(show(complaints, {str(file): text}, settings.language), err=True)
