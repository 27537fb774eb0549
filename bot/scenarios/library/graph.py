"""Pictures of a scenario: Mermaid and DOT text, SVG and PNG; with traffic, how many people took which edge."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from bot.drawing import drawn
from bot.scenarios.check.flow import Edge, graph_of
from bot.scenarios.language.model import RESERVED, Step
from bot.scenarios.language.program import Node, Program, Scenario
from bot.scenarios.language.wordings import of_step
from bot.scenarios.library.chart import Chart, Tile, Way
from bot.scenarios.play.enter import said, stripped
from bot.texts import speak

SHOWN = 40  # characters of a step's text in its box
PAINTER = f"{__package__}.painting"

_MERMAID = {"branch": ('{"', '"}'), "check": ('{{"', '"}}'), "ticket": ('[["', '"]]'), "end": ('(["', '"])')}
_DOT = {
    "branch": "diamond",
    "check": "hexagon",
    "ticket": "box3d",
    "end": "oval",
    "say": "note",
    "article": "note",
}


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counts per step: how often it was shown, each edge taken, and how many people stopped there."""

    shown: Mapping[str, int] = field(default_factory=dict)  # step key -> times
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (step key, edge) -> times
    stopped: Mapping[str, int] = field(default_factory=dict)  # step key -> runs abandoned there


def mermaid(program: Program, id_: str, language: str, traffic: Traffic | None = None) -> str:
    """The scenario as Mermaid text, for a wiki or a pull request."""
    scenario, lines = program.scenarios[id_], ["flowchart TD"]
    for node in scenario.nodes.values():
        before, after = _MERMAID.get(node.verb, ('("', '")'))
        lines.append(
            f"  {_safe(node.key)}{before}{_quoted(_caption(program, node, language, traffic))}{after}"
        )
    for edge in _edges(program, scenario):
        label = _quoted(_way(program, edge, language, traffic))
        arrow = f'-->|"{label}"|' if label else "-->"
        lines.append(f"  {_safe(edge.source)} {arrow} {_safe(edge.target or '-')}")
    return "\n".join(lines) + "\n"


def dot(program: Program, id_: str, language: str, traffic: Traffic | None = None) -> str:
    scenario = program.scenarios[id_]
    title = _escaped(program.title(id_, language))
    lines = [
        f'digraph "{_escaped(id_)}" {{',
        f'  graph [label="{title}", labelloc=t, fontname="sans-serif", rankdir=TB];',
        '  node [shape=box, style="rounded,filled", fillcolor="#f5f7fa", fontname="sans-serif", fontsize=11];',
        '  edge [fontname="sans-serif", fontsize=9, color="#5b6573"];',
    ]
    for node in scenario.nodes.values():
        caption = _escaped(_caption(program, node, language, traffic))
        shape = f", shape={_DOT[node.verb]}" if node.verb in _DOT else ""
        lines.append(f'  "{node.key}" [label="{caption}"{shape}{_colour(node, traffic)}];')
    for word in dict.fromkeys(edge.target for edge in _edges(program, scenario) if edge.target in RESERVED):
        lines.append(f'  "{word}" [shape=oval, fillcolor="#e3f4e6"];')
    for edge in _edges(program, scenario):
        label = _escaped(_way(program, edge, language, traffic))
        width = _width(edge, traffic)
        lines.append(f'  "{edge.source}" -> "{edge.target}" [label="{label}", penwidth={width}];')
    return "\n".join([*lines, "}"]) + "\n"


