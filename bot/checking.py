"""`firstline check`: everything people wrote, checked together, every fault at once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.authored import Complaint, Mark, as_json, read, show
from bot.clock import MachineClock
from bot.knowledge.strays import stray_phrases
from bot.opening import leads_to, open_files
from bot.scenarios.cli import rehearsal_lines
from bot.scenarios.test import run_tests
from bot.scenarios.walk import walk_all
from bot.sla.check import horizon
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
    if opened.program is not None and opened.library is not None:
        document = read(opened.program.name, opened.program.source).document
        opened.complaints += stray_phrases(document, opened.router()) if document else []
    if (text := opened.texts.get(desk.name)) is not None:
        opened.complaints += horizon(desk.name, text, MachineClock().now())
    opened.complaints += catalogue_gaps()
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


def catalogue_gaps() -> list[Complaint]:
    """What each language that has a folder does not say yet, or says with other facts."""
    complaints = []
    for language in speak.languages():
        for code, keys in zip(("W801", "E802"), speak.gaps(language), strict=True):
            if keys:
                facts = {"language": language, "keys": keys}
                complaints.append(Complaint(code, f"{speak.HERE.name}/{language}", Mark(1, 1), facts))
    return complaints


def rehearse(
    desk: Annotated[Path, typer.Option(help="Teams, calendars, deadlines.")] = Path("desk.yaml"),
    scenarios: Annotated[Path, typer.Option(help="What an employee meets.")] = Path("scenarios.yaml"),
    knowledge: Annotated[Path, typer.Option(help="The folder of articles.")] = Path("knowledge_base"),
    language: Annotated[str, typer.Option(help="ru or en: the language of complaints.")] = "ru",
    uncovered: Annotated[bool, typer.Option("--uncovered", help="List the ways no test takes.")] = False,
) -> None:
    """Play the tests of scenarios.yaml without Telegram, and walk every way. Exit 1 when one fails, 2 when the file is wrong."""
    opened = open_files(desk, scenarios, knowledge)
    program, document = opened.program, opened.document
    if program is None or document is None:
        typer.echo(show(opened.errors, opened.texts, language), err=True)
        raise typer.Exit(2)
    tested = run_tests(program, document, partial(leads_to, opened.router()) if opened.library else None)
    walked = walk_all(program, document)
    typer.echo("\n".join(rehearsal_lines(program, tested, walked, language, uncovered)))
    if failed := [*tested.complaints, *walked.complaints]:
        typer.echo(show(failed, opened.texts, language), err=True)
        raise typer.Exit(1)
