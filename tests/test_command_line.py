"""`firstline` as a newcomer types it: help, typos and completion answer at once, and no room is imported for them."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import typer

from bot.app import cli, late
from bot.app.cli import COMMANDS, GROUPS
from bot.errors import FirstlineError
from tests.children import ROOT

HEAVY = {"aiogram", "aiohttp", "matplotlib", "pydantic", "rich", "sqlalchemy", "yaml"}
# What the command line itself is made of.
OURS = {"bot", "bot.__main__", "bot.app", "bot.app.cli", "bot.app.late", "bot.errors"}
QUICK = HEAVY - {"yaml"}  # what a question that one file answers does without
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def firstline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; returns its exit code, output and complaints."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["firstline", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return typed


def imported(*words: str, **environment: str) -> tuple[set[str], str]:
    """Every module that a process of the command imports, by its own account; and its output."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (line.rpartition("|") for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {name.strip() for _, _, name in lines}, done.stdout


def rooms(modules: set[str]) -> set[str]:
    """What of these is ours beyond the command line, or takes long to import."""
    ours = {name for name in modules if name.split(".")[0] in ("bot", "handlers", "sandbox")}
    return (ours - OURS) | (modules & HEAVY)


# ── help ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.processes
@pytest.mark.parametrize("words", ["", "--help", *(f"{name} --help" for name in GROUPS), "chek", "sla chek"])
def test_help_and_typos_import_no_room(words: str) -> None:
    assert rooms(imported(*words.split())[0]) == set()


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_firstline_alone_lists_its_commands(firstline: Typed, words: tuple[str, ...]) -> None:
    code, said, complaints = firstline(*words)
    assert (code, complaints) == (0, "")
    for name, text in _entries(""):
        assert f"  {name} " in said
        assert text in " ".join(said.split())


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("", "--help"), ("help", "")])
def test_a_group_lists_its_commands(firstline: Typed, group: str, before: str, after: str) -> None:
    code, said, complaints = firstline(*f"{before} {group} {after}".split())
    assert (code, complaints) == (0, "")
    assert GROUPS[group] in said
    for name, text in _entries(f"{group} "):
        assert f"  {name} " in said
        assert text in " ".join(said.split())


def _entries(prefix: str) -> Iterator[tuple[str, str]]:
    for name, (_, text) in COMMANDS.items():
        if name.startswith(prefix) and " " not in name.removeprefix(prefix):
            yield name.removeprefix(prefix), text
    if not prefix:
        yield from GROUPS.items()


def test_every_group_has_a_text_and_commands() -> None:
    assert {name.split()[0] for name in COMMANDS if " " in name} == set(GROUPS)
    assert not set(GROUPS) & set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    """The first paragraph of its docstring, which is what the command's own --help begins with."""
    place, text = COMMANDS[name]
    own = inspect.getdoc(late.function(place.split(" then ")[0]))
    assert (own or "").split("\n\n")[0] == text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_tells_its_options(firstline: Typed, name: str) -> None:
    code, said, complaints = firstline(*name.split(), "--help")
    assert (code, complaints) == (0, "")
    assert said.startswith(f"Usage: firstline {name} ")
    assert COMMANDS[name][1] in " ".join(said.split())
    assert "bot.app.main" not in said  # what is for readers of the code


# ── typos ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("chek", "firstline: there is no command 'chek'; did you mean `check`? See firstline --help."),
        ("slaa", "firstline: there is no command 'slaa'; did you mean `sla`?"),
        ("sla reprot", "firstline sla: there is no command 'reprot'; did you mean `report`?"),
        ("sla duee", "firstline sla: there is no command 'duee'; did you mean `firstline due`?"),
        ("sla-report", "firstline: there is no command 'sla-report'; did you mean `firstline sla report`?"),
        ("imprt p.csv", "firstline: there is no command 'imprt'; did you mean `import`?"),
        ("help chek", "firstline: there is no command 'chek'; did you mean `check`?"),
        ("qqqq", "firstline: there is no command 'qqqq'. See firstline --help."),
        ("people qqqq", "firstline people: there is no command 'qqqq'. See firstline people --help."),
        ("--vers", "firstline: No such option: --vers (Possible options: --version)"),
        ("due --calender x", "firstline due: No such option: --calender (Possible options: --calendar)"),
        ("due", "firstline due: Missing option '--desk'. See firstline due --help."),
        ("why first", "firstline why: Invalid value for 'number': 'first' is not a whole number."),
        ("why 99999999999999999999", "firstline why: Invalid value for 'number': the number is too large."),
        (
            "check --format xml",
            "firstline check: Invalid value for '--format': 'xml' is not one of 'text', 'json'.",
        ),
    ],
)
def test_a_wrong_word_is_answered_in_one_sentence_with_the_word_meant(
    firstline: Typed, words: str, sentence: str
) -> None:
    code, said, complaints = firstline(*words.split())
    assert (code, said) == (2, "")
    assert complaints.startswith(sentence)
    assert complaints.count("\n") == 1


