"""The documents are true: links have targets, commands and files exist, the glossary's names are in the code."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot.app import cli, late
from bot.app.cli import COMMANDS, GROUPS
from tests import rooms

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS = ("requirements.lock", "requirements-dev.lock")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@each_page
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


@each_page
def test_every_file_named_in_code_style_exists(page: Path) -> None:
    named = re.findall(
        r"`([\w./-]+/[\w.-]*\w\.(?:py|yaml|toml|sh|po|md|csv)|[\w-]+\.(?:yaml|toml|lock|md))`",
        page.read_text("utf-8"),
    )
    found = {path.name for path in ROOT.iterdir()}
    missing = [name for name in named if not (ROOT / name).exists() and not (page.parent / name).exists()]
    rooms = [name for name in missing if not list(ROOT.glob(f"bot/*/{name}")) and name not in found]
    assert not rooms


@each_page
def test_every_command_of_firstline_exists(page: Path) -> None:
    said = re.findall(r"(?:^|`|\$ |/)firstline ([a-z]+(?: [a-z]+)?)", page.read_text("utf-8"), re.MULTILINE)
    known = {*COMMANDS, *GROUPS}
    assert not [words for words in said if words not in known and words.split()[0] not in known]


@each_page
def test_a_page_with_commands_says_at_its_top_how_firstline_is_called(page: Path) -> None:
    text = page.read_text("utf-8")
    first = re.search(r"`firstline [a-z]", text)
    is_for_users = page.parent.name != "decisions" and page.name not in ("CHANGELOG.md", "CONTRIBUTING.md")
    needs = first is not None and is_for_users
    assert not needs or 0 <= text.find(".venv/bin/firstline") <= first.start()


def _rows_of_commands() -> list[tuple[str, str, str]]:
    """Name, text and example of every row of the page of commands."""
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    return re.findall(r"^\| `firstline ([a-z ]+)` \| (.+) \| `firstline (.+)` \|$", page, re.MULTILINE)


def test_the_page_of_commands_says_what_the_command_line_says() -> None:
    rows = _rows_of_commands()
    assert [name for name, _, _ in rows] == list(COMMANDS)
    said = {name: text.replace("`", "") for name, text, _ in rows}
    assert [name for name, (_, text) in COMMANDS.items() if not said[name].startswith(text)] == []


@pytest.mark.parametrize(("name", "_", "example"), _rows_of_commands())
def test_an_example_of_the_page_of_commands_is_understood(
    name: str, _: str, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words and options are parsed, nothing is run."""
    monkeypatch.chdir(ROOT)
    words = shlex.split(example.partition(" > ")[0])
    assert " ".join(words).startswith(name)
    context = cli.command_line().make_context("firstline", words)
    for word in name.split():
        assert isinstance(context.command, late.Group)
        words.remove(word)
        context = context.command.commands[word].make_context(word, list(words), parent=context)


@each_page
def test_every_target_of_make_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    said = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    assert set(said) <= set(targets)


