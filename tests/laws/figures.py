"""Counts in the source: functions, imports, homes of a class name, loose types, prose, circles."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath

from tests import source
from tests.source import Module, known, ours, product

AVOIDED = Path(__file__).parents[1] / "words_to_avoid.txt"
MANY_PARAMETERS = 6
MANY_MODULES = 25  # in one folder
LOOSE = ("Row[Any]", "dict[str, Any]")
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method: `parameters` without self and cls."""

    at: str
    name: str
    lines: int
    parameters: int
    is_documented: bool


def measured() -> tuple[Module, ...]:
    """The product's modules with code: no generated migrations, no files with only a docstring."""
    return tuple(
        module for module in product() if "/versions/" not in module.path and len(module.tree.body) > 1
    )


@cache
def functions(module: Module) -> tuple[Function, ...]:
    return tuple(
        Function(
            module.at(node),
            node.name,
            (node.end_lineno or node.lineno) - node.lineno + 1,
            len(_parameters(node)),
            ast.get_docstring(node) is not None,
        )
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def imported(module: Module) -> int:
    """How many names a file imports: `from a import b, c` are two."""
    statements = (node for node in ast.walk(module.tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return sum(len(node.names) for node in statements)


def full_folders() -> Iterator[tuple[str, int]]:
    """Folders with too many modules."""
    inside: dict[str, int] = defaultdict(int)
    for module in product():
        if not module.path.endswith("__init__.py"):
            inside[str(PurePath(module.path).parent)] += 1
    yield from ((folder, count) for folder, count in sorted(inside.items()) if count > MANY_MODULES)


def homes() -> dict[str, list[str]]:
    """Public class names that several files define, and where."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module.at(node))
    return {name: places for name, places in sorted(found.items()) if len(places) > 1}


def homes_in_the_product() -> dict[str, list[str]]:
    """The same without the sandbox, which is a separate program."""
    found = {
        name: [place for place in places if not place.startswith((f"{SANDBOX}/", f"bot/{SANDBOX}/"))]
        for name, places in homes().items()
    }
    return {name: places for name, places in found.items() if len(places) > 1}


def loose_types(modules: Iterable[Module]) -> Iterator[str]:
    """Each `Row[Any]` and `dict[str, Any]` of an annotation."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Subscript) and (written := ast.unparse(node)) in LOOSE:
                yield f"{module.at(node)}: {written}"


# ── prose ───────────────────────────────────────────────────────────────────────────────────────────────


@cache
def prose(module: Module) -> tuple[tuple[int, str], ...]:
    """Every docstring and comment with its line."""
    return tuple(_prose(module))


def _prose(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[:1]
            if body and (said := ast.get_docstring(node, clean=False)):
                yield from enumerate(said.split("\n"), body[0].lineno)
    yield from ((line, text.lstrip("# ")) for line, text in comments(module))


@cache
def comments(module: Module) -> tuple[tuple[int, str], ...]:
    found = tokenize.generate_tokens(io.StringIO(module.text).readline)
    return tuple((token.start[0], token.string) for token in found if token.type == tokenize.COMMENT)


@cache
def _avoided() -> re.Pattern[str]:
    words = AVOIDED.read_text("utf-8").split("\n")
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words if word)})\b", re.IGNORECASE)


def avoided(text: str) -> list[str]:
    """The words to avoid in a line, as written there."""
    return _avoided().findall(text)


def pages() -> list[Path]:
    """The pages in the root folder, and everything below docs/."""
    return sorted([*source.ROOT.glob("*.md"), *(source.ROOT / "docs").rglob("*.md")])


def lines_of(page: Path) -> Iterator[tuple[int, str]]:
    yield from enumerate(page.read_text("utf-8").split("\n"), 1)


def per_ten_thousand(lines: Iterable[tuple[int, str]]) -> float:
    """Words to avoid among ten thousand words."""
    words = hits = 0
    for _, line in lines:
        words += len(re.findall(r"\w+", line))
        hits += len(avoided(line))
    return 10_000 * hits / words if words else 0.0


# ── circles ─────────────────────────────────────────────────────────────────────────────────────────────


def circles(*, with_types: bool = True) -> list[list[str]]:
    """Modules that import each other, the largest circle first; without types, what only a type checker imports is left out."""
    reached = {name: _imports(module, with_types) for name, module in known().items()}
    return sorted((sorted(one) for one in _strongly_connected(reached)), key=lambda one: (-len(one), one))


def _imports(module: Module, with_types: bool) -> set[str]:
    left_out = set() if with_types else _for_types(module)
    found = (ours(name) for node, name in module.imports() if node not in left_out)
    return {each.name for each in found if each is not None} - {module.name}


def _for_types(module: Module) -> set[ast.stmt]:
    return {
        statement
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
    }


def _strongly_connected(reached: dict[str, set[str]]) -> Iterator[set[str]]:
    """Groups of two or more that all reach each other (Kosaraju's two walks)."""
    order: list[str] = []
    back: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    for start in reached:
        order += _walk(start, reached, seen)
        for other in reached[start]:
            back[other].add(start)
    seen = set()
    for start in reversed(order):
        group = set(_walk(start, back, seen))
        if len(group) > 1:
            yield group


def _walk(start: str, reached: dict[str, set[str]], seen: set[str]) -> Sequence[str]:
    """What is reached from `start` and not yet seen, each after all that it reaches."""
    order, stack = [], [(start, False)]
    while stack:
        name, is_done = stack.pop()
        if is_done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack += [(other, False) for other in sorted(reached.get(name, ())) if other not in seen]
    return order
