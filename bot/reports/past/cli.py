"""`firstline import`: the history of another desk. On SQLite the bot must not be running."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import moment
from bot.errors import FirstlineError
from bot.reports.past.export_file import ExportFile
from bot.reports.past.history_map import HistoryMap, read_map
from bot.reports.past.importing import HistoryImport, Imported, LacksColumns, bar
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.migrate import lock_file, migrate, sqlite_path
from bot.storage.readonly import reaching
from bot.storage.unit import Units
from bot.texts import speak
from bot.texts.speak import Voice
from bot.yamlfiles import show
from bot.yamlfiles.environment import settings_or_exit


def bring_in(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV export; its first line names the columns."),
    ],
    map_file: Annotated[Path, typer.Option("--map", help="A YAML file: what its columns and values mean.")],
    bad: Annotated[
        Path | None, typer.Option(help="File for the rows left out; by default beside the export.")
    ] = None,
) -> None:
    """Import the history of another desk, for reports and plans.

    When it is stopped, the same command goes on. On SQLite the bot must not be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    found, complaints, text = read_map(map_file)
    if complaints:
        typer.echo(show(complaints, {str(map_file): text}, settings.language), err=True)
    if found is None:
        raise typer.Exit(2)
    report = bad or file.with_name(f"{file.stem}.bad.csv")
    try:
        imported = _run(settings, file, found, report, voice)
    except LacksColumns as error:
        typer.echo(voice.say("past.lacks", columns=str(error), file=file), err=True)
        raise typer.Exit(2) from None
    key = "past.again" if imported.was_done else "past.done"
    typer.echo(voice.say(key, rows=imported.rows, good=imported.rows - imported.bad, bad=imported.bad))
    if imported.bad and not imported.was_done:
        typer.echo(voice.say("past.report", file=report))


def _run(settings: Settings, file: Path, map: HistoryMap, report: Path, voice: Voice) -> Imported:
    url = settings.database_url.get_secret_value()
    path = sqlite_path(url)

    def progress(what: str, share: float) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{voice.say(what)} {bar(share)}", nl=False, err=True)

    async def done() -> Imported:
        with reaching():
            await migrate(url)
        database = open_database(url)
        now = moment(settings.clock_url)
        try:
            export = ExportFile(file, map.encoding, map.delimiter)
            units = Units(database, lambda: now, lambda: None)
            return await HistoryImport(units, export, map, report, voice).run(progress)
        finally:
            await database.close()
            if sys.stderr.isatty():
                typer.echo(err=True)

    try:
        lock = contextlib.nullcontext() if path is None else lock_file(path)
    except FirstlineError:
        typer.echo(voice.say("people.database_in_use", file=path), err=True)
        raise typer.Exit(1) from None
    with lock:
        return asyncio.run(done())
