"""What an answer can be: its kind, possible values and maximum length, from the steps that set it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from bot.scenarios.language.allowed import TemplateRefused
from bot.scenarios.language.expression import INSERTED
from bot.scenarios.language.model import AskStep, CallStep, CheckStep, ChooseStep, PhotoStep, ProfileField
from bot.scenarios.language.program import Program, Scenario, profile_field, question
from bot.scenarios.language.template import parse
from bot.scenarios.play.answers import LONGEST
from bot.yamlfiles.facts import LONGEST as FACT_LENGTH

PERSON_LENGTH = 100  # characters of a name, an office, a department
TRANSCRIPT = 10_000  # characters: too long for a message, so only tickets contain the whole transcript
NUMBER = 11  # characters of a whole number of nine digits with its sign


@dataclass(frozen=True, slots=True)
class Shape:
    """The union of what all steps may store under one name."""

    kinds: frozenset[str]  # choice, int, text, file, check
    values: frozenset[str] | None  # None: anything
    longest: int  # characters when shown, label or value


Shapes = Mapping[str, Shape]


def merged(first: Shape | None, second: Shape) -> Shape:
    """The union of two shapes."""
    if first is None:
        return second
    both = None if first.values is None or second.values is None else first.values | second.values
    return Shape(first.kinds | second.kinds, both, max(first.longest, second.longest))


def shapes_of(program: Program, scenario: Scenario, above: tuple[str, ...] = ()) -> dict[str, Shape]:
    """The shape of every answer of a scenario."""
    found: dict[str, Shape] = {}
    for name, shape in _given(program, scenario, (*above, scenario.id)):
        found[name] = merged(found.get(name), shape)
    return found


def _given(program: Program, scenario: Scenario, above: tuple[str, ...]) -> Iterator[tuple[str, Shape]]:
    for step in scenario.spec.steps:
        match step:
            case ChooseStep():
                yield from _of_choose(program, step)
            case AskStep(save=str(name)):
                yield name, _of_ask(program, step)
            case PhotoStep(save=str(name)):
                yield name, Shape(frozenset({"file"}), None, 20)
            case CheckStep(save=str(name)):
                yield name, Shape(frozenset({"check"}), None, INSERTED)
            case CallStep() if step.call in program.scenarios and step.call not in above:
                called = program.scenarios[step.call]
                inside = shapes_of(program, called, above)
                yield from (
                    (name, inside[name])
                    for name in (*called.spec.returns, *called.spec.may_return)
                    if name in inside
                )


def _of_choose(program: Program, step: ChooseStep) -> Iterator[tuple[str, Shape]]:
    for option in step.options:
        if step.save and option.value is not None:
            longest = max(len(option.value), *(len(words) for words in option.label.values()))
            yield step.save, Shape(frozenset({"choice"}), frozenset({option.value}), longest)
        for name, source in option.set.items():
            yield name, _of_template(program, source)


def _of_ask(program: Program, step: AskStep) -> Shape:
    if (name := profile_field(step)) is not None and name not in program.profile:
        return Shape(frozenset({"text"}), None, LONGEST)
    asked = question(program, step)
    if asked.values:
        return _of_values(asked.values)
    if asked.type == "int":
        return Shape(frozenset({"int"}), None, NUMBER)
    kinds = {"text", "file"} if asked.type == "text_or_photo" else {"text"}
    return Shape(frozenset(kinds), None, asked.max or LONGEST)


def of_profile(field: ProfileField) -> Shape:
    """The shape of a profile field."""
    if field.values:
        return _of_values(field.values)
    if field.type == "int":
        return Shape(frozenset({"int"}), None, NUMBER)
    return Shape(frozenset({"text"}), None, field.max or LONGEST)


def _of_values(values: Mapping[str, Mapping[str, str]]) -> Shape:
    longest = max(len(words) for value, label in values.items() for words in (value, *label.values()))
    return Shape(frozenset({"choice"}), frozenset(values), longest)


def _of_template(program: Program, source: str) -> Shape:
    """The result of an option's `set`: a profile field, a fixed text, or any text."""
    try:
        body = parse(source).body
    except TemplateRefused:
        return Shape(frozenset({"text"}), None, INSERTED)
    match body:
        case (nodes.Getattr(node=nodes.Name(name="profile"), attr=name),) if name in program.profile:
            return of_profile(program.profile[name])
    values = possible(body, {})
    longest = max((len(value) for value in values), default=0) if values else INSERTED
    return Shape(frozenset({"choice" if values else "text"}), frozenset(values) if values else None, longest)


