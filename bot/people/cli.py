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

from bot.people import directory, importer, roster
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.migrate import DatabaseInUse, lock_file, migrate, sqlite_path
from bot.storage.readonly import reaching, read_beside
from bot.texts import speak
from bot.yamlfiles import Complaint, read, show, text_or_exit
from bot.yamlfiles.environment import settings_or_exit

T = TypeVar("T")


def import_people(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first line names the columns.")],
    leavers: Annotated[
        int | None,
        typer.Option(help="Deactivate people missing from the file, at most this many.", min=0),
    ] = None,
) -> None:
    """Load people from a CSV file into the directory.

    All of it or, when the file has a fault, nothing. On SQLite the bot must not be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    text = text_or_exit(file, settings.language)
    entries, complaints = roster.read_roster(str(file), text, _teams(settings.desk_file))
    _complain(complaints, file, text, settings)
    if any(not complaint.is_warning for complaint in complaints):
        raise typer.Exit(2)
    try:
        taken, warnings = _in_database(settings, lambda tx: _bring_in_line(tx, str(file), entries, leavers))
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


def _bring_in_line(
    tx: Connection, file: str, entries: list[roster.RosterRow], leavers: int | None
) -> tuple[importer.Taken, list[Complaint]]:
    """Both halves of an import in one unit, leavers first, so that their accounts are free; returns the warnings too."""
    before = importer.administrators(tx)
    left = 0 if leavers is None else importer.let_go(tx, entries, leavers)
    taken = importer.take_in(tx, file, entries)
    importer.keep_one(tx, before)
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
