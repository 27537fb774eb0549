"""`firstline people export` and `firstline people erase`: a person's request, answered by the operator."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.accounts import erasure
from bot.accounts.erasure import ErasureScope, Progress, StillOpen
from bot.accounts.offline import in_database
from bot.people import directory
from bot.people.directory import Person
from bot.settings import Settings
from bot.storage import exporting
from bot.storage.audit_trail import OPERATOR
from bot.storage.personal import Whose
from bot.storage.readonly import read_beside
from bot.storage.unit import Unit
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

OWNER_ONLY = 0o600
Whom = Annotated[str, typer.Argument(help="A staff id, of people who left too; an @name or a surname.")]


def export(
    person: Whom,
    folder: Annotated[Path, typer.Option("--to", help="The folder for person.json and a CSV file a table.")],
) -> None:
    """Write everything the database has about a person, as JSON and CSV.

    Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    url = settings.database_url.get_secret_value()
    found = _one(read_beside(url, directory.meant, person), person, settings)
    rows = read_beside(url, exporting.of_person, Whose(found.id, found.key, found.telegram_id))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "person.json", json.dumps(rows, ensure_ascii=False, indent=1, default=str))
    for table, listed in rows.items():
        with _opened(folder / f"{table}.csv") as out:
            writer = csv.DictWriter(out, list(listed[0]))
            writer.writeheader()
            writer.writerows(listed)
    voice = speak.voice(settings.language)
    typer.echo(voice.say("export.done", name=found.name, rows=sum(map(len, rows.values())), folder=folder))


def erase(
    person: Whom,
    sure: Annotated[
        bool, typer.Option("--yes", help="Do it; without this only say what would be done.")
    ] = False,
) -> None:
    """Erase a person: what they wrote, and who they are.

    Tickets and figures stay without words and names. Refused while the person has open tickets. On SQLite the bot must
    not be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    found = _one(in_database(settings, _meant, person), person, settings)
    try:
        in_database(settings, erasure.check, found.id)
    except StillOpen as fault:
        numbers = ", ".join(map(str, fault.numbers))
        typer.echo(voice.say("erase.open", name=found.name, numbers=numbers), err=True)
        raise typer.Exit(1) from fault
    if not sure:
        typer.echo(voice.say("erase.would", name=found.name, staff_id=found.staff_id))
        return
    now: Progress | None = Progress(ErasureScope.ALL)
    while now is not None:
        now = in_database(settings, _step, found.id, now)
    typer.echo(voice.say("erase.done", key=found.key))


def _meant(unit: Unit[None], word: str) -> Sequence[Person]:
    return directory.meant(unit.tx, word)


def _step(unit: Unit[None], person: int, now: Progress) -> Progress | None:
    return erasure.step(unit, directory.get(unit.tx, person), now, OPERATOR)


def _one(found: Sequence[Person], word: str, settings: Settings) -> Person:
    if len(found) != 1:
        typer.echo(speak.voice(settings.language).say("people.not_found", who=word), err=True)
        raise typer.Exit(2)
    return found[0]


def _write(file: Path, text: str) -> None:
    with _opened(file) as out:
        out.write(text)


def _opened(file: Path) -> Any:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
