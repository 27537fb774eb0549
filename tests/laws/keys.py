"""Keys are built and parsed in bot/keys.py only: other code neither formats nor splits their text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bot import keys
from tests.source import Module, product

HOME = "bot.keys"
KINDS = tuple(f"{one.KIND}:" for one in vars(keys).values() if isinstance(one, type) and hasattr(one, "KIND"))
APART = {"partition", "rpartition", "split", "removeprefix", "startswith"}
# Other texts that begin alike: an expression of the facts file, the keys of a transaction's own savings.
NOT_KEYS = ("demo",)


def keys_are_made_and_read_in_one_module() -> Iterator[str]:
    for module in product():
        if module.name != HOME and module.room not in {*NOT_KEYS, "sandbox"}:
            yield from _places(module)


def _places(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr) and _begins(node) in KINDS:
            yield f"{module.at(node)}: {ast.unparse(node)} puts a key together"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in APART:
            given = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if any(isinstance(one, str) and one in KINDS for one in given):
                yield f"{module.at(node)}: {ast.unparse(node)} takes a key apart"


def _begins(text: ast.JoinedStr) -> str:
    """The constant that an f-string begins with, if a value follows directly."""
    first = text.values[0]
    alone = len(text.values) > 1 and isinstance(first, ast.Constant)
    return str(first.value) if alone and isinstance(first, ast.Constant) else ""
