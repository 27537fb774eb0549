"""Rules about the graph: every target exists, every step is reachable, every run ends or reaches a human."""

from collections.abc import Iterable

from bot.scenarios.check.context import Bench
from bot.scenarios.check.flow import Edge, circles, is_interactive, leading_to, reachable
from bot.scenarios.language.model import (
    END,
    HUMAN,
    RESERVED,
    RETURN,
    SOLVED,
    CallStep,
    CheckStep,
    ChooseStep,
    EndStep,
    ResolvedStep,
    TicketStep,
)
from bot.scenarios.language.program import Node, Scenario
from bot.yamlfiles import nearest
from bot.yamlfiles.document import Path

TERMINAL = {SOLVED, RETURN, HUMAN, END}


def judge_graph(bench: Bench) -> None:
    """Check every scenario, then how they call each other."""
    for scenario in bench.program.scenarios.values():
        _ids(bench, scenario)
        if _targets(bench, scenario):
            _reach(bench, scenario)
            _loops(bench, scenario)
            _ways_to_a_human(bench, scenario)
            _falls(bench, scenario)
    _calls(bench)


def path_of(scenario: Scenario, key: str) -> Path:
    """A step's path in the file."""
    return ("scenarios", scenario.id, "steps", list(scenario.nodes).index(key))


def _ids(bench: Bench, scenario: Scenario) -> None:
    seen: dict[str, int] = {}
    for number, step in enumerate(scenario.spec.steps):
        path: Path = ("scenarios", scenario.id, "steps", number, "id")
        if step.id in RESERVED:
            bench.complain("E160", path, name=step.id, reserved=RESERVED)
        elif step.id in seen:
            bench.complain(
                "E161", path, name=step.id, line=bench.document.mark((*path[:3], seen[step.id], "id")).line
            )
        elif step.id:
            seen[step.id] = number


def _targets(bench: Bench, scenario: Scenario) -> bool:
    """Whether every target exists; the other rules need that."""
    before = len(bench.complaints)
    reserved = set(RESERVED) if scenario.is_part else set(RESERVED) - {RETURN}
    told: set[Path] = set()
    for edges in bench.graphs[scenario.id].values():
        for edge in edges:
            if edge.path in told or edge.target in reserved or edge.target in scenario.nodes:
                continue
            told.add(edge.path)
            if edge.target is None:
                bench.complain("E163", edge.path)
            elif edge.target == RETURN:
                bench.complain("E164", edge.path)
            else:
                known = {node.step.id for node in scenario.nodes.values() if node.step.id} | reserved
                bench.complain(
                    "E162", edge.path, hint=nearest(edge.target, known), name=edge.target, known=sorted(known)
                )
    return len(bench.complaints) == before


def _reach(bench: Bench, scenario: Scenario) -> None:
    graph = bench.graphs[scenario.id]
    reached = reachable(scenario, graph)
    ends = {
        key
        for key, node in scenario.nodes.items()
        if isinstance(node.step, EndStep) or (isinstance(node.step, TicketStep) and not node.step.next)
    }
    finishing = leading_to(graph, ends | TERMINAL)
    for key in scenario.nodes:
        if key not in reached:
            bench.complain("E165", path_of(scenario, key))
        elif key not in finishing:
            bench.complain("E166", path_of(scenario, key))


def _loops(bench: Bench, scenario: Scenario) -> None:
    """A loop without a question never ends; one with a question may annoy people."""
    graph = bench.graphs[scenario.id]
    silent = {key for key, node in scenario.nodes.items() if not _waits(bench, node)}
    endless = circles(silent, graph)
    for part in endless:
        first = min(part, key=list(scenario.nodes).index)
        bench.complain("E167", path_of(scenario, first))
    for part in circles(set(scenario.nodes), graph):
        guarded = any(scenario.nodes[key].step.max_visits for key in part)
        if not guarded and not any(set(loop) <= set(part) for loop in endless):
            first = min(part, key=list(scenario.nodes).index)
            bench.complain("W206", path_of(scenario, first), visits=scenario.max_visits)