def chart(program: Program, id_: str, language: str, traffic: Traffic | None = None) -> str:
    """The chart as text for `picture`."""
    scenario, graph = program.scenarios[id_], graph_of(program, program.scenarios[id_])
    ways: dict[str, list[Way]] = {key: [] for key in scenario.nodes}
    for edge in _edges(program, scenario):
        end = speak.voice(language).say(f"graph.{edge.target}") if edge.target in RESERVED else ""
        target = "" if end else edge.target or ""
        is_only = not _label(program, edge, language) and len(graph[edge.source]) == 1
        label = "" if is_only else _way(program, edge, language, traffic)
        width = float(_width(edge, traffic))
        ways[edge.source].append(Way(label, target, end, width))
    boxes = []
    for node in scenario.nodes.values():
        head, text, figures = _captions(program, node, language, traffic)
        boxes.append(Tile(node.key, head, text, figures, _lost(node, traffic), ways[node.key]))
    return json.dumps(asdict(Chart(program.title(id_, language), boxes)), ensure_ascii=False)


def picture(chart: str, form: Literal["svg", "png"]) -> bytes:
    """Draw a chart in a separate process. Raises NoPicture."""
    return drawn(PAINTER, chart, form)


def _edges(program: Program, scenario: Scenario) -> Iterator[Edge]:
    """Edges as drawn: unlabelled edges between the same steps are one arrow."""
    for edges in graph_of(program, scenario).values():
        seen: set[tuple[str | None, str]] = set()
        for edge in edges:
            key = (edge.target, "" if not edge.label else edge.on)
            if key not in seen:
                seen.add(key)
                yield edge


def _caption(program: Program, node: Node, language: str, traffic: Traffic | None) -> str:
    return "\n".join(line for line in _captions(program, node, language, traffic) if line)


def _captions(program: Program, node: Node, language: str, traffic: Traffic | None) -> tuple[str, str, str]:
    """The step's name, its text, how many people were shown it."""
    text = " ".join(stripped(_text(program, node.step, language)).split())
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    name, figures = node.step.id or node.verb, ""
    if traffic and (shown := traffic.shown.get(node.key)):
        stopped = traffic.stopped.get(node.key, 0)
        figures = f"{shown}" + (f", −{100 * stopped // shown} %" if stopped else "")
    return name if name == node.verb else f"{name} · {node.verb}", text, figures


def _text(program: Program, step: Step, language: str) -> str:
    for name in ("article", "check", "call"):
        if (named := getattr(step, name, None)) is not None:
            return str(named)
    wording = next(of_step((), step), None)
    return program.text(wording.words, language) if wording else ""


def _way(program: Program, edge: Edge, language: str, traffic: Traffic | None) -> str:
    label = _label(program, edge, language)
    taken = traffic.taken.get((edge.source, edge.on), 0) if traffic else 0
    left = sum(count for (key, _), count in traffic.taken.items() if key == edge.source) if traffic else 0
    share = f"{100 * taken // left} %" if left else ""
    return " ".join(part for part in (label, share) if part)


def _label(program: Program, edge: Edge, language: str) -> str:
    if not edge.label:
        return edge.on
    label = program.text(edge.label, language)
    return said(language, label) if label in ("yes", "no") and "" in edge.label else label


def _width(edge: Edge, traffic: Traffic | None) -> str:
    if traffic is None or not traffic.taken:
        return "1"
    most = max(traffic.taken.values())
    return f"{1 + 4 * traffic.taken.get((edge.source, edge.on), 0) / most:.1f}"


def _colour(node: Node, traffic: Traffic | None) -> str:
    """The more people stop at a step, the redder it is."""
    lost = _lost(node, traffic)
    return f', fillcolor="0.02 {lost:.2f} 1.0"' if lost else ""


def _lost(node: Node, traffic: Traffic | None) -> float:
    """The share of people who were shown a step and stopped there."""
    shown = traffic.shown.get(node.key, 0) if traffic else 0
    return min(1.0, traffic.stopped.get(node.key, 0) / shown) if traffic and shown else 0.0


def _safe(key: str) -> str:
    """A key as a Mermaid id; `end` is reserved in Mermaid."""
    return "s_" + "".join(character if character.isalnum() else "_" for character in key)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("\n", "<br/>")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
