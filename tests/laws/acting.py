"""Authored settings act: every field of an authored file, every setting, every effect of the scenario engine."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from tests.laws.names import home, taken
from tests.source import Module, known, product

# What a file or the environment is read into: these and everything that inherits from them.
FORMS = {"bot.yamlfiles.fitting.Authored", "pydantic_settings.BaseSettings"}
SETTINGS = "settings"
READ_RAW = {"DeskFile.calendars"}  # bot.sla.calendars reads it with the places of its words
# The engine's unions of dataclasses: effects are carried out outside its room, events are read inside.
ENGINE = "bot.scenarios.play.events"
OUT, IN = "Effect", "Event"
REHEARSAL = {
    "bot/scenarios/check/rehearsal.py"
}  # plays the tests of a file: a field used only by it does nothing
# Left for later issues (unmatched words teach the router, a mass hint opens /outage). Only gets shorter.
SILENT = {"Unmatched", "Solved", "Ended"}


def every_setting_acts() -> Iterator[str]:
    for module, owner, name, node in _fields():
        if module.room == SETTINGS and not _is_read_elsewhere(name, module):
            yield f"{module.at(node)}: nothing reads the setting {owner.name}.{name}"


def every_authored_field_acts() -> Iterator[str]:
    """Read in another file than the one that defines it."""
    for module, owner, name, node in _fields():
        if module.room == SETTINGS or f"{owner.name}.{name}" in READ_RAW or name.startswith("_"):
            continue
        if not _is_read_elsewhere(name, module):
            yield f"{module.at(node)}: nothing reads {owner.name}.{name}"


def _fields() -> Iterator[tuple[Module, ast.ClassDef, str, ast.AnnAssign]]:
    """Every field of every form, also with indirect bases."""
    classes = [(m, node) for m in product() for node in ast.walk(m.tree) if isinstance(node, ast.ClassDef)]
    forms: set[str] = set()
    more = set(FORMS)
    while more - forms:
        forms |= more
        more = {f"{m.name}.{node.name}" for m, node in classes if _bases(m, node) & forms}
    for module, owner in classes:
        for node in owner.body if f"{module.name}.{owner.name}" in forms else ():
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield module, owner, node.target.id, node


def _bases(module: Module, owner: ast.ClassDef) -> set[str]:
    written = (ast.unparse(base) for base in owner.bases)
    return {home(taken(module).get(name, f"{module.name}.{name}")) for name in written}


def _read_in(where: Iterable[Module]) -> set[str]:
    return set().union(*(_read(module) for module in where))


@cache
def _read(module: Module) -> set[str]:
    """Attributes that are read, and keys read from a file's data: `data["tests"]`, `data.get("tests")`."""
    read: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            read.add(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            read.add(str(node.slice.value))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
            read.add(str(getattr(node.args[0], "value", "")))
    return read


def _is_read_elsewhere(name: str, home: Module) -> bool:
    return any(name in _read(module) for module in product() if module is not home)


# ── effects ─────────────────────────────────────────────────────────────────────────────────────────────


def every_effect_is_carried_out() -> Iterator[str]:
    """By a `case` with a body, or by a test for its presence, outside the engine's room."""
    if (engine := known().get(ENGINE)) is None:
        return
    done = {name for module in product() if module.room != engine.room for name in _handled(module)}
    for name in _union(engine, OUT):
        if name in done and name in SILENT:
            yield f"{engine.path}: {name} is carried out: take it off SILENT"
        if name not in done | SILENT:
            yield f"{engine.path}: nothing carries out {name}"


def a_match_of_what_passes_the_engine_is_whole() -> Iterator[str]:
    """It ends in assert_never, so that the type checker finds what a new effect or event is missing from."""
    if (engine := known().get(ENGINE)) is None:
        return
    unions = [set(_union(engine, union)) for union in (OUT, IN)]
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Match):
                named = {_last(each.cls) for each in ast.walk(node) if isinstance(each, ast.MatchClass)}
                several = any(len(named & union) > 1 for union in unions)
                if several and "assert_never(" not in ast.unparse(node.cases[-1]):
                    yield f"{module.at(node)}: ends without assert_never"


def what_passes_the_engine_is_read() -> Iterator[str]:
    """Every field of an event is read by the engine, every field of an effect by the code that carries it out."""
    if (engine := known().get(ENGINE)) is None:
        return
    for union in (OUT, IN):
        for owner in set(_union(engine, union)) - SILENT:
            readers = [module for module in product() if _knows(module, owner) and module is not engine]
            readers = [module for module in readers if module.path not in REHEARSAL]
            read = _read_in(readers) | _captured(readers, owner)
            for name in _fields_of(engine, owner):
                if name not in read:
                    yield f"{engine.path}: nothing reads {owner}.{name}"


def _union(engine: Module, name: str) -> list[str]:
    for node in engine.tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return ast.unparse(node.value).split(" | ")
    return []


def _handled(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.match_case) and not all(isinstance(step, ast.Pass) for step in node.body):
            classes = (inner for inner in ast.walk(node.pattern) if isinstance(inner, ast.MatchClass))
            yield from (_last(inner.cls) for inner in classes)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            yield from map(_last, node.args[1:])


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _knows(module: Module, name: str) -> bool:
    full = f"{ENGINE}.{name}"
    return full in taken(module).values() or (ENGINE in taken(module).values() and f".{name}" in module.text)


def _fields_of(engine: Module, owner: str) -> list[str]:
    found = (node for node in engine.tree.body if isinstance(node, ast.ClassDef) and node.name == owner)
    return [
        node.target.id
        for each in found
        for node in each.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def _captured(readers: list[Module], owner: str) -> set[str]:
    """Fields that a pattern captures by position: `case Press(value)`."""
    engine = known()[ENGINE]
    captured: set[str] = set()
    for module in readers:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.MatchClass) and _last(node.cls) == owner:
                captured |= set(_fields_of(engine, owner)[: len(node.patterns)]) | set(node.kwd_attrs)
    return captured
