"""The command line: one table from a command to its function and its help, and the sentence in which an error is said.

`firstline due` never sees aiogram, which takes seconds to import: see bot/app/late.py.
"""

from __future__ import annotations

import gc
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from bot import __version__
from bot.app.late import Group, fill, function, group
from bot.errors import FirstlineError

NAME = "firstline"
# What `--help` says of a group of commands.
GROUPS = {
    "sla": "Deadlines and service levels: gaps, reports, what-if.",
    "new": "Files to start from.",
    "people": "The directory of people.",
    "audit": "The audit trail of accounts, rights, chats and files.",
    "chats": "Which Telegram group belongs to whom.",
}
# Command: where its function is, and its help, which is also the first paragraph of the function's docstring.
# "a then b" are two functions: b is imported when a has returned, and is given what a returned.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "bot.demo.demo:demo",
        "Try everything in the browser: a small company with its own Telegram.",
    ),
    "run": ("bot.app.start:prepare then bot.app.main:run", "Run the bot with the settings in .env."),
    "setup": (
        "bot.app.setup.cli:setup then bot.app.setup.walk:walk",
        "Set everything up in one dialogue: token, people, groups, a test ticket.",
    ),
    "sandbox": ("sandbox.cli:sandbox", "Run a local Bot API server with people, chats and a page."),
    "check": ("bot.app.check:check", "Check .env, desk.yaml, scenarios.yaml and knowledge_base/."),
    "doctor": (
        "bot.doctor.cli:doctor",
        "Find what an installation lacks: token, groups, rights, people, clock, disk; each with its cure.",
    ),
    "test": ("bot.app.check:rehearse", "Play the tests in scenarios.yaml and walk every path through it."),
    "try": ("bot.app.scenarios_cli:try_out", "Play a scenario in the terminal."),
    "preview": (
        "bot.demo.preview:preview",
        "Play the files as they are now on the sandbox's page, in Russian and English.",
    ),
    "graph": (
        "bot.app.scenarios_cli:graph",
        "Draw scenarios; with --traffic, how many people went each way.",
    ),
    "stats": (
        "bot.app.stats_cli:stats",
        "Show how scenarios and articles were used and whether they helped.",
    ),
    "split": ("bot.app.scenarios_cli:split_up", "Split scenarios.yaml into a folder of small files."),
    "rollback": ("bot.app.scenarios_cli:rollback", "Restore the previous good version of scenarios.yaml."),
    "schema": ("bot.app.scenarios_cli:schema", "Print the JSON Schema of scenarios.yaml, for editors."),
    "explain": (
        "bot.yamlfiles.cli:explained",
        "Explain the code of a fault, such as E104, and how to fix it.",
    ),
    "route": ("bot.knowledge.cli:route", "Show where a message would lead, as JSON."),
    "phrases": (
        "bot.knowledge.cli:phrases",
        "Print the phrases administrators added, as YAML for scenarios.yaml.",
    ),
    "words": (
        "bot.app.tickets_cli:words",
        "List the company's words that the bot has learnt; with --remove, take one back.",
    ),
    "articles": (
        "bot.knowledge.cli:articles",
        "Search the articles, or list those due for review or without a source.",
    ),
    "due": ("bot.sla.cli:due", "Print when a target falls due, by a calendar of desk.yaml."),
    "elapsed": ("bot.sla.cli:elapsed", "Print the working time between two instants, in seconds."),
    "draft": ("bot.app.tickets_cli:write_draft", "Print a solved ticket as a scenario with its test."),
    "why": ("bot.escalation.cli:explain", "Explain the deadlines of a ticket: spans, pauses, levels."),
    "import": (
        "bot.reports.past.cli:bring_in",
        "Import the history of another desk, for reports and plans.",
    ),
    "report": (
        "bot.reports.insight.cli:report",
        "Report speed, quality, hand-overs, backlog and money of a period.",
    ),
    "plan": (
        "bot.reports.planning.cli:plan",
        "Plan how many engineers keep a target, and what each speed costs.",
    ),
    "sla check": ("bot.app.check:check_sla", "List hours, roles and weeks that desk.yaml leaves uncovered."),
    "sla report": ("bot.reports.cli:show", "Report attainment, ratings, reopened tickets, hours and cost."),
    "sla replay": ("bot.escalation.cli:rehearse", "Measure past tickets by the rules of another desk.yaml."),
    "new scenario": (
        "bot.app.scaffolds_cli:new_scenario",
        "Write a scenario with its tests and phrases into the folder scenarios/.",
    ),
    "new article": (
        "bot.app.scaffolds_cli:new_article",
        "Write the frame of an article into knowledge_base/.",
    ),
    "new team": (
        "bot.app.scaffolds_cli:new_team",
        "Put a team, and with --category a category of its own, into desk.yaml.",
    ),
    "new language": (
        "bot.app.scaffolds_cli:new_language",
        "Write catalogues to translate into the folder texts/ beside desk.yaml.",
    ),
    "new policy": ("bot.sla.policies.cli:new_policy", "Start a policy from a published one."),
    "healthcheck": ("bot.app.operations_cli:healthcheck", "Ask the running bot whether it is well."),
    "backup": (
        "bot.app.operations_cli:back_up",
        "Make a backup of the database, checked and with a checksum.",
    ),
    "restore": ("bot.app.operations_cli:bring_back", "Replace the database by a backup."),
    "move": (
        "bot.app.operations_cli:move_house",
        "Move everything from the SQLite file to an empty PostgreSQL database.",
    ),
    "people import": ("bot.accounts.cli:import_people", "Load people from a CSV file into the directory."),
    "people list": ("bot.accounts.cli:list_people", "List the active people."),
    "people invite": (
        "bot.accounts.invite_cli:invite",
        "Make links that connect people's Telegram accounts.",
    ),
    "people export": (
        "bot.accounts.privacy_cli:export",
        "Write everything the database has about a person, as JSON and CSV.",
    ),
    "people erase": ("bot.accounts.privacy_cli:erase", "Erase a person: what they wrote, and who they are."),
    "audit list": (
        "bot.accounts.audit_cli:list_rows",
        "List the audit trail: who did what to accounts, rights, chats and files.",
    ),
    "audit verify": (
        "bot.accounts.audit_cli:verify",
        "Check that no row of the audit trail or of the tickets' history was altered, deleted or inserted.",
    ),
    "chats bind": (
        "bot.app.tickets_cli:bind",
        "Assign a Telegram group to a team, supervisors or administrators.",
    ),
}
# They read much, keep all of it and end: looking for garbage would be an eighth of their processor time.
BRIEF = ("check", "test")
TRACEBACK = "--traceback"  # written before the command
EPILOG = (
    "firstline COMMAND --help lists the options of a command. Without a bot token, begin with: firstline demo"
)


