"""The command line: one table from a command to the function that does it, imported when it is asked for.

The late import keeps offline commands quick: `firstline due` never sees aiogram, which takes four seconds to import.
"a then b" are two functions: b is imported when a has returned, and is given what a returned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import typer

from bot import __version__
from bot.errors import FirstlineError

# command -> (where its function is, what it does in a line); the order is that of the help
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("bot.demo.demo:demo", "a small company with its own Telegram, in the browser"),
    "run": ("bot.app.start:prepare then bot.app.main:run", "the bot itself, by the settings in .env"),
    "sandbox": ("sandbox.cli:sandbox", "a local Bot API server, alone"),
    "check": ("bot.app.check:check", "check desk.yaml, scenarios.yaml and knowledge_base/"),
    "test": ("bot.app.check:rehearse", "play the tests of scenarios.yaml and walk all its ways"),
    "try": ("bot.app.scenarios_cli:try_out", "play a scenario in the terminal"),
    "graph": ("bot.app.scenarios_cli:graph", "draw a scenario, with where people go and stop"),
    "stats": ("bot.app.stats_cli:stats", "what people met, answered, read and gave up"),
    "rollback": ("bot.app.scenarios_cli:rollback", "put the scenarios back that were good before"),
    "schema": ("bot.app.scenarios_cli:schema", "the JSON Schema of scenarios.yaml, for editors"),
    "explain": ("bot.yamlfiles.cli:explained", "what a complaint's code means, and the cure"),
    "route": ("bot.knowledge.cli:route", "where a message would lead: a line of JSON for each"),
    "phrases": ("bot.knowledge.cli:phrases", "what administrators added, as YAML for scenarios.yaml"),
    "articles": ("bot.knowledge.cli:articles", "find articles, or list those to be read again"),
    "due": ("bot.sla.cli:due", "when a target falls due, by a calendar of desk.yaml"),
    "elapsed": ("bot.sla.cli:elapsed", "business seconds between two instants"),
    "draft": ("bot.app.tickets_cli:write_draft", "a solved ticket as a scenario with its test"),
    "why": ("bot.escalation.cli:explain", "why a ticket is due when it is: spans, pauses, levels"),
    "sla check": ("bot.app.check:check_sla", "hours, roles and weeks that desk.yaml leaves uncovered"),
    "sla report": ("bot.reports.cli:show", "how fast, how well, how dear: attainment, stars, cost"),
    "sla replay": ("bot.escalation.cli:rehearse", "what attainment another desk.yaml would have had"),
    "people import": ("bot.people.cli:import_people", "load people.csv into the directory"),
    "people list": ("bot.people.cli:list_people", "who is known"),
    "chats bind": ("bot.app.tickets_cli:bind", "say which Telegram group is whose"),
}


def main() -> None:
    """Run one command; exit 2 on words it does not know."""
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help", "help"):
        _help()
        return
    if words[0] in ("--version", "-V"):
        typer.echo(f"firstline {__version__}")
        return
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in COMMANDS and len(words) >= length:
            _run(name, words[length:])
            return
    typer.echo(f"firstline: {words[0]}? See firstline --help", err=True)
    raise SystemExit(2)


def _run(name: str, arguments: list[str]) -> None:
    first, *then = COMMANDS[name][0].split(" then ")
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    # A group's number is negative (-100...), and a number is never an option.
    numbers = any(word.removeprefix("-").isdecimal() for word in arguments if word.startswith("-"))
    command.command(context_settings={"ignore_unknown_options": numbers})(_chain(_found(first), then))
    try:
        command(args=arguments, prog_name=f"firstline {name}")
    except FirstlineError as error:  # said in a sentence; a traceback would only frighten
        typer.echo(f"firstline {name}: {error}", err=True)
        raise SystemExit(1) from None


def _found(place: str) -> Callable[..., Any]:
    module, _, function = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _chain(first: Callable[..., Any], then: list[str]) -> Callable[..., Any]:
    @wraps(first)
    def whole(*arguments: Any, **options: Any) -> None:
        result = first(*arguments, **options)
        for place in then:
            result = _found(place)(result)

    return whole


def _help() -> None:
    typer.echo("firstline COMMAND [--help]\n")
    for name, (_, what) in COMMANDS.items():
        typer.echo(f"  {name:<16}{what}")