def _waits(bench: Bench, node: Node) -> bool:
    if not isinstance(node.step, CallStep):
        return is_interactive(node)
    return not _silent_call(bench, node.step.call, ())


def _silent_call(bench: Bench, id_: str, above: tuple[str, ...]) -> bool:
    """Whether a called scenario may return without a question."""
    called = bench.program.scenarios.get(id_)
    if called is None or id_ in above:
        return False
    graph = bench.graphs[id_]
    found, waiting = {called.first}, [called.first]
    while waiting:
        node = called.nodes[waiting.pop()]
        asks = is_interactive(node)
        if isinstance(node.step, CallStep):
            asks = not _silent_call(bench, node.step.call, (*above, id_))
        for edge in [] if asks else graph[node.key]:
            if edge.target == RETURN:
                return True
            if edge.target is not None and edge.target in graph and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return False


def _ways_to_a_human(bench: Bench, scenario: Scenario) -> None:
    """After "did not help" there must be a path to a human."""
    graph = bench.graphs[scenario.id]
    tickets = {key for key, node in scenario.nodes.items() if isinstance(node.step, TicketStep)}
    helped = leading_to(graph, tickets | {HUMAN, RETURN})
    for edge in _failing(scenario, graph.values()):
        if edge.target not in helped:
            bench.complain("E168", edge.path)


def _failing(scenario: Scenario, edges: Iterable[list[Edge]]) -> Iterable[Edge]:
    for several in edges:
        for edge in several:
            step = scenario.nodes[edge.source].step
            if (isinstance(step, ResolvedStep) and edge.on == "no") or (
                isinstance(step, CheckStep) and edge.on in ("fail", "error") and edge.target == END
            ):
                yield edge


def _falls(bench: Bench, scenario: Scenario) -> None:
    """After "did not help" without `no`, the step below is taken; one that belongs to another button is unrelated."""
    chosen = {
        option.goto: option
        for node in scenario.nodes.values()
        if isinstance(node.step, ChooseStep)
        for option in node.step.options
        if option.goto
    }
    for key, node in scenario.nodes.items():
        step = node.step
        if isinstance(step, ResolvedStep) and not step.no and not step.next and node.after in chosen:
            label = bench.program.text(chosen[node.after].label, bench.program.defaults.language)
            bench.complain("W210", path_of(scenario, key), name=node.after, label=label)


def _calls(bench: Bench) -> None:
    known = {id_ for id_ in bench.program.scenarios if id_.startswith("_")} | set(bench.broken)
    called: dict[str, list[tuple[str, Path]]] = {}
    for scenario in bench.program.scenarios.values():
        for key, node in scenario.nodes.items():
            if not isinstance(node.step, CallStep):
                continue
            path = (*path_of(scenario, key), "call")
            if node.step.call not in known:
                code = "E170" if node.step.call in bench.program.scenarios else "E169"
                bench.complain(code, path, hint=nearest(node.step.call, known), name=node.step.call)
            else:
                called.setdefault(scenario.id, []).append((node.step.call, path))
    _recursion(bench, called)
    used = {target for targets in called.values() for target, _ in targets}
    for id_ in known - used - set(bench.broken):
        if not bench.broken:  # it may be called by a broken scenario
            bench.complain("W208", ("scenarios", id_), of="key", name=id_)


def _recursion(bench: Bench, called: dict[str, list[tuple[str, Path]]]) -> None:
    """A scenario that calls itself, directly or through others, would never return."""
    for start, targets in called.items():
        for first, path in targets:
            found, waiting = {first}, [first]
            while waiting:
                for target, _ in called.get(waiting.pop(), []):
                    if target not in found:
                        found.add(target)
                        waiting.append(target)
            if start in found:
                bench.complain("E171", path, name=start)