def main() -> NoReturn:
    """Run one command. Exit codes: see docs/commands.md."""
    words = sys.argv[1:]
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if words[:1] and words[0] in BRIEF:
        gc.disable()
    hook = sys.excepthook
    try:
        code = command_line().main(words, prog_name=NAME, standalone_mode=False)
    except typer.TyperException as error:  # words that typer, or the command itself, cannot make sense of
        said = error.format_message().replace("Value error, ", "")  # pydantic puts it before each message
        _end(words, f"{said}{'' if said[-1:] in '.?' else '.'} See {_path(words)} --help.", error.exit_code)
    except typer.Abort:
        _end(words, "stopped.", 1)
    except FirstlineError as error:
        _end(words, _sentence(error), 1)
    except Exception as error:
        if TRACEBACK in words or sys.excepthook is not hook:  # the running bot logs what it cannot go on from
            raise
        _end(words, _unexpected(error), 1)
    raise SystemExit(code or 0)


def command_line() -> Group:
    """Every command of the table, none of them imported."""
    settings = {"help": "The front line of a company's IT support, in Telegram.", "epilog": EPILOG}
    root = group(NAME, _root, context_settings={"help_option_names": ["-h", "--help"]}, **settings)
    fill(root, GROUPS, COMMANDS)
    return root


def _root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
    with_traceback: Annotated[
        bool, typer.Option(TRACEBACK, help="Show where in the code an unexpected error comes from.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _path(words: list[str]) -> str:
    """`firstline sla check`: the words that name a command or a group."""
    named = [word for word in words if not word.startswith("-")]
    for length in (2, 1):
        if (name := " ".join(named[:length])) in COMMANDS or name in GROUPS:
            return f"{NAME} {name}"
    return NAME


def _sentence(error: FirstlineError) -> str:
    return str(function("bot.texts.faults:sentence_of")(error)) if error.said_as else str(error)


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"unexpected {said} ({last.filename}:{last.lineno}); {NAME} {TRACEBACK} COMMAND shows more."


def _end(words: list[str], sentence: str, code: int) -> NoReturn:
    typer.echo(f"{_path(words)}: {' '.join(sentence.split())}", err=True)
    raise SystemExit(code)
