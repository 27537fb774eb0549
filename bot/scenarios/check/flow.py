"""The graph of a scenario: which step leads to which, on what event, and what is certain after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.scenarios.language.allowed import TemplateRefused
from bot.scenarios.language.model import (
    RETURN,
    SOLVED,
    ArticleStep,
    AskStep,
    BranchStep,
    CallStep,
    CheckStep,
    ChooseStep,
    EndStep,
    PhotoStep,
    ResolvedStep,
    SayStep,
    TicketStep,
)
from bot.scenarios.language.program import Node, Program, Scenario, profile_field
from bot.scenarios.language.template import parse_condition
from bot.scenarios.language.uses import Certain, proven
from bot.yamlfiles.document import Path

Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of a step. `target` is a step's key, a reserved word, or None: the end of the list."""

    source: str
    target: str | None
    on: str  # option value, yes, no, ok, fail, error, skip, "" for the next step
    path: Path  # its place in the file
    label: Label
    known: Certain = frozenset()  # what is certain after taking it


def graph_of(program: Program, scenario: Scenario) -> dict[str, list[Edge]]:
    """All edges of a scenario by the key of their first step."""
    return {
        node.key: list(edges_of(program, node, ("scenarios", scenario.id, "steps", number)))
        for number, node in enumerate(scenario.nodes.values())
    }


def edges_of(program: Program, node: Node, path: Path) -> Iterator[Edge]:
    """The edges of one step; `path` is its place in the file."""
    step = node.step
    after = (*path, "next") if step.next else path
    match step:
        case SayStep() | ArticleStep():
            yield Edge(node.key, node.after, "", after, {})
        case ChooseStep():
            yield from _of_choose(node, step, path)
        case AskStep() | PhotoStep():
            field = profile_field(step) if isinstance(step, AskStep) else None
            known = _answer(step.save) | (frozenset({("profile", field)}) if field else frozenset())
            yield Edge(node.key, node.after, "", after, {}, known)
            if step.optional:
                yield Edge(node.key, node.after, "skip", after, {})
        case CheckStep():
            known = _answer(step.save)
            for outcome, target in (("ok", step.on_ok), ("fail", step.on_fail), ("error", step.on_error)):
                where = (*path, f"on_{outcome}") if target else after
                yield Edge(node.key, target or node.after, outcome, where, {"": outcome}, known)
        case BranchStep():
            yield from _of_branch(node, step, path)
        case CallStep():
            called = program.scenarios.get(step.call)
            returned = frozenset(("answers", name) for name in called.spec.returns) if called else frozenset()
            yield Edge(node.key, node.after, "", after, {}, returned)
        case ResolvedStep():
            yes = (*path, "yes") if step.yes else path
            yield Edge(node.key, step.yes or SOLVED, "yes", yes, step.labels.yes or {"": "yes"})
            no = (*path, "no") if step.no else after
            yield Edge(node.key, step.no or node.after, "no", no, step.labels.no or {"": "no"})
        case TicketStep() if step.next:
            yield Edge(node.key, step.next, "", after, {})
        case TicketStep() | EndStep():
            return


def _of_choose(node: Node, step: ChooseStep, path: Path) -> Iterator[Edge]:
    for number, option in enumerate(step.options):
        here = (*path, "options", number)
        where = (*here, "goto") if option.goto else ((*path, "next") if step.next else here)
        saved = _answer(step.save) if option.value is not None else frozenset()
        known = saved | {("answers", name) for name in option.set}
        on = option.value or f"_{number + 1}"
        yield Edge(node.key, option.goto or node.after, on, where, option.label, known)


def _of_branch(node: Node, step: BranchStep, path: Path) -> Iterator[Edge]:
    otherwise: Certain = frozenset()
    for number, arm in enumerate(step.branch):
        then, unless = _proven(arm.when)
        where = (*path, "branch", number, "goto")
        yield Edge(node.key, arm.goto, f"{number + 1}", where, {"": arm.when}, otherwise | then)
        otherwise |= unless
    where = (*path, "next") if step.next else path
    yield Edge(node.key, node.after, "else", where, {"": ""}, otherwise)


def _proven(condition: str) -> tuple[Certain, Certain]:
    try:
        return proven(parse_condition(condition).expression)
    except TemplateRefused:  # the rules for texts complain about it
        return frozenset(), frozenset()


def _answer(name: str | None) -> Certain:
    return frozenset({("answers", name)}) if name else frozenset()


def is_interactive(node: Node) -> bool:
    """Whether the step always waits for a person. A check does not, nor a question whose answer may be known."""
    step: Any = node.step
    may_be_known = isinstance(step, AskStep) and (step.once or step.heard is not None)
    return isinstance(step, ChooseStep | PhotoStep | ResolvedStep | AskStep) and not may_be_known


def reachable(scenario: Scenario, graph: Mapping[str, list[Edge]]) -> set[str]:
    """The steps that can be reached."""
    found, waiting = {scenario.first}, [scenario.first]
    while waiting:
        for edge in graph[waiting.pop()]:
            if edge.target is not None and edge.target in graph and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return found


def leading_to(graph: Mapping[str, list[Edge]], goals: set[str]) -> set[str]:
    """The steps from which one of the goals (keys or reserved words) can be reached, including the goals."""
    backward: dict[str, list[str]] = {}
    for edges in graph.values():
        for edge in edges:
            backward.setdefault(edge.target or "", []).append(edge.source)
    found, waiting = set(goals), list(goals)
    while waiting:
        for source in backward.get(waiting.pop(), []):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def circles(nodes: set[str], graph: Mapping[str, list[Edge]]) -> list[list[str]]:
    """The strongly connected components of `nodes` that have an edge inside (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in nodes:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, _next(root, nodes, graph))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            here, targets = work[-1]
            fresh = next((target for target in targets if target not in index or target in stack), None)
            if fresh is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == index[here]:
                    part = stack[stack.index(here) :]
                    del stack[stack.index(here) :]
                    if len(part) > 1 or here in _next(here, nodes, graph):
                        found.append(part)
            elif fresh in index:
                low[here] = min(low[here], index[fresh])
            else:
                index[fresh] = low[fresh] = len(index)
                stack.append(fresh)
                work.append((fresh, _next(fresh, nodes, graph)))
    return found


def _next(key: str, nodes: set[str], graph: Mapping[str, list[Edge]]) -> Iterator[str]:
    return (edge.target for edge in graph[key] if edge.target is not None and edge.target in nodes)


def certain(scenario: Scenario, graph: Mapping[str, list[Edge]]) -> dict[str, Certain]:
    """What is certain on entering each reachable step: true on every path to it."""
    known: dict[str, Certain] = {scenario.first: frozenset()}
    waiting = [scenario.first]
    while waiting:
        here = waiting.pop()
        for edge in graph[here]:
            if edge.target is None or edge.target not in graph:
                continue
            then = known[here] | edge.known
            before = known.get(edge.target)
            merged = then if before is None else before & then
            if merged != before:
                known[edge.target] = merged
                waiting.append(edge.target)
    return known


def returned(graph: Mapping[str, list[Edge]], known: Mapping[str, Certain]) -> Iterator[tuple[Edge, Certain]]:
    """Every `return`, with what is certain there."""
    for key, edges in graph.items():
        for edge in edges:
            if edge.target == RETURN and key in known:
                yield edge, known[key] | edge.known
