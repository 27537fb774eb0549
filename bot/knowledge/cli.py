"""`firstline route`, `phrases` and `articles`."""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import moment
from bot.knowledge.articles import EMPLOYEES, ENGINEERS, Audience, load_library
from bot.knowledge.calibrate import calibrated
from bot.knowledge.company import phrasebook
from bot.knowledge.company.weighing import weigh
from bot.knowledge.entries import entries_of
from bot.knowledge.route import Router, build
from bot.knowledge.search import Finder
from bot.storage.readonly import read_beside
from bot.storage.unit import Unit
from bot.yamlfiles import show
from bot.yamlfiles.bundle import gathered_or_exit, placed, texts
from bot.yamlfiles.environment import settings_or_exit
from bot.yamlfiles.facts import Facts, facts_file, read_facts
from bot.yamlfiles.parts import read_scenarios

Folder = Annotated[
    Path,
    typer.Option(
        "--knowledge", "--knowledge-base", help="The folder of articles.", exists=True, file_okay=False
    ),
]


def route(
    text: Annotated[
        str | None, typer.Argument(help="One message; by default, each line of standard input.")
    ] = None,
    scenarios: Annotated[Path, typer.Option("--scenarios", "--file", help="The scenarios file.")] = Path(
        "scenarios.yaml"
    ),
    knowledge_base: Folder = Path("knowledge_base"),
    explain: Annotated[bool, typer.Option("--explain", help="Add what the decision was made from.")] = False,
    learnt: Annotated[
        bool, typer.Option("--learnt", help="With what the bot has learnt, from DATABASE_URL.")
    ] = False,
) -> None:
    """Show where a message would lead, as JSON.

    One object for each line, blank lines included.
    """
    router = router_for(scenarios, knowledge_base, learnt_now() if learnt else phrasebook.Learnt())
    # Bytes in and out, whatever the terminal believes in: a line ends with \n alone, and what is no UTF-8 is shown as such.
    for line in sys.stdin.buffer if text is None else [os.fsencode(text)]:
        message = line.rstrip(b"\r\n").decode("utf-8", "replace")
        found = router.route(message).as_json(message)
        if explain:
            found["why"] = router.reasons(message).as_json()
        typer.echo(json.dumps(found, ensure_ascii=False).encode())


def learnt_now() -> phrasebook.Learnt:
    """From the database of .env, which the bot may be using."""
    settings = settings_or_exit()
    now = moment(settings.clock_url)
    url = settings.database_url.get_secret_value()
    return read_beside(url, lambda tx: phrasebook.learnt(Unit(tx, now, None)))


def router_for(scenarios: Path, knowledge_base: Path, learnt: phrasebook.Learnt) -> Router:
    """Built from the files as they are; a file that cannot be read ends the command with 2."""
    library, _ = load_library(knowledge_base)
    source = gathered_or_exit(scenarios, "ru")
    reading = read_scenarios(scenarios.name, source)
    if reading.document is None or not isinstance(reading.document.data, dict):
        print(
            show(placed(reading.complaints, scenarios.name, source), texts(scenarios.name, source), "ru"),
            file=sys.stderr,
        )
        raise typer.Exit(2)
    entries = entries_of(reading.document.data.get("scenarios") or {}, library, learnt.phrases)
    company = weigh(learnt.sayings, entries, learnt.removed)
    facts = read_facts(facts_file(scenarios, knowledge_base)).facts or Facts()
    router = build(entries, company=company, names=facts.names)
    return calibrated(router) if learnt.phrases else router


def phrases() -> None:
    """Print the phrases administrators added, as YAML for scenarios.yaml.

    Only those that scenarios.yaml does not have yet. Only reads; the bot may be running.
    """
    url = settings_or_exit().database_url.get_secret_value()
    typer.echo(phrasebook.written(read_beside(url, phrasebook.overlay)), nl=False)


def articles(
    text: Annotated[str, typer.Argument(help="A few words; by default, every article.")] = "",
    audience: Annotated[Audience, typer.Option(help="Whose articles to search.")] = "employee",
    stale_by: Annotated[
        str | None, typer.Option(help="Only those to be reviewed by this day: 2027-06-01.")
    ] = None,
    unsourced: Annotated[bool, typer.Option("--unsourced", help="Only those whose source is none.")] = False,
    knowledge_base: Folder = Path("knowledge_base"),
) -> None:
    """Search the articles, or list those due for review or without a source.

    Prints id, review day and title.
    """
    library, _ = load_library(knowledge_base)
    found = library.stale(_day(stale_by)) if stale_by else library.all()
    if unsourced:
        found = [article for article in found if article.front.source is None]
    if text:
        found = Finder(library, ENGINEERS if audience == "engineer" else EMPLOYEES).find(text)
    for article in found:
        print(f"{article.id:<28}{article.front.review}  {article.title('ru')}")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(
            f"{written!r} is not a day like 2027-06-01", param_hint="--stale-by"
        ) from None
