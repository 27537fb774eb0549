"""Commands of this room: `firstline route` and `firstline articles`."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.knowledge import phrasebook
from bot.knowledge.articles import EMPLOYEES, ENGINEERS, Audience, load_library
from bot.knowledge.entries import entries_of
from bot.knowledge.route import Router, build
from bot.knowledge.search import Finder
from bot.storage.readonly import read_beside
from bot.yamlfiles import read, show
from bot.yamlfiles.environment import settings_or_exit

Folder = Annotated[Path, typer.Option(help="The folder of articles.", exists=True, file_okay=False)]


def route(
    text: Annotated[
        str | None, typer.Argument(help="One message; without it, a message per line of stdin.")
    ] = None,
    scenarios: Annotated[Path, typer.Option(help="The scenarios file.")] = Path("scenarios.yaml"),
    knowledge_base: Folder = Path("knowledge_base"),
) -> None:
    """Say where each message would lead: one JSON object for every line, blank ones too."""
    router = _router(scenarios, knowledge_base)
    # Bytes in and out, whatever the terminal believes in: a line ends with \n alone, and what is no UTF-8 is shown as such.
    for line in sys.stdin.buffer if text is None else [os.fsencode(text)]:
        message = line.rstrip(b"\r\n").decode("utf-8", "replace")
        typer.echo(json.dumps(router.route(message).as_json(message), ensure_ascii=False).encode())


def _router(scenarios: Path, knowledge_base: Path) -> Router:
    """Built from the files as they are; a file that cannot be read ends the command with 2."""
    library, _ = load_library(knowledge_base)
    try:
        source = scenarios.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{scenarios}: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    reading = read(scenarios.name, source)
    if reading.document is None or not isinstance(reading.document.data, dict):
        print(show(reading.complaints, {scenarios.name: source}, "ru"), file=sys.stderr)
        raise typer.Exit(2)
    return build(entries_of(reading.document.data.get("scenarios") or {}, library, {}))


def phrases() -> None:
    """Print the phrases that administrators added and scenarios.yaml does not say yet, ready to be pasted there."""
    url = settings_or_exit().database_url.get_secret_value()
    typer.echo(phrasebook.written(read_beside(url, phrasebook.overlay)), nl=False)


def articles(
    text: Annotated[str, typer.Argument(help="A few words; without them, every article.")] = "",
    audience: Annotated[Audience, typer.Option(help="Who looks.")] = "employee",
    stale_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only those to be read again by this day.")
    ] = None,
    knowledge_base: Folder = Path("knowledge_base"),
) -> None:
    """Find articles, or list those whose review day has come: id, review day, title."""
    library, _ = load_library(knowledge_base)
    found = library.stale(stale_by.date()) if stale_by else library.all()
    if text:
        found = Finder(library, ENGINEERS if audience == "engineer" else EMPLOYEES).find(text)
    for article in found:
        print(f"{article.id:<28}{article.front.review}  {article.title('ru')}")
