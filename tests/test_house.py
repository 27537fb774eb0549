"""The laws of the house (docs/decisions/0001-rooms-on-a-staircase.md), read from the source by a test.

Each law returns the places where it is broken, so that a failure reads like a list of things to do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent

# ── what the laws say ───────────────────────────────────────────────────────────────────────────────────

# A room imports only rooms on lower steps.
STAIRS: tuple[set[str], ...] = (
    {"", "errors", "clock", "settings"},  # leaves; "" is bot/__init__.py, the version
    {"storage", "texts", "observe", "authored"},
    {"telegram", "timers", "sla", "people"},
    {"scenarios", "knowledge"},
    {"tickets"},
    {"escalation", "problems", "reports"},
    {"handlers"},
    {"opening"},  # the desk's files, read by whoever starts something
    {"wiring", "checking", "chats_cli", "web"},
    {"app", "sandbox"},
    {"cli"},
    {"__main__"},
)
TELEGRAM_LIBRARY_IN = {"handlers", "telegram", "app", "web", "sandbox"}
# Neither a database, nor Telegram, nor the time of day, not even through what they import.
PURE = ("bot.sla", "bot.scenarios.engine", "bot.tickets.ticket")
IMPURE_LIBRARIES = {"sqlalchemy", "aiogram", "aiohttp", "asyncio"}
# Who may look at the time: the clock, and the sandbox, which keeps a clock of its own.
TIMEKEEPERS = {"clock", "sandbox"}
LOOKS_AT_TIME = {"datetime": {"now", "utcnow", "today"}, "date": {"today"}, "func": {"now"}}
LOOKS_AT_TIME |= {"time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "sleep"}}
NAMELESS = r"utils?|helpers?|services?|managers?|misc|common|base"
NAMELESS_CLASS = r"\w+(Utils?|Helper|Service|Manager)"
LONGEST_FILE = 400
LATE_IMPORTS_IN = "bot/cli.py"  # the table of commands, so that offline commands stay quick
# Modules with Cyrillic that is matched, never said.
RECOGNISES = {
    "bot/sandbox/autolinks.py": "the domain рф",
    "bot/knowledge/slots.py": "floors",
    "bot/knowledge/spelling.py": "the keyboard, and letters that look like Latin ones",
    "bot/scenarios/answering.py": "a typed no",
}
WORDS = "bot/texts"  # the only place for words that people read

# ── reading the house ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Module:
    """One file of Python: where it is, how it is imported, which room it belongs to."""

    path: str
    name: str
    room: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every imported name in full: `from bot.sla import clock` is both bot.sla and bot.sla.clock."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                package = self.name.split(".")[: -node.level] if node.level else []
                base = ".".join([*package, *([node.module] if node.module else [])])
                yield node, base
                yield from ((node, f"{base}.{alias.name}") for alias in node.names)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    return tuple(_module(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def _module(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(str(relative), name, room_of(name), text, ast.parse(text))


def room_of(name: str) -> str:
    """bot.sla.calendar -> sla; handlers.engineer -> handlers; bot -> "" (the version)."""
    parts = name.split(".")
    return parts[0] if parts[0] != "bot" else (parts[1] if len(parts) > 1 else "")


def step_of(room: str) -> int:
    return next((step for step, rooms in enumerate(STAIRS) if room in rooms), -1)


def product() -> tuple[Module, ...]:
    return modules("bot", "handlers")


@cache
def known() -> dict[str, Module]:
    return {module.name: module for module in product()}


def ours(name: str) -> Module | None:
    """The module an imported name lives in: the name itself, or the module it is taken from."""
    return known().get(name) or known().get(name.rpartition(".")[0])


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


def telegram_library_stays_in_its_rooms() -> Iterator[str]:
    for module in product():
        for node, name in module.imports():
            if name.split(".")[0] == "aiogram" and module.room not in TELEGRAM_LIBRARY_IN:
                yield f"{module.at(node)}: {module.room} knows {name}"


def pure_code_is_pure() -> Iterator[str]:
    for module in product():
        if any(module.name == pure or module.name.startswith(pure + ".") for pure in PURE):
            for reached in sorted(_reach(module), key=lambda found: found.path):
                libraries = {name.split(".")[0] for _, name in reached.imports()} & IMPURE_LIBRARIES
                if libraries:
                    yield f"{module.path}: reaches {', '.join(sorted(libraries))} through {reached.path}"
                if reached.room == "clock":
                    yield f"{module.path}: reaches the clock"


def _reach(module: Module) -> set[Module]:
    seen, todo = set(), [module]
    while todo:
        if (current := todo.pop()) not in seen:
            seen.add(current)
            todo += [found for _, name in current.imports() if (found := ours(name))]
            todo += [
                known()[".".join(parts)] for parts in _parents(current.name) if ".".join(parts) in known()
            ]
    return seen


def _parents(name: str) -> list[list[str]]:
    parts = name.split(".")
    return [parts[:end] for end in range(1, len(parts))]


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
    for module in modules("bot", "handlers", "benchmarks", "tests"):
        sentence = (ast.get_docstring(module.tree) or "").split("\n\n")[0].strip()
        if not re.search(r"[.!?:…]($|\s)", sentence) and (module.tree.body or "tests" not in module.path):
            yield f"{module.path}: opens without a sentence that says what lives here"


def words_are_not_in_python() -> Iterator[str]:
    for module in product():
        for node in _strings(module.tree):
            if module.path not in RECOGNISES and re.search(r"[А-Яа-яЁё]{2}", str(node.value)):
                yield f"{module.at(node)}: {node.value!r}; words belong to {WORDS}"


def _strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that can be said: no docstrings, no patterns that recognise what people type."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "re":
            prose |= {id(argument) for argument in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node


def files_are_short() -> Iterator[str]:
    for module in modules("bot", "handlers", "benchmarks", "tests"):
        length = module.text.count("\n")
        if length > LONGEST_FILE:
            yield f"{module.path}: {length} lines, more than {LONGEST_FILE}"


def rooms_hold_code() -> Iterator[str]:
    for folder in sorted(path for path in (ROOT / "bot").iterdir() if path.is_dir()):
        inside = [module for module in product() if module.path.startswith(f"bot/{folder.name}/")]
        if inside and not any(len(module.tree.body) > 1 for module in inside):
            yield f"bot/{folder.name}: an empty room"


def nothing_is_left_for_later() -> Iterator[str]:
    for module in modules("bot", "handlers", "benchmarks", "tests"):
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


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


@cache
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Every sentence of a language by its key; a plural has several forms."""
    sentences: dict[str, tuple[str, ...]] = {}
    for path in sorted((ROOT / WORDS / language).glob("*.po")):
        for message in read_po(path.read_bytes().splitlines(keepends=True), locale=language):
            if message.id:
                key, forms = message.id, message.string
                sentences[key if isinstance(key, str) else key[0]] = (
                    (forms,) if isinstance(forms, str) else tuple(forms)
                )
    return sentences


