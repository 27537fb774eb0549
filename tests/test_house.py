"""The laws of the house (docs/decisions/0001-rooms-on-a-staircase.md), read from the source by a test.

Each law returns the places where it is broken, so that a failure reads like a list of things to do.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import source
from tests.laws import acting, commands, keys, speech, tables, unused
from tests.laws.ratchets import RATCHETS, Ratchet
from tests.laws.stairs import step_of
from tests.source import modules, ours, product, reach

# ── what the laws say ───────────────────────────────────────────────────────────────────────────────────

TELEGRAM_LIBRARY_IN = {"handlers", "telegram", "app", "sandbox"}
# Neither a database, nor Telegram, nor the time of day, not even through what they import.
PURE = ("bot.sla", "bot.scenarios.play.engine", "bot.tickets.ticket")
IMPURE_LIBRARIES = {"sqlalchemy", "aiogram", "aiohttp", "asyncio"}
# Who may read the time: the clock; the sandbox, which has its own; the demo, which waits for its processes.
TIMEKEEPERS = {"clock", "demo", "sandbox"}
LOOKS_AT_TIME = {"datetime": {"now", "utcnow", "today"}, "date": {"today"}, "func": {"now"}}
LOOKS_AT_TIME |= {"time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "sleep"}}
NAMELESS = r"utils?|helpers?|services?|managers?|misc|common|base"
NAMELESS_CLASS = r"\w+(Utils?|Helper|Service|Manager)"
LONGEST_FILE = 400
LONGER = {
    "bot/telegram/buttons.py": 520,  # every button on one page is its purpose
}
LATE_IMPORTS_IN = "bot/app/late.py"  # the function of a command, so that offline commands stay quick
# Modules with Cyrillic for matching input, not for output.
RECOGNISES = {
    "sandbox/rules/autolinks.py": "the domain рф",
    "bot/knowledge/signs.py": "labels in Cyrillic letters",
    "bot/knowledge/slots.py": "floors",
    "bot/knowledge/spelling.py": "the keyboard, and letters that look like Latin ones",
    "bot/reports/past/history_map.py": "a yes and a no of an export",
    "bot/scenarios/play/answers.py": "a typed no",
    "bot/scenarios/language/pattern.py": "the characters an answer is tried with",
}
WORDS = "bot/texts"  # the only place for words that people read

# ── the laws ────────────────────────────────────────────────────────────────────────────────────────────


def stairs_go_down() -> Iterator[str]:
    for module in product():
        if step_of(module.room) < 0:
            yield f"{module.path}: the room {module.room!r} stands on no step"
        for node, name in module.imports():
            target = ours(name)
            if target is None or target.room == module.room:
                continue
            if step_of(target.room) >= step_of(module.room):
                yield f"{module.at(node)}: {module.room} imports {target.room}, which is not below it"


def the_sandbox_is_a_program_beside_the_bot() -> Iterator[str]:
    """They communicate over HTTP: the demo and the command line refer to it by a string."""
    for module in product():
        for node, name in module.imports():
            target = ours(name)
            if target is not None and (module.room == "sandbox") != (target.room == "sandbox"):
                yield f"{module.at(node)}: {module.path} imports {target.path}"


def telegram_library_stays_in_its_rooms() -> Iterator[str]:
    for module in product():
        for node, name in module.imports():
            if name.split(".")[0] == "aiogram" and module.room not in TELEGRAM_LIBRARY_IN:
                yield f"{module.at(node)}: {module.room} knows {name}"


def pure_code_is_pure() -> Iterator[str]:
    for module in product():
        if any(module.name == pure or module.name.startswith(pure + ".") for pure in PURE):
            for reached in sorted(reach(module), key=lambda found: found.path):
                libraries = {name.split(".")[0] for _, name in reached.imports()} & IMPURE_LIBRARIES
                if libraries:
                    yield f"{module.path}: reaches {', '.join(sorted(libraries))} through {reached.path}"
                if reached.room == "clock":
                    yield f"{module.path}: reaches the clock"


def only_the_clock_looks_at_the_time() -> Iterator[str]:
    for module in product():
        if module.room in TIMEKEEPERS:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if node.attr in LOOKS_AT_TIME.get(owner, ()):
                    yield f"{module.at(node)}: {owner}.{node.attr}; take `now` as an argument"
            elif isinstance(node, ast.ImportFrom) and node.module == "time":
                yield f"{module.at(node)}: takes names out of time"


def imports_stand_at_the_top() -> Iterator[str]:
    for module in product():
        for function in ast.walk(module.tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for node in ast.walk(function):
                    if isinstance(node, (ast.Import, ast.ImportFrom)):
                        yield f"{module.at(node)}: an import inside {function.name}"
        if module.path != LATE_IMPORTS_IN and re.search(r"\bimport_module\b|__import__", module.text):
            yield f"{module.path}: imports by name; only {LATE_IMPORTS_IN} may"


def names_say_what_is_inside() -> Iterator[str]:
    for module in product():
        if re.fullmatch(NAMELESS, Path(module.path).stem):
            yield f"{module.path}: such a name says nothing"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and re.fullmatch(NAMELESS_CLASS, node.name):
                yield f"{module.at(node)}: class {node.name}"


def modules_open_with_a_sentence() -> Iterator[str]:
    for module in modules("bot", "handlers", "sandbox", "benchmarks", "tests"):
        sentence = (ast.get_docstring(module.tree) or "").split("\n\n")[0].strip()
        if not re.search(r"[.!?:…]($|\s)", sentence) and (module.tree.body or "tests" not in module.path):
            yield f"{module.path}: opens without a sentence that says what lives here"


def words_are_not_in_python() -> Iterator[str]:
    for module in product():
        for node in _strings(module.tree):
            if module.path not in RECOGNISES and re.search(r"[А-Яа-яЁё]{2}|^«|»$", str(node.value)):
                yield f"{module.at(node)}: {node.value!r}; words belong to {WORDS}"


def _strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that can be output: no docstrings, no patterns that match typed text."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "re":
            prose |= {id(argument) for argument in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node


def files_are_short() -> Iterator[str]:
    for module in modules("bot", "handlers", "sandbox", "benchmarks", "tests"):
        length = module.text.count("\n")
        if "/versions/" not in module.path and length > (longest := LONGER.get(module.path, LONGEST_FILE)):
            yield f"{module.path}: {length} lines, more than {longest}"


def rooms_hold_code() -> Iterator[str]:
    for folder in sorted(path for path in (source.ROOT / "bot").iterdir() if path.is_dir()):
        inside = [module for module in product() if module.path.startswith(f"bot/{folder.name}/")]
        if inside and not any(len(module.tree.body) > 1 for module in inside):
            yield f"bot/{folder.name}: an empty room"


def nothing_is_left_for_later() -> Iterator[str]:
    for module in modules("bot", "handlers", "sandbox", "benchmarks", "tests"):
        for number, line in enumerate(module.text.splitlines(), 1):
            if re.search(r"#\s*(TODO|FIXME|XXX)\b", line):
                yield f"{module.path}:{number}: {line.strip()}"
            if re.search(r"#\s*(noqa(?!: [A-Z])|type: ignore(?!\[))", line):
                yield f"{module.path}:{number}: silences a tool without naming what it says"


def faults_are_not_swallowed() -> Iterator[str]:
    for module in product():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            everything = node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
            if everything and all(isinstance(step, ast.Pass) for step in node.body):
                yield f"{module.at(node)}: whatever goes wrong here is never heard of"


LAWS: tuple[Callable[[], Iterator[str]], ...] = (
    stairs_go_down,
    the_sandbox_is_a_program_beside_the_bot,
    telegram_library_stays_in_its_rooms,
    pure_code_is_pure,
    only_the_clock_looks_at_the_time,
    imports_stand_at_the_top,
    names_say_what_is_inside,
    modules_open_with_a_sentence,
    words_are_not_in_python,
    files_are_short,
    rooms_hold_code,
    nothing_is_left_for_later,
    faults_are_not_swallowed,
    unused.nothing_is_left_unused,
    acting.every_setting_acts,
    acting.every_authored_field_acts,
    acting.every_effect_is_carried_out,
    acting.what_passes_the_engine_is_read,
    acting.a_match_of_what_passes_the_engine_is_whole,
    tables.a_table_is_named_by_its_owner,
    tables.the_list_of_intruders_is_true,
    speech.doors_do_not_speak,
    commands.a_command_starts_without_the_library_of_telegram,
    keys.keys_are_made_and_read_in_one_module,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps_its_laws(law: Callable[[], Iterator[str]]) -> None:
    broken = list(law())
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize("ratchet", RATCHETS, ids=lambda ratchet: ratchet.name.replace(" ", "-"))
def test_a_fault_that_the_house_still_has_does_not_grow(ratchet: Ratchet) -> None:
    """`make measure ARGS=--places` lists the places."""
    found = list(ratchet.places())
    assert len(found) <= ratchet.allowed, ratchet.grown(found)
    if len(found) < ratchet.allowed:
        warnings.warn(ratchet.shrunk(found), stacklevel=1)
