"""Templates in scenarios: parsed by Jinja, evaluated here; nothing an author writes is executed.

Only the node kinds in `expression.EVALUATE` exist: no loops, no calls, no arithmetic, no attributes of Python
objects. So a template of at most SOURCE characters does bounded work and yields at most OUTPUT characters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from markupsafe import escape

from bot.scenarios.language.allowed import TemplateRefused, guard_size, judge
from bot.scenarios.language.expression import ABSENT, INSERTED, evaluate, text_of

OUTPUT = 16_384  # characters a template may yield
MISSING = "⸺"  # shown for a name that is not set; the compiler proves that this never happens

_PARSER = Environment()  # only parses; never compiles or renders


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template."""

    source: str
    body: tuple[nodes.Node, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is constant text."""
        return all(isinstance(node, nodes.TemplateData) for node in self.body)

    def html(self, facts: Mapping[str, Any]) -> str:
        """Filled in for Telegram's HTML: the author's markup stays, inserted values are escaped."""
        return self._fill(facts, lambda value: str(escape(value)))

    def plain(self, facts: Mapping[str, Any]) -> str:
        """Filled in as plain text."""
        return self._fill(facts, str)

    def native(self, facts: Mapping[str, Any]) -> Any:
        """The value itself when the template is one expression (a number stays one), else the plain text."""
        if len(self.body) == 1 and not isinstance(self.body[0], nodes.TemplateData | nodes.If):
            value = evaluate(self.body[0], facts)
            return "" if value is ABSENT else value
        return self.plain(facts)

    def _fill(self, facts: Mapping[str, Any], put: Callable[[str], str]) -> str:
        parts: list[str] = []
        room = OUTPUT
        for node in _chosen(self.body, facts):
            if isinstance(node, nodes.TemplateData):
                part = node.data
            else:
                value = evaluate(node, facts)
                room_for_one = OUTPUT if isinstance(node, nodes.Name) else INSERTED  # a transcript is not cut
                part = put(MISSING if value is ABSENT else text_of(value)[:room_for_one])
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
    """Parse and check a text with {{ }} in it. Raises TemplateRefused."""
    if "{" not in source:
        return Template(source, (nodes.TemplateData(source),))
    guard_size(source)
    try:
        body = _PARSER.parse(source).body
    except TemplateSyntaxError as error:
        raise TemplateRefused("E150", error.lineno, problem=error.message or "") from None
    except RecursionError:
        raise TemplateRefused("E152", 1) from None
    flat = tuple(_flattened(body))
    judge(flat)
    return Template(source, flat)


@lru_cache(maxsize=16_384)
def parse_condition(source: str) -> Condition:
    """Parse and check a condition, written without braces. Raises TemplateRefused."""
    guard_size(source)
    try:
        parser = Parser(_PARSER, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateRefused(
                "E150", parser.stream.current.lineno, problem=str(parser.stream.current.value)
            )
    except TemplateSyntaxError as error:
        raise TemplateRefused("E150", error.lineno, problem=error.message or "") from None
    except RecursionError:
        raise TemplateRefused("E152", 1) from None
    judge((expression,))
    return Condition(source, expression)


def _flattened(body: Sequence[Any]) -> Iterator[nodes.Node]:
    """Output nodes without their wrapper."""
    for node in body:
        if isinstance(node, nodes.Output):
            yield from node.nodes
        else:
            yield node


def _chosen(body: Sequence[nodes.Node], facts: Mapping[str, Any]) -> Iterator[nodes.Node]:
    """The shown pieces, with every {% if %} decided."""
    for node in _flattened(body):
        if not isinstance(node, nodes.If):
            yield node
            continue
        for arm in (node, *node.elif_):
            if evaluate(arm.test, facts):
                yield from _chosen(arm.body, facts)
                break
        else:
            yield from _chosen(node.else_, facts)
