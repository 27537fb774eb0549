"""What a name means in a module: the names it imports, and where a name that packages pass on is defined."""

from __future__ import annotations

import ast
from functools import cache

from tests.source import Module, known


@cache
def taken(module: Module) -> dict[str, str]:
    """Each name that a module imports, and what it is in full."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def home(full: str) -> str:
    """Where a name is defined, when a package only passes it on."""
    where, _, name = full.rpartition(".")
    passed_on = taken(known()[where]).get(name) if where in known() else None
    return full if passed_on in (None, full) else home(str(passed_on))
