"""`firstline check`, `test` and `sla check`: the files people write, checked together, every fault at once."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.app import names
from bot.app.files import Opened, leads_to, open_files
from bot.app.scenarios_cli import rehearsal_lines
from bot.clock import MachineClock
from bot.errors import FirstlineError
from bot.knowledge.strays import stray_phrases
from bot.people import directory, exports, roster
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.check.walk import walk_all
from bot.settings import Settings
from bot.sla.check import horizon, load_desk
from bot.sla.faults import DeskFaults
from bot.sla.lint import coverage
from bot.storage.db import open_database
from bot.storage.migrate import sqlite_path
from bot.storage.readonly import NotReady
from bot.texts import catalogues, speak
from bot.texts.speak import Line
from bot.yamlfiles import Complaint, Mark, as_json, read, show, text_or_exit
from bot.yamlfiles.environment import read_settings
from bot.yamlfiles.parts import read_scenarios

ENV = Path(".env")
FRAME = ("new.article_top", "new.article_1", "new.article_2", "new.article_3")
MISSING = 5  # ids of sentences without a translation that are named


def check(
    desk: Annotated[Path | None, typer.Option(help="The desk file; by default DESK_FILE.")] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option("--scenarios", "--file", help="The scenarios file; by default SCENARIOS_FILE."),
    ] = None,
    knowledge: Annotated[
        Path | None,
        typer.Option("--knowledge", "--knowledge-base", help="The articles; by default KNOWLEDGE_DIR."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the messages, ru or en; by default LANGUAGE.")
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
) -> None:
    """Check .env, desk.yaml, scenarios.yaml and knowledge_base/.

    They are also checked against each other. Exit code 2 when something is wrong; warnings alone do not count.
    """
    environment = read_settings(ENV)
    desk = desk or _setting(environment.settings, "desk_file")
    language = language or _setting(environment.settings, "language")
    opened = open_files(
        desk,
        scenarios or _setting(environment.settings, "scenarios_file"),
        knowledge or _setting(environment.settings, "knowledge_dir"),
    )
    if ENV.exists():  # without one there is nothing to run yet, and the files can be checked all the same
        opened.complaints += environment.complaints
        opened.texts |= environment.texts
    if opened.program is not None and opened.library is not None:
        document = read_scenarios(opened.program.name, opened.program.source).document
        opened.complaints += stray_phrases(document, opened.router()) if document else []
    if (text := opened.texts.get(desk.name)) is not None:
        opened.complaints += horizon(desk.name, text, MachineClock().now())
    opened.complaints += catalogue_gaps() + unwritten(opened)
    unasked = _names_in_use(environment.settings, desk, opened)
    if format == "json":
        typer.echo(as_json(opened.complaints, language))
    elif opened.complaints:
        typer.echo(show(opened.complaints, opened.texts, language), err=True)
    if unasked is not None and format != "json":
        typer.echo(speak.voice(language).say(unasked.key, **unasked.facts), err=True)
    if opened.errors:
        raise typer.Exit(2)
    if format != "json" and opened.program is not None and opened.library is not None:
        voice = speak.voice(language)
        typer.echo(
            voice.say("check.fine", scenarios=len(opened.program.scenarios), articles=len(opened.library))
        )


def _setting(settings: Settings | None, name: str) -> Any:
    """What `firstline run` would take; the default where the settings have faults."""
    return getattr(settings, name) if settings is not None else Settings.model_fields[name].default


def _names_in_use(settings: Settings | None, desk: Path, opened: Opened) -> Line | None:
    """Add what the database of the settings says about names that are gone; or say why it was not asked."""
    if settings is None:
        return Line("check.not_asked", {"why": ENV.name})
    try:
        opened.complaints += names.beside(settings.database_url.get_secret_value(), desk, opened)
    except NotReady:
        return Line("check.no_database")
    except FirstlineError as error:
        return Line("check.not_asked", {"why": str(error)})
    return None


def unwritten(opened: Opened) -> list[Complaint]:
    """The first line of each article that still is what `firstline new article` wrote."""
    frame = {speak.voice(one).say(key) for one in catalogues.begun() for key in FRAME}
    articles = opened.library.all() if opened.library is not None else ()
    left = []
    for path in [article.path for article in articles]:
        lines = enumerate(path.read_text("utf-8").splitlines(), 1)
        found = [(number, line) for number, line in lines if line.lstrip("123. ") in frame]
        left += [Complaint("W403", path.name, Mark(number, 1), {"line": line}) for number, line in found[:1]]
    return left


def catalogue_gaps() -> list[Complaint]:
    """What each language does not say yet, or says with other facts; what cannot be read in the company's folder."""
    complaints = []
    for language in catalogues.begun():
        found, place = catalogues.translated(language), f"{catalogues.OWN}/{language}"
        if found.missing:
            first = ", ".join(found.missing[:MISSING])
            facts: dict[str, object] = {
                "language": language,
                "done": found.done,
                "all": found.all,
                "first": first,
            }
            complaints.append(Complaint("W801", place, Mark(1, 1), facts))
        for fault in found.other_facts:
            facts = {"language": language, "keys": [fault.name]}
            complaints.append(
                Complaint(fault.code, f"{catalogues.OWN}/{fault.file}", Mark(fault.line, 1), facts)
            )
    for fault in catalogues.faults():
        mark = Mark(fault.line, 1)
        complaints.append(Complaint(fault.code, f"{catalogues.OWN}/{fault.file}", mark, {"name": fault.name}))
    return complaints


