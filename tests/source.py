"""The source for the laws: the room of each module, and its imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Module:
    """One Python file: its path, its name, its room."""

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


@cache
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


def product() -> tuple[Module, ...]:
    return modules("bot", "handlers", "sandbox")


@cache
def known() -> dict[str, Module]:
    return {module.name: module for module in product()}


def ours(name: str) -> Module | None:
    """The module of an imported name: the name itself, or the module it is taken from."""
    return known().get(name) or known().get(name.rpartition(".")[0])


@cache
def named(module: Module) -> frozenset[str]:
    """Every name a module imports, in full."""
    return frozenset(name for _, name in module.imports())


def reach(module: Module) -> set[Module]:
    """The modules of the product that importing this one imports: what it names, and the packages around that."""
    seen: set[Module] = set()
    todo = [module]
    while todo:
        if (current := todo.pop()) not in seen:
            seen.add(current)
            todo += [found for name in named(current) if (found := ours(name))]
            todo += [known()[parent] for parent in _parents(current.name) if parent in known()]
    return seen


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]
