"""Nothing is left unused: every definition by its qualified name. Mentions in docstrings and tests do not count."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from tests import source
from tests.laws.names import home, taken
from tests.source import Module, known, modules, product

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# Decorators after which a definition is still called by its name; any other decorator registers it.
PASSIVE = {"property", "cached_property", "staticmethod", "classmethod", "dataclass", "cache", "lru_cache"}
PASSIVE |= {"contextmanager", "asynccontextmanager", "overload", "total_ordering", "runtime_checkable"}
# Fields that are unpacked, not read by name.
TUPLES = {"NamedTuple"}


@dataclass
class Uses:
    """What the code uses: names of modules in full, members by their bare name."""

    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


def nothing_is_left_unused() -> Iterator[str]:
    """Code that only a test calls is not used either."""
    uses = _uses()
    for module in product():
        if "/versions/" in module.path:
            continue
        for name, node in _defined(module):
            if f"{module.name}.{name}" not in uses.names and not _is_handed_over(node):
                yield f"{module.at(node)}: nothing uses {name}"
        for owner in (node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)):
            inherited = _inherited(module, owner)
            for name, node in _members(owner):
                read = (
                    _asked(module) if name.startswith("_") else uses.members
                )  # private: used in its own module
                if name not in read and name not in inherited and not _is_handed_over(node):
                    yield f"{module.at(node)}: nothing uses {owner.name}.{name}"


def _defined(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions, classes and constants at the top of a module."""
    for node in module.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                (name.id, node)
                for target in targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name) and not name.id.startswith("__")
            )


def _members(owner: ast.ClassDef) -> Iterator[tuple[str, ast.AST]]:
    """Methods, fields, and what methods keep in `self`."""
    found: dict[str, ast.AST] = {}
    for node in owner.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(node.name, node)
            stored = (inner for inner in ast.walk(node) if isinstance(inner, ast.Attribute))
            for inner in stored:
                if isinstance(inner.ctx, ast.Store) and getattr(inner.value, "id", "") == "self":
                    found.setdefault(inner.attr, inner)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, node)
        elif isinstance(node, ast.Assign):
            found |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    unpacked = any(getattr(base, "id", "") in TUPLES for base in owner.bases)
    fields = (ast.AnnAssign,) if unpacked else ()
    yield from (
        (name, node)
        for name, node in found.items()
        if not name.startswith("__") and not isinstance(node, fields)
    )


def _is_handed_over(node: ast.AST) -> bool:
    """Registered by a decorator: a check, a route, a validator."""
    for decorator in getattr(node, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in PASSIVE and name != "setter":
            return True
    return False


def _inherited(module: Module, owner: ast.ClassDef) -> set[str]:
    """Methods that base classes of other libraries call: a filter's __call__, a parser's handle_data."""
    names: set[str] = set()
    imported = taken(module)
    for base in owner.bases:
        written = ast.unparse(base).split("[")[0]
        first, _, rest = written.partition(".")
        full = imported.get(first, first) + (f".{rest}" if rest else "")
        where, _, name = full.rpartition(".")
        if where in known():
            module_of = known()[where]
            found = (
                node for node in module_of.tree.body if isinstance(node, ast.ClassDef) and node.name == name
            )
            names |= {each for node in found for each in _inherited(module_of, node)}
        elif not where:
            found = (n for n in module.tree.body if isinstance(n, ast.ClassDef) and n.name == written)
            names |= {each for node in found if node is not owner for each in _inherited(module, node)}
        else:
            names |= set(dir(getattr(import_module(where), name)))
    return names


# ── uses ────────────────────────────────────────────────────────────────────────────────────────────────


def _uses() -> Uses:
    uses = Uses()
    for module in modules("bot", "handlers", "sandbox", "benchmarks"):
        _Reader(module, uses).visit(module.tree)
    for template in (source.ROOT / "bot").rglob("*.j2"):
        uses.members |= set(re.findall(r"\w+", template.read_text("utf-8")))
    for catalogue in (source.ROOT / "bot").rglob("*.po"):  # the facts of a sentence, given by asdict()
        uses.members |= set(re.findall(r"\{(\w+)", catalogue.read_text("utf-8")))
    return uses


class _Reader(ast.NodeVisitor):
    """Reads a module; a definition's own body does not count as a use."""

    def __init__(self, module: Module, uses: Uses) -> None:
        self._module, self._uses, self._taken = module, uses, taken(module)
        self._inside: list[str] = []
        self._prose = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not self._module.path.endswith("__init__.py"):
            self._uses.names |= {home(f"{node.module}.{alias.name}") for alias in node.names}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._within(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._within(node)

    def _within(self, node: Definition) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._inside.append(node.name)
        for child in ast.iter_child_nodes(node):
            if child not in node.decorator_list:
                self.visit(child)
        self._inside.pop()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and self._inside[:1] != [node.id]:
            self._uses.names.add(f"{self._module.name}.{node.id}")
        if self._taken.get(node.id) in known():  # a module in a list: any of its names may be used later
            self._uses.names |= {f"{self._taken[node.id]}.{name}" for name in _asked(self._module)}

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        calls_itself = owner == "self" and node.attr in self._inside
        if isinstance(node.ctx, ast.Load) and not calls_itself:
            self._uses.members.add(node.attr)
        if owner in self._taken:
            self._uses.names.add(home(f"{self._taken[owner]}.{node.attr}"))
        if self._taken.get(owner) not in known():
            self.visit(node.value)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        self._uses.members |= set(node.kwd_attrs)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A name as a whole string may be used by getattr; "room.module:name" is a line of the command table."""
        if isinstance(node.value, str) and id(node) not in self._prose:
            if node.value.isidentifier():
                self._uses.members.add(node.value)
            self._uses.names |= {
                f"{where}.{name}" for where, name in re.findall(r"([\w.]+):(\w+)", node.value)
            }


@cache
def _asked(module: Module) -> set[str]:
    reads = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
    return {node.attr for node in reads if isinstance(node.ctx, ast.Load)}
