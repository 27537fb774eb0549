"""Evaluates expressions of scenario templates over plain data: names, choices, comparisons, a few filters."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

INSERTED = 1000  # characters one inserted value may add, before escaping


class _Absent:
    """The value of a name that is not set."""

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


def text_of(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return "" if value is None else str(value)


def evaluate(node: nodes.Node, facts: Mapping[str, Any]) -> Any:
    """The value of an expression; ABSENT for a name that is not set."""
    return EVALUATE[type(node)](node, facts)


def _name(node: Any, facts: Mapping[str, Any]) -> Any:
    found = facts.get(node.name, ABSENT)
    return found() if callable(found) else found


def _getattr(node: Any, facts: Mapping[str, Any]) -> Any:
    inside = evaluate(node.node, facts)
    return inside.get(node.attr, ABSENT) if isinstance(inside, Mapping) else ABSENT


def _choice(node: Any, facts: Mapping[str, Any]) -> Any:
    if evaluate(node.test, facts):
        return evaluate(node.expr1, facts)
    return evaluate(node.expr2, facts) if node.expr2 is not None else ""


def _compare(node: Any, facts: Mapping[str, Any]) -> bool:
    left = evaluate(node.expr, facts)
    for operand in node.ops:
        right = evaluate(operand.expr, facts)
        if not _COMPARE[operand.op](left, right):
            return False
        left = right
    return True


def _ordered(wanted: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Only numbers are ordered; other comparisons are false."""
    return lambda left, right: isinstance(left, int) and isinstance(right, int) and wanted(left, right)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left is not ABSENT and left == right,
    "ne": lambda left, right: left is ABSENT or left != right,
    "in": lambda left, right: left in right if isinstance(right, list) else False,
    "notin": lambda left, right: left not in right if isinstance(right, list) else True,
    "lt": _ordered(lambda left, right: left < right),
    "lteq": _ordered(lambda left, right: left <= right),
    "gt": _ordered(lambda left, right: left > right),
    "gteq": _ordered(lambda left, right: left >= right),
}


def _filtered(node: Any, facts: Mapping[str, Any]) -> Any:
    value = evaluate(node.node, facts)
    arguments = [argument.value for argument in node.args]
    if node.name in ("default", "d"):
        return (arguments[0] if arguments else "") if value is ABSENT else value
    return value if value is ABSENT else FILTERS[node.name](text_of(value), *arguments)


def _truncated(text: str, size: int = 60) -> str:
    return text if len(text) <= size else text[: max(size - 1, 0)] + "…"


FILTERS: dict[str, Callable[..., str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "capitalize": str.capitalize,
    "trim": str.strip,
    "truncate": _truncated,
}
# name -> number and type of its arguments
ARGUMENTS: dict[str, type] = {"default": str, "d": str, "truncate": int}
TESTS = ("defined", "undefined")

EVALUATE: dict[type[nodes.Node], Callable[[Any, Mapping[str, Any]], Any]] = {
    nodes.Const: lambda node, facts: node.value,
    nodes.Name: _name,
    nodes.Getattr: _getattr,
    nodes.CondExpr: _choice,
    nodes.Compare: _compare,
    nodes.And: lambda node, facts: evaluate(node.left, facts) and evaluate(node.right, facts),
    nodes.Or: lambda node, facts: evaluate(node.left, facts) or evaluate(node.right, facts),
    nodes.Not: lambda node, facts: not evaluate(node.node, facts),
    nodes.Neg: lambda node, facts: -node.node.value,
    nodes.List: lambda node, facts: [evaluate(item, facts) for item in node.items],
    nodes.Tuple: lambda node, facts: [evaluate(item, facts) for item in node.items],
    nodes.Concat: lambda node, facts: "".join(text_of(evaluate(part, facts)) for part in node.nodes)[
        :INSERTED
    ],
    nodes.Filter: _filtered,
    nodes.Test: lambda node, facts: (evaluate(node.node, facts) is not ABSENT) == (node.name == "defined"),
}