def languages_say_the_same() -> Iterator[str]:
    languages = sorted(path.name for path in (ROOT / WORDS).iterdir() if any(path.glob("*.po")))
    every = {key for language in languages for key in catalogue(language)}
    for key in sorted(every):
        for language in languages:
            forms = catalogue(language).get(key, ())
            if not forms or not all(forms):
                yield f"{language}: {key} is not said"
        facts = {language: _facts(catalogue(language).get(key, ())) for language in languages}
        if len({frozenset(names) for names in facts.values()}) > 1:
            yield f"{key}: the languages name different facts: {facts}"


def _facts(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for name in re.findall(r"\{(\w+)[^{}]*\}", form)}


def sentences_are_asked_for_and_found() -> Iterator[str]:
    for place, key in _asked():
        if key not in catalogue("ru"):
            yield f"{place}: no catalogue says {key!r}"
    whole, computed = _mentioned()
    for key in sorted(catalogue("ru")):
        if not _is_said(key, whole, computed):
            yield f"{key}: nobody says it"


def _is_said(key: str, whole: set[str], computed: set[str]) -> bool:
    """Whether the code holds this key, or puts it together of parts that it says in their turn."""
    if key in whole or key.isdecimal():
        return True
    found = (re.fullmatch(pattern, key) for pattern in computed)
    return any(all(_is_said(part, whole, computed) for part in fit.groups()) for fit in found if fit)


def _asked() -> Iterator[tuple[str, str]]:
    """Keys given in so many words to say, html and many."""
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                key = node.args[0]
                if node.func.attr in {"say", "html", "many"} and isinstance(key, ast.Constant):
                    yield module.at(node), str(key.value)
    for path in sorted((ROOT / WORDS).rglob("*.j2")):
        for key in re.findall(
            r"""v\.(?:say|html|many)\(\s*["']([^"']+)["']\s*[,)]""", path.read_text("utf-8")
        ):
            yield str(path.relative_to(ROOT)), key


def _mentioned() -> tuple[set[str], set[str]]:
    """Every string of the code, and a pattern for every key with a computed part: f"state.{state}"."""
    whole: set[str] = set()
    computed: set[str] = set()
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                computed.add("".join(_as_pattern(part) for part in node.values))
    for path in ROOT.glob("*.yaml"):  # ids that a shipped file gives, like urgency.blocked
        whole |= set(re.findall(r"\w+", path.read_text("utf-8")))
    for path in (ROOT / WORDS).rglob("*.j2"):
        text = path.read_text("utf-8")
        whole |= set(re.findall(r"""["']([a-z_.0-9]+)["']""", text))
        computed |= {begun + r"([\w.]+)" for begun in re.findall(r"""["']([a-z_.0-9]+\.)["']\s*~""", text)}
    return whole, {pattern for pattern in computed if re.search(r"[a-z]{2}", pattern)}


def _as_pattern(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return re.escape(str(part.value))
    choices = [node.value for node in ast.walk(part) if isinstance(node, ast.Constant)]
    words = [re.escape(choice) for choice in choices if isinstance(choice, str) and choice]
    return f"(?:{'|'.join(words)})" if words else r"([\w.]+)"


LAWS: tuple[Callable[[], Iterator[str]], ...] = (
    stairs_go_down,
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
    languages_say_the_same,
    sentences_are_asked_for_and_found,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps_its_laws(law: Callable[[], Iterator[str]]) -> None:
    broken = list(law())
    assert not broken, "\n" + "\n".join(broken)