def possible(body: Sequence[nodes.Node], shapes: Shapes) -> set[str] | None:
    """Every text a template can give, if countable: fixed texts, choices between them, answers chosen from buttons.
    None when it can give any text."""
    shown = [node for node in body if not (isinstance(node, nodes.TemplateData) and not node.data.strip())]
    if len(shown) != 1:
        return {""} if not shown else None
    node: Any = shown[0]
    match node:
        case nodes.TemplateData():
            return {node.data.strip()}
        case nodes.If():
            arms = [possible(_inside(arm.body), shapes) for arm in (node, *node.elif_)]
            return _union([*arms, possible(_inside(node.else_), shapes)])
    return _values(node, shapes)


def _inside(body: Sequence[Any]) -> list[nodes.Node]:
    return [part for node in body for part in (node.nodes if isinstance(node, nodes.Output) else [node])]


def _values(node: Any, shapes: Shapes) -> set[str] | None:
    match node:
        case nodes.Const():
            return {str(node.value)}
        case nodes.CondExpr():
            other = _values(node.expr2, shapes) if node.expr2 is not None else {""}
            return _union([_values(node.expr1, shapes), other])
        case nodes.Getattr(node=nodes.Name(name="answers"), attr=name) if name in shapes:
            values = shapes[name].values
            return set(values) if values is not None else None
        case nodes.Filter(name="default" | "d"):
            fallback = {str(_constant(node))} if node.args else {""}
            return _union([_values(node.node, shapes), fallback])
    return None


def _constant(node: Any) -> Any:
    """A filter's argument: the compiler only allows constants."""
    return node.args[0].value


def _union(several: Sequence[set[str] | None]) -> set[str] | None:
    found: set[str] = set()
    for values in several:
        if values is None:
            return None
        found |= values
    return found


def bound(body: Sequence[nodes.Node], shapes: Shapes, profile: Mapping[str, ProfileField]) -> int:
    """The maximum number of characters of a template."""
    total = 0
    for node in body:
        if isinstance(node, nodes.TemplateData):
            total += len(node.data)
        elif isinstance(node, nodes.If):
            arms = [bound(_inside(arm.body), shapes, profile) for arm in (node, *node.elif_)]
            total += max(*arms, bound(_inside(node.else_), shapes, profile))
        else:
            total += _longest(node, shapes, profile)
    return total


def _longest(node: Any, shapes: Shapes, profile: Mapping[str, ProfileField]) -> int:
    match node:
        case nodes.Const():
            return len(str(node.value))
        case nodes.CondExpr():
            other = _longest(node.expr2, shapes, profile) if node.expr2 is not None else 0
            return max(_longest(node.expr1, shapes, profile), other)
        case nodes.Filter(name="truncate"):
            inside = _longest(node.node, shapes, profile)
            return min(inside, int(_constant(node)) if node.args else 60)
        case nodes.Filter():
            fallback = len(str(_constant(node))) if node.args else 0
            return max(_longest(node.node, shapes, profile), fallback)
        case nodes.Getattr(node=nodes.Name(name="answers" | "labels"), attr=name) if name in shapes:
            return min(shapes[name].longest, INSERTED)
        case nodes.Getattr(node=nodes.Name(name="profile"), attr=name) if name in profile:
            return min(of_profile(profile[name]).longest, INSERTED)
        case nodes.Getattr(node=nodes.Name(name="person")):
            return PERSON_LENGTH
        case nodes.Getattr(node=nodes.Name(name="facts")):
            return FACT_LENGTH
        case nodes.Name(name="transcript"):
            return TRANSCRIPT
        case nodes.Compare() | nodes.Not() | nodes.Test():
            return 5
    return INSERTED
