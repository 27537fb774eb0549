"""Templates in scenarios: parsed by Jinja, evaluated here: nothing an author writes is ever executed.

Only the node kinds in `_EVALUATE` exist: no loops, no calls, no arithmetic, no attributes of Python objects. A
template of at most SOURCE characters therefore does bounded work and yields at most OUTPUT characters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from markupsafe import escape

from bot.errors import FirstlineError

SOURCE = 4096  # characters of a template
OUTPUT = 16_384  # characters it may yield
INSERTED = 1000  # characters one inserted value may add, before escaping
NODES, DEPTH, OUTPUTS = 300, 24, 50

ROOTS = ("answers", "labels", "profile", "person", "transcript", "words")
PARTS = ("text", "ok", "outcome")  # of a check's answer
PERSON = ("name", "office", "department", "language", "staff_id")

_PARSER = Environment()  # parses only; never compiles or renders


class Refused(FirstlineError):
    """The template is not allowed. Carries our code, the line in the template and what to point at."""

    def __init__(self, code: str, line: int, near: str = "", **facts: Any) -> None:
        super().__init__(f"{code} {facts}")
        self.code, self.line, self.near, self.facts = code, line, near, facts


class _Absent:
    """The value of a name that nothing has set."""

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


class Use(NamedTuple):
    """One mention of a name. `sure` says the template breaks when the name is absent."""

    root: str
    name: str | None
    part: str | None
    line: int
    sure: bool

    @property
    def written(self) -> str:
        """As it stands in the template."""
        return ".".join(part for part in (self.root, self.name, self.part) if part)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: text with holes."""

    source: str
    body: tuple[nodes.Node, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is text without any hole."""
        return all(isinstance(node, nodes.TemplateData) for node in self.body)

    def html(self, facts: Mapping[str, Any], missing: str = "—") -> str:
        """Filled in for Telegram's HTML: the author's markup stays, inserted values are escaped."""
        return self._fill(facts, missing, lambda value: str(escape(value)))

    def plain(self, facts: Mapping[str, Any], missing: str = "—") -> str:
        """Filled in as plain text."""
        return self._fill(facts, missing, str)

    def native(self, facts: Mapping[str, Any]) -> Any:
        """The value itself when the template is one expression (a number stays one), else the plain text."""
        if len(self.body) == 1 and not isinstance(self.body[0], nodes.TemplateData | nodes.If):
            value = evaluate(self.body[0], facts)
            return "" if value is ABSENT else value
        return self.plain(facts)

    def _fill(self, facts: Mapping[str, Any], missing: str, put: Callable[[str], str]) -> str:
        parts: list[str] = []
        room = OUTPUT
        for node in _chosen(self.body, facts):
            if isinstance(node, nodes.TemplateData):
                part = node.data
            else:
                value = evaluate(node, facts)
                part = put(missing if value is ABSENT else text_of(value)[:INSERTED])
            if len(part) > room:
                break
            room -= len(part)
            parts.append(part)
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition of a branch."""

    source: str
    expression: nodes.Node

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether it is true of these facts."""
        return bool(evaluate(self.expression, facts))


@lru_cache(maxsize=65_536)
def parse(source: str) -> Template:
    """Parse and judge a text with {{ }} in it. Raises Refused."""
    if "{" not in source:
        return Template(source, (nodes.TemplateData(source),))
    _guard_size(source)
    try:
        body = _PARSER.parse(source).body
    except TemplateSyntaxError as error:
        raise Refused("E150", error.lineno, problem=error.message or "") from None
    except RecursionError:
        raise Refused("E152", 1) from None
    flat = tuple(_flattened(body))
    _judge(flat)
    return Template(source, flat)


@lru_cache(maxsize=16_384)
def parse_condition(source: str) -> Condition:
    """Parse and judge a condition, written without braces. Raises Refused."""
    _guard_size(source)
    try:
        parser = Parser(_PARSER, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise Refused("E150", parser.stream.current.lineno, problem=str(parser.stream.current.value))
    except TemplateSyntaxError as error:
        raise Refused("E150", error.lineno, problem=error.message or "") from None
    except RecursionError:
        raise Refused("E152", 1) from None
    _judge((expression,))
    return Condition(source, expression)


def text_of(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return "" if value is None else str(value)


# ── evaluation ──────────────────────────────────────────────────────────────────────────────────────────


def evaluate(node: nodes.Node, facts: Mapping[str, Any]) -> Any:
    """The value of an expression; ABSENT for a name nothing has set."""
    return _EVALUATE[type(node)](node, facts)


def _name(node: Any, facts: Mapping[str, Any]) -> Any:
    return facts.get(node.name, ABSENT)


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
    """Order is between numbers only; anything else is simply not so."""
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
# name -> how many arguments, of which type
_ARGUMENTS: dict[str, type] = {"default": str, "d": str, "truncate": int}
TESTS = ("defined", "undefined")

_EVALUATE: dict[type[nodes.Node], Callable[[Any, Mapping[str, Any]], Any]] = {
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


def _flattened(body: list[Any]) -> Iterator[nodes.Node]:
    """Output nodes without their wrapper."""
    for node in body:
        if isinstance(node, nodes.Output):
            yield from node.nodes
        else:
            yield node


def _chosen(
    body: tuple[nodes.Node, ...] | list[nodes.Node], facts: Mapping[str, Any]
) -> Iterator[nodes.Node]:
    """The pieces that are shown, with every {% if %} decided."""
    for node in _flattened(list(body)):
        if not isinstance(node, nodes.If):
            yield node
            continue
        for arm in (node, *node.elif_):
            if evaluate(arm.test, facts):
                yield from _chosen(arm.body, facts)
                break
        else:
            yield from _chosen(node.else_, facts)


# ── judgement ───────────────────────────────────────────────────────────────────────────────────────────

_ALLOWED = (*_EVALUATE, nodes.Operand, nodes.TemplateData, nodes.Output, nodes.If)


def _guard_size(source: str) -> None:
    if len(source) > SOURCE:
        raise Refused("E151", 1, limit=SOURCE)


def _judge(body: tuple[nodes.Node, ...]) -> None:
    """Refuse what is not in the language. Walks without recursion: depth is the author's."""
    waiting: list[tuple[nodes.Node, int]] = [(node, 1) for node in body]
    count = outputs = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        outputs += isinstance(node, nodes.TemplateData)
        if count > NODES or depth > DEPTH or outputs > OUTPUTS:
            raise Refused("E152", node.lineno)
        if type(node) not in _ALLOWED:
            raise Refused("E153", node.lineno, **_described(node))
        _RULES.get(type(node), _any)(node)
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _described(node: nodes.Node) -> dict[str, Any]:
    """What was tried, and the word to point at."""
    name = type(node).__name__
    call = node.node if isinstance(node, nodes.Call) else node
    near = str(getattr(call, "attr", None) or getattr(call, "name", None) or "")
    return {"what": name, "near": near}


def _any(node: nodes.Node) -> None:
    """Nothing more to ask of this kind of node."""


def _rule_name(node: Any) -> None:
    if node.name not in ROOTS:
        raise Refused("E154", node.lineno, near=node.name, name=node.name, known=ROOTS)


def _rule_getattr(node: Any) -> None:
    owner = node.node
    chained = isinstance(owner, nodes.Getattr) and isinstance(owner.node, nodes.Name)
    if not isinstance(owner, nodes.Name) and not (chained and node.attr in PARTS):
        raise Refused("E155", node.lineno, near=node.attr, name=node.attr, known=PARTS)
    if node.attr.startswith("_") or (isinstance(owner, nodes.Name) and owner.name in ("transcript", "words")):
        raise Refused("E155", node.lineno, near=node.attr, name=node.attr, known=PARTS)


def _rule_filter(node: Any) -> None:
    if node.node is None or (node.name not in FILTERS and node.name not in ("default", "d")):
        raise Refused(
            "E156", node.lineno, near=node.name, name=node.name, known=sorted([*FILTERS, "default"])
        )
    wanted = _ARGUMENTS.get(node.name)
    most = 0 if wanted is None else 1
    constants = all(
        isinstance(item, nodes.Const) and isinstance(item.value, wanted or str) for item in node.args
    )
    extra = node.kwargs or node.dyn_args or node.dyn_kwargs
    if extra or len(node.args) > most or not constants:
        raise Refused("E157", node.lineno, near=node.name, name=node.name)


def _rule_test(node: Any) -> None:
    if node.name not in TESTS or not isinstance(node.node, nodes.Getattr):
        raise Refused("E158", node.lineno, near=node.name, name=node.name, known=TESTS)


def _rule_items(node: Any) -> None:
    if not all(isinstance(item, nodes.Const) for item in node.items):
        raise Refused("E153", node.lineno, what="List", near="")


def _rule_neg(node: Any) -> None:
    if not (isinstance(node.node, nodes.Const) and type(node.node.value) is int):
        raise Refused("E153", node.lineno, what="Neg", near="-")


_RULES: dict[type[nodes.Node], Callable[[Any], None]] = {
    nodes.Name: _rule_name,
    nodes.Getattr: _rule_getattr,
    nodes.Filter: _rule_filter,
    nodes.Test: _rule_test,
    nodes.List: _rule_items,
    nodes.Tuple: _rule_items,
    nodes.Neg: _rule_neg,
}


# ── what a template needs ───────────────────────────────────────────────────────────────────────────────

Known = frozenset[tuple[str, str]]


def uses(body: tuple[nodes.Node, ...] | list[nodes.Node], known: Known = frozenset()) -> Iterator[Use]:
    """Every name mentioned; `known` are those already proven to be there."""
    for node in body:
        yield from _uses(node, known, True)


def _uses(node: nodes.Node, known: Known, sure: bool) -> Iterator[Use]:
    match node:
        case nodes.Name() | nodes.Getattr():
            yield _use(node, known, sure)
        case nodes.Filter() if node.node is not None:
            yield from _uses(node.node, known, sure and node.name not in ("default", "d"))
        case nodes.Test():
            yield from _uses(node.node, known, False)
        case nodes.And() | nodes.Or():
            yield from _uses(node.left, known, sure)
            then, otherwise = proven(node.left)
            yield from _uses(node.right, known | (then if isinstance(node, nodes.And) else otherwise), sure)
        case nodes.CondExpr():
            then, otherwise = proven(node.test)
            yield from _uses(node.test, known, sure)
            yield from _uses(node.expr1, known | then, sure)
            if node.expr2 is not None:
                yield from _uses(node.expr2, known | otherwise, sure)
        case nodes.If():
            yield from _arms(node, known)
        case _:
            for child in node.iter_child_nodes():
                yield from _uses(child, known, sure)


def _arms(node: nodes.If, known: Known) -> Iterator[Use]:
    for arm in (node, *node.elif_):
        then, otherwise = proven(arm.test)
        yield from _uses(arm.test, known, True)
        yield from uses(arm.body, known | then)
        known |= otherwise
    yield from uses(node.else_, known)


def _use(node: nodes.Node, known: Known, sure: bool) -> Use:
    names: list[str] = []
    here: Any = node
    while isinstance(here, nodes.Getattr):
        names.insert(0, here.attr)
        here = here.node
    name = names[0] if names else None
    part = names[1] if len(names) > 1 else None
    return Use(here.name, name, part, node.lineno, sure and (here.name, name) not in known)


def proven(test: nodes.Node) -> tuple[Known, Known]:
    """Which names are certainly there when the test is true, and which when it is false."""
    nothing: Known = frozenset()
    match test:
        case nodes.Test(name=name, node=nodes.Getattr() as node):
            use = _use(node, nothing, False)
            found: Known = frozenset({(use.root, use.name or "")})
            return (found, nothing) if name == "defined" else (nothing, found)
        case nodes.Not():
            then, otherwise = proven(test.node)
            return otherwise, then
        case nodes.And():
            return proven(test.left)[0] | proven(test.right)[0], nothing
        case nodes.Or():
            return nothing, proven(test.left)[1] | proven(test.right)[1]
    return nothing, nothing