def test_a_number_of_a_group_is_not_an_option(firstline: Typed) -> None:
    code, _, complaints = firstline("chats", "bind", "team:unknown", "-1001")
    assert code == 2
    assert "option" not in complaints


def test_the_version_is_printed(firstline: Typed) -> None:
    assert firstline("--version")[:2] == (0, "firstline 0.2.0\n")
    assert firstline("-V")[:2] == (0, "firstline 0.2.0\n")


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (FirstlineError("The ticket is closed."), 1, "firstline schema: The ticket is closed."),
        (FileNotFoundError(2, "No such file", "x.yaml"), 1, "firstline schema: x.yaml: No such file"),
        (OSError("no route to host"), 1, "firstline schema: no route to host"),
        (
            typer.BadParameter("why?"),
            2,
            "firstline schema: Invalid value: why? See firstline schema --help.",
        ),
        (typer.Abort(), 1, "firstline schema: stopped."),
        (KeyError("hardware"), 1, "firstline schema: unexpected KeyError: 'hardware' ("),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_one_sentence_and_no_traceback(
    firstline: Typed, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, sentence: str
) -> None:
    def failing() -> None:
        raise error

    monkeypatch.setattr("bot.app.scenarios_cli.schema", failing)
    ended, said, complaints = firstline("schema")
    assert (ended, said) == (code, "")
    assert complaints.startswith(sentence)
    assert complaints.count("\n") == 1
    assert "Traceback" not in complaints


def test_an_unexpected_error_shows_its_traceback_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise KeyError("hardware")

    monkeypatch.setattr("bot.app.scenarios_cli.schema", failing)
    monkeypatch.setattr(sys, "argv", ["firstline", "--traceback", "schema"])
    with pytest.raises(KeyError):
        cli.main()


def test_an_error_of_a_running_bot_is_left_to_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log takes what was not caught, with its traceback and without its secrets."""

    def failing() -> None:
        monkeypatch.setattr(sys, "excepthook", lambda *_: None)
        raise OSError("the disk is full")

    monkeypatch.setattr("bot.app.scenarios_cli.schema", failing)
    monkeypatch.setattr(sys, "argv", ["firstline", "schema"])
    with pytest.raises(OSError, match="the disk is full"):
        cli.main()


# ── completion ──────────────────────────────────────────────────────────────────────────────────────────


def completed(line: str) -> tuple[set[str], list[str]]:
    """What bash asks for when Tab is pressed at the end of a line: the modules imported, the words offered."""
    asked = {"_FIRSTLINE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    modules, said = imported(**asked)
    return modules, said.split()


@pytest.mark.processes
def test_completion_offers_commands_without_importing_a_room() -> None:
    for line, words in (
        ("firstline ", [name for name, _ in _entries("")]),
        ("firstline s", ["sandbox", "setup", "split", "stats", "schema", "sla"]),
        ("firstline sla ", ["check", "report", "replay"]),
        ("firstline --tr", ["--traceback"]),
    ):
        modules, offered = completed(line)
        assert sorted(offered) == sorted(words)
        assert rooms(modules) == set()


@pytest.mark.processes
def test_completion_offers_the_options_of_a_command() -> None:
    assert completed("firstline due --ca")[1] == ["--calendar"]


@pytest.mark.processes
def test_every_shell_gets_its_script() -> None:
    for shell in ("bash", "zsh", "fish"):
        modules, said = imported(_FIRSTLINE_COMPLETE=f"source_{shell}")
        assert f"_FIRSTLINE_COMPLETE=complete_{shell}" in said
        assert rooms(modules) == set()


# ── what a command imports ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.processes
@pytest.mark.parametrize(
    "words",
    [
        "due --desk desk.yaml --calendar office --start 2026-11-27T17:00 --target 4h",
        "elapsed --desk desk.yaml --calendar office --from 2026-11-27T17:00 --to 2026-11-27T18:00",
        "explain E104",
    ],
    ids=lambda words: words.split()[0],
)
def test_a_question_that_one_file_answers_starts_quickly(words: str) -> None:
    modules, said = imported(*words.split())
    assert said
    assert modules & QUICK == set()