@pytest.mark.processes
@each_page
def test_an_example_prints_what_the_page_says(page: Path) -> None:
    """`$ .venv/bin/firstline ...` in a block is followed by everything it prints."""
    examples = re.findall(
        r"^\$ \.venv/bin/firstline (.+)\n((?:(?!\$|```).*\n)+)", page.read_text("utf-8"), re.MULTILINE
    )
    for words, printed in examples:
        command = [sys.executable, "-m", "bot", *shlex.split(words)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout + done.stderr == printed


def test_the_first_heading_holds_the_two_commands() -> None:
    heading = (ROOT / "README.md").read_text("utf-8").splitlines()[0]
    assert heading.startswith("# ")
    assert "`make demo`" in heading
    assert "`make test`" in heading


def test_the_code_says_what_the_glossary_says() -> None:
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    names = {
        name
        for row in re.findall(r"^\|[^|]*\|[^|]*\|([^|]*)\|", text, re.MULTILINE)
        for name in re.findall(r"`(\w+)", row)
    }
    assert len(names) > 40
    assert not sorted(names - _words_of_the_code())


def _words_of_the_code() -> set[str]:
    """Every name and every word in a string of the product, and in its shipped files."""
    words: set[str] = set()
    for folder in ("bot", "handlers", "sandbox"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for name in ("id", "attr", "arg", "name", "value"):
                    if isinstance(word := getattr(node, name, None), str):
                        words |= set(re.findall(r"\w+", word))
    for path in ROOT.glob("*.yaml"):
        words |= set(re.findall(r"\w+", path.read_text("utf-8")))
    return words


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_place(lock: str) -> None:
    lines = [
        line for line in (ROOT / lock).read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    packages = [line for line in lines if re.match(r"\S", line)]
    assert packages
    assert not [line for line in packages if not re.fullmatch(r"[a-z0-9-]+==\S+ \\", line)]
    assert not [
        line
        for line in lines
        if line.startswith(" ") and not re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", line)
    ]


def test_what_runs_is_what_was_checked() -> None:
    pins = [
        set(re.findall(r"^([\w-]+==\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS
    ]
    assert pins[0] <= pins[1]


def test_every_package_of_the_project_is_in_the_lock() -> None:
    wanted = [*_wanted("dependencies"), *_wanted("dev")]
    locked = (ROOT / LOCKS[1]).read_text("utf-8")
    assert len(wanted) > 20
    assert not [name for name in wanted if f"\n{name.lower()}==" not in f"\n{locked}"]


# Named in a string or found by another package, never imported directly.
UNSEEN = {"aiosqlite": "SQLAlchemy's driver", "tzdata": "zones where the system has none"}


def test_what_is_installed_is_imported_and_what_is_imported_is_asked_for() -> None:
    sources = [path for folder in ("bot", "handlers", "sandbox") for path in (ROOT / folder).rglob("*.py")]
    imported = {
        name
        for path in sources
        for name in re.findall(r"^(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    names = {
        module: {name.lower().replace("_", "-") for name in owners}
        for module, owners in packages_distributions().items()
    }
    asked = {name.lower() for name in _wanted("dependencies")}
    used = {
        owner
        for module in imported - sys.stdlib_module_names - {"bot", "handlers", "sandbox", "tests"}
        for owner in names[module]
    }
    assert sorted(asked - used - set(UNSEEN)) == []
    assert sorted(used - asked - {"pydantic-core"}) == []  # pydantic's other half


def _wanted(section: str) -> list[str]:
    """The packages that a section of pyproject.toml names."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(rf"^{section} = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert listed is not None
    return re.findall(r'^    "([A-Za-z][\w-]*)', listed[1], re.MULTILINE)


def test_the_picture_of_the_rooms_shows_the_imports_of_today() -> None:
    assert (rooms.ROOT / rooms.PICTURE).read_text("utf-8") == rooms.drawn(), "`make rooms` draws it again"


RUSSIAN = sorted((ROOT / "docs/ru").glob("*.md"))
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`(firstline [^`]+|/[a-z]+[^`]*)`|\b([EW][1-9]\d\d)\b")


def _outline(text: str) -> list[str]:
    """The levels of the headings outside of code, in order."""
    return re.findall(r"^#+", _CODE.sub("", text), re.MULTILINE)


def _blocks(text: str) -> list[list[str]]:
    """The lines of every block of code, without remarks, which are translated."""
    return [
        [line for one in block.splitlines() if (line := re.sub(r"(^|\s+)# .*$", "", one).rstrip())]
        for block in _CODE.findall(text)
    ]


def _commands(text: str) -> set[str]:
    """The commands and codes that a page names in its sentences; the words of an example may be in its language."""
    found = _NAMED.findall(_CODE.sub("", text))
    return {
        (named.split()[0] if named.startswith("/") else " ".join(named.split())) or code
        for named, code in found
    }


@pytest.mark.parametrize("russian", RUSSIAN, ids=lambda page: page.stem)
def test_a_page_has_the_same_headings_commands_and_examples_in_both_languages(russian: Path) -> None:
    text, english = russian.read_text("utf-8"), (ROOT / "docs" / russian.name).read_text("utf-8")
    assert _outline(text) == _outline(english)
    assert _blocks(text) == _blocks(english)
    assert _commands(text) == _commands(english)


def test_what_a_lead_a_supervisor_and_an_engineer_read_is_there_in_russian() -> None:
    read = {"first-week", "scenarios", "desk", "knowledge", "engineers", "reports"}
    assert read <= {page.stem for page in RUSSIAN}
