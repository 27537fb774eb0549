"""What a name means in a module: its imports, and where a re-exported name is defined."""

from __future__ import annotations

import ast
from functools import cache

from tests.source import Module, known


@cache
def taken(module: Module) -> dict[str, str]:
    """The imported names of a module, in full."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def home(full: str) -> str:
    """Where a name is defined, if a package only re-exports it."""
    where, _, name = full.rpartition(".")
    passed_on = taken(known()[where]).get(name) if where in known() else None
    return full if passed_on in (None, full) else home(str(passed_on))
