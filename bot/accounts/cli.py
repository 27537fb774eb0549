"""`firstline people import` and `firstline people list`: the directory from the command line."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.accounts import importing
from bot.accounts.offline import beside_the_bot
from bot.people import directory, exports, importer, roster
from bot.people.changes import Changes
from bot.settings import Settings
from bot.storage.readonly import read_beside
from bot.texts import speak
from bot.texts.speak import Voice
from bot.texts.terminal import terminal_language
from bot.yamlfiles import Complaint, read, show
from bot.yamlfiles.environment import settings_or_exit

SHOWN = 50  # lines of each kind that a dry run prints


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
        bool, typer.Option("--dry-run", help="Only list what would change; the directory stays as it is.")
    ] = False,
) -> None:
    """Load people from a CSV file into the directory.

    All of it or, when the file has a fault, nothing. The bot may be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(terminal_language(settings.language))
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
        if dry_run:
            beside_the_bot(settings, importing.rehearse, str(file), entries, leavers)
        taken, warnings = beside_the_bot(settings, importing.bring_in_line, str(file), entries, leavers)
    except importing.DryRun as rehearsed:
        typer.echo("".join(f"{line}\n" for line in _listed(rehearsed.changed, voice)), nl=False)
        typer.echo(voice.say("people.would_take_in", **dataclasses.asdict(rehearsed.taken)))
        return
    except importer.NotTakenIn as fault:
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

    Prints staff id, Telegram account, language, name and roles; those in brackets wait for a proof of the account. Only
    reads; the bot may be running.
    """
    settings = settings_or_exit()
    known = read_beside(settings.database_url.get_secret_value(), directory.everybody)
    if not known:
        typer.echo(speak.voice(terminal_language(settings.language)).say("people.none"), err=True)
    for person in known:
        account = person.telegram_id or (f"@{person.username}" if person.username else "-")
        waiting = [f"({role})" for role in sorted(person.claimed)]  # until the account is proven
        roles = " ".join([*sorted(person.roles), *waiting]) or "employee"
        typer.echo(f"{person.staff_id}\t{account}\t{person.language or '-'}\t{person.name}\t{roles}")


def _listed(changed: Changes, voice: Voice) -> Iterator[str]:
    """A line for each person who comes, changes or leaves, SHOWN at most of each kind."""
    new = [f"+ {one.staff_id} {one.name} {one.department}".rstrip() for one in changed.new]
    altered = [
        f"~ {one.staff_id} {one.name}: "
        + "; ".join(f"{its.column} {its.before or '-'} → {its.after or '-'}" for its in what)
        for one, what in changed.altered
    ]
    left = [f"- {one.staff_id} {one.name}" for one in changed.left]
    for lines in (new, altered, left):
        yield from lines[:SHOWN]
        if len(lines) > SHOWN:
            yield voice.say("people.more_of_them", sign=lines[0][0], n=len(lines) - SHOWN)


def _naming(file: Path | None, settings: Settings) -> exports.ColumnMap | None:
    """The map of columns; exits with 2 when it has a fault."""
    if file is None:
        return None
    naming, complaints, text = exports.read_map(file)
    _complain(complaints, file, text, settings)
    if naming is None:
        raise typer.Exit(2)
    return naming


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
