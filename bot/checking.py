"""`firstline check`: everything people wrote, checked together, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.authored import as_json, show
from bot.opening import open_files
from bot.texts import speak


def check(
    desk: Annotated[Path, typer.Option(help="Teams, calendars, deadlines.")] = Path("desk.yaml"),
    scenarios: Annotated[Path, typer.Option(help="What an employee meets.")] = Path("scenarios.yaml"),
    knowledge: Annotated[Path, typer.Option(help="The folder of articles.")] = Path("knowledge_base"),
    language: Annotated[str, typer.Option(help="ru or en: the language of complaints.")] = "ru",
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Check desk.yaml, scenarios.yaml and knowledge_base/ against each other. Exit 2 when something is wrong."""
    opened = open_files(desk, scenarios, knowledge)
    if format == "json":
        typer.echo(as_json(opened.complaints, language))
    elif opened.complaints:
        typer.echo(show(opened.complaints, opened.texts, language), err=True)
    if opened.errors:
        raise typer.Exit(2)
    if format != "json" and opened.program is not None and opened.library is not None:
        voice = speak.voice(language)
        typer.echo(
            voice.say("check.fine", scenarios=len(opened.program.scenarios), articles=len(opened.library))
        )