def check_sla(
    desk: Annotated[Path, typer.Option(help="The desk file.")] = Path("desk.yaml"),
    people: Annotated[
        Path | None,
        typer.Option(help="A people.csv; by default the directory in the database, if there is one."),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the messages: ru or en.")] = "ru",
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
) -> None:
    """List hours, roles and weeks that desk.yaml leaves uncovered.

    Also targets that cannot be met. Exit code 2 when the file is wrong, 1 when something is uncovered.
    """
    text = text_or_exit(desk, language)
    staff = people_of(people, language) if people is not None else _directory()
    now = MachineClock().now()
    complaints = [*load_desk(str(desk), text)[1], *uncovered(str(desk), text, staff, now)]
    voice = speak.voice(language)
    if format == "json":
        typer.echo(as_json(complaints, language))
    elif complaints:
        typer.echo(show(complaints, {str(desk): text}, language), err=True)
    if staff is None and format != "json":
        typer.echo(voice.say("check.no_people"), err=True)
    if any(not complaint.is_warning for complaint in complaints):
        raise typer.Exit(2)
    if complaints:
        raise typer.Exit(1)
    if format != "json":
        typer.echo(voice.say("check.covered"))


def uncovered(name: str, text: str, staff: coverage.Staff | None, now: int) -> list[Complaint]:
    """Warnings that need the date (UTC seconds) or the people, or that not every desk can mend: calendars that end,
    promises beyond the usual hours without a rota, rotas with gaps, empty roles."""
    desk, _ = load_desk(name, text)
    document = read(name, text).document
    if desk is None or document is None:
        return []
    faults = DeskFaults(document)
    coverage.rota(faults, desk, now)
    coverage.unwatched(faults, desk)
    if staff is not None:
        coverage.staff(faults, desk.file, staff)
    return [*horizon(name, text, now), *faults.in_order()]


def people_of(file: Path, language: str) -> coverage.Staff | None:
    """Everybody in people.csv with their roles; None when it has no such column. Stops the command when the file has faults."""
    text = exports.decoded(file)
    if isinstance(text, Complaint):
        typer.echo(show([text], {}, language), err=True)
        raise typer.Exit(2)
    entries, complaints = roster.read_roster(str(file), text)
    if errors := [complaint for complaint in complaints if not complaint.is_warning]:
        typer.echo(show(errors, {str(file): text}, language), err=True)
        raise typer.Exit(2)
    if not any("roles" in entry.marks for entry in entries):
        return None
    return {entry.staff_id: frozenset(entry.roles) for entry in entries}


def _directory() -> coverage.Staff | None:
    """Everybody in the database that the settings name; None when there are no settings, no database or no one in it."""
    settings = read_settings(ENV).settings
    url = settings.database_url.get_secret_value() if settings is not None else ""
    file = sqlite_path(url) if url else None
    if not url or (file is not None and not Path(file).exists()):
        return None
    return asyncio.run(_everybody(url)) or None


async def _everybody(url: str) -> dict[str, frozenset[str]]:
    db = open_database(url)
    try:
        return {person.staff_id: person.roles for person in await db.read(directory.everybody)}
    except SQLAlchemyError:  # a database without tables, or none at that address: no one is known
        return {}
    finally:
        await db.close()


def rehearse(
    desk: Annotated[Path, typer.Option(help="The desk file: teams, calendars, deadlines.")] = Path(
        "desk.yaml"
    ),
    scenarios: Annotated[Path, typer.Option("--scenarios", "--file", help="The scenarios file.")] = Path(
        "scenarios.yaml"
    ),
    knowledge: Annotated[
        Path, typer.Option("--knowledge", "--knowledge-base", help="The folder of articles.")
    ] = Path("knowledge_base"),
    language: Annotated[str, typer.Option(help="Language of the messages: ru or en.")] = "ru",
    uncovered: Annotated[
        bool, typer.Option("--uncovered", help="List the paths that no test takes.")
    ] = False,
) -> None:
    """Play the tests in scenarios.yaml and walk every path through it.

    Needs no Telegram. Exit code 1 when a test fails, 2 when the file is wrong.
    """
    opened = open_files(desk, scenarios, knowledge)
    program, document = opened.program, opened.document
    if program is None or document is None:
        typer.echo(show(opened.errors, opened.texts, language), err=True)
        raise typer.Exit(2)
    tested = run_tests(program, document, partial(leads_to, opened.router()) if opened.library else None)
    walked = walk_all(program, document)
    voice = speak.voice(language)
    typer.echo("\n".join(rehearsal_lines(program, document, tested, walked, voice, uncovered)))
    found = [*tested.complaints, *walked.complaints]
    if found:
        typer.echo(show(found, opened.texts, language), err=True)
    if any(not complaint.is_warning for complaint in found):
        raise typer.Exit(1)
