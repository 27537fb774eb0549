"""What templates may contain: the listed kinds of nodes, up to a size and depth."""

from collections.abc import Callable
from typing import Any

from jinja2 import nodes

from bot.errors import FirstlineError
from bot.scenarios.language.expression import ARGUMENTS, EVALUATE, FILTERS, TESTS

SOURCE = 4096  # characters of a template
NODES, DEPTH, OUTPUTS = 300, 24, 50

ROOTS = ("answers", "labels", "profile", "person", "facts", "transcript", "words")
WHOLE = ("transcript", "words")  # names that are a text themselves
PERSON = ("name", "office", "department", "language", "staff_id")
PARTS = ("text", "ok", "outcome")  # of a check's answer


class TemplateRefused(FirstlineError):
    """The template is not allowed. Has our code, the line in the template and the part to point at."""

    def __init__(self, code: str, line: int, near: str = "", **facts: Any) -> None:
        super().__init__(f"{code} {facts}")
        self.code, self.line, self.near, self.facts = code, line, near, facts


_ALLOWED = (*EVALUATE, nodes.Operand, nodes.TemplateData, nodes.Output, nodes.If)


def guard_size(source: str) -> None:
    if len(source) > SOURCE:
        raise TemplateRefused("E151", 1, limit=SOURCE)


def judge(body: tuple[nodes.Node, ...]) -> None:
    """Refuse what is not allowed. Without recursion, because authors decide the depth."""
    waiting: list[tuple[nodes.Node, int]] = [(node, 1) for node in body]
    count = outputs = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        outputs += isinstance(node, nodes.TemplateData)
        if count > NODES or depth > DEPTH or outputs > OUTPUTS:
            raise TemplateRefused("E152", node.lineno)
        if type(node) not in _ALLOWED:
            raise TemplateRefused("E153", node.lineno, **_described(node))
        _RULES.get(type(node), _any)(node)
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _described(node: nodes.Node) -> dict[str, Any]:
    """What was tried, and the part to point at."""
    name = type(node).__name__
    call = node.node if isinstance(node, nodes.Call) else node
    near = str(getattr(call, "attr", None) or getattr(call, "name", None) or "")
    return {"what": name, "near": near}


def _any(node: nodes.Node) -> None:
    """No further conditions for this kind of node."""


def _rule_name(node: Any) -> None:
    if node.name not in ROOTS:
        raise TemplateRefused("E154", node.lineno, near=node.name, name=node.name, known=ROOTS)


def _rule_getattr(node: Any) -> None:
    owner = node.node
    chained = isinstance(owner, nodes.Getattr) and isinstance(owner.node, nodes.Name)
    if not isinstance(owner, nodes.Name) and not (chained and node.attr in PARTS):
        raise TemplateRefused("E155", node.lineno, near=node.attr, name=node.attr, known=PARTS)
    if node.attr.startswith("_") or (isinstance(owner, nodes.Name) and owner.name in WHOLE):
        raise TemplateRefused("E155", node.lineno, near=node.attr, name=node.attr, known=PARTS)


def _rule_filter(node: Any) -> None:
    if node.node is None or (node.name not in FILTERS and node.name not in ("default", "d")):
        raise TemplateRefused(
            "E156", node.lineno, near=node.name, name=node.name, known=sorted([*FILTERS, "default"])
        )
    wanted = ARGUMENTS.get(node.name)
    most = 0 if wanted is None else 1
    constants = all(
        isinstance(item, nodes.Const) and isinstance(item.value, wanted or str) for item in node.args
    )
    extra = node.kwargs or node.dyn_args or node.dyn_kwargs
    if extra or len(node.args) > most or not constants:
        raise TemplateRefused("E157", node.lineno, near=node.name, name=node.name)


def _rule_test(node: Any) -> None:
    if node.name not in TESTS or not isinstance(node.node, nodes.Getattr):
        raise TemplateRefused("E158", node.lineno, near=node.name, name=node.name, known=TESTS)


def _rule_items(node: Any) -> None:
    if not all(isinstance(item, nodes.Const) for item in node.items):
        raise TemplateRefused("E153", node.lineno, what="List", near="")


def _rule_neg(node: Any) -> None:
    if not (isinstance(node.node, nodes.Const) and type(node.node.value) is int):
        raise TemplateRefused("E153", node.lineno, what="Neg", near="-")


_RULES: dict[type[nodes.Node], Callable[[Any], None]] = {
    nodes.Name: _rule_name,
    nodes.Getattr: _rule_getattr,
    nodes.Filter: _rule_filter,
    nodes.Test: _rule_test,
    nodes.List: _rule_items,
    nodes.Tuple: _rule_items,
    nodes.Neg: _rule_neg,
}
