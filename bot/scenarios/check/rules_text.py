"""Rules about texts: templates and their names, markup, lengths, buttons, translations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from bot.scenarios.check.context import Bench
from bot.scenarios.check.flow import certain, circles, is_interactive
from bot.scenarios.check.rules_graph import path_of
from bot.scenarios.check.shapes import Shapes, bound, of_profile, shapes_of
from bot.scenarios.language.allowed import PERSON, WHOLE, TemplateRefused
from bot.scenarios.language.model import AskStep, BranchStep, CheckStep, ChooseStep, Step, TicketStep
from bot.scenarios.language.program import Node, Scenario, profile_field
from bot.scenarios.language.template import parse, parse_condition
from bot.scenarios.language.uses import Certain, uses
from bot.scenarios.language.wordings import Wording, of_scenario, of_step
from bot.scenarios.language.wordings import of_profile as profile_wordings
from bot.yamlfiles import nearest
from bot.yamlfiles.document import Path

FEW = 10  # texts without a translation that are named one by one
MESSAGE = 3800  # characters of a message: Telegram's 4096 less the heading and the hint
LABEL, WIDE = 64, {1: 28, 2: 14, 3: 9}  # characters of a button, and what a phone shows with so many columns

_TAGS = frozenset(
    [
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "blockquote",
        "tg-spoiler",
        "span",
    ]
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)?([^<>]*)(>?)")
_ATTRIBUTES = {"a": r'\s+href="[^"<>]+"', "span": r'\s+class="tg-spoiler"', "blockquote": r"(\s+expandable)?"}
_HOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LOST = re.compile(r"\s+#[^\s#]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]{3}")


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names of one scenario."""

    scenario: Scenario
    shapes: Shapes
    known: Mapping[str, Certain]


def judge_text(bench: Bench) -> None:
    for scenario in bench.program.scenarios.values():
        shapes = shapes_of(bench.program, scenario)
        scope = _Scope(scenario, shapes, certain(scenario, bench.graphs[scenario.id]))
        for wording in of_scenario(scenario.id, scenario.spec):
            _judge_wording(bench, wording)
        used: set[str] | None = {*scenario.spec.returns, *scenario.spec.may_return}
        for key, node in scenario.nodes.items():
            read = _judge_step(bench, scope, key, node)
            used = None if used is None or read is None else used | read
        if used is not None:
            _unused(bench, scenario, used)
        _lengths(bench, scope)
    for name, field in bench.program.profile.items():
        for wording in profile_wordings(name, field):
            _judge_wording(bench, wording)
            for language, source in wording.words.items():
                _no_holes(bench, wording, language, source)
    _judge_translations(bench)


# ── templates ───────────────────────────────────────────────────────────────────────────────────────────


def _judge_step(bench: Bench, scope: _Scope, key: str, node: Node) -> set[str] | None:
    """Check every template of a step; returns the answers it reads, None when one cannot be parsed."""
    path, known = path_of(scope.scenario, key), scope.known.get(key)
    used: set[str] | None = set()
    for source_path, source, is_condition, extra in _templates(path, node.step):
        body = _parsed(bench, source_path, source, is_condition)
        if body is None:
            used = None
            continue
        sure = None if known is None else known | extra
        read = _names(bench, scope, source_path, source, body, sure)
        used = None if used is None else used | read
        _comparisons(bench, scope, source_path, source, body)
    return used


def _templates(path: Path, step: Step) -> Iterator[tuple[Path, str, bool, Certain]]:
    """(path, source, whether it is a condition, what the step itself makes certain)."""
    nothing: Certain = frozenset()
    for wording in of_step(path, step):
        if wording.kind in ("said", "summary", "desk") and not (
            isinstance(step, AskStep) and profile_field(step)
        ):
            for language, source in wording.words.items():
                yield wording.at(language), source, False, nothing
    if isinstance(step, ChooseStep):
        for number, option in enumerate(step.options):
            given = step.save is not None and option.value is not None
            own = frozenset({("answers", step.save or "")}) if given else nothing
            for name, source in option.set.items():
                yield (*path, "options", number, "set", name), source, False, own
    elif isinstance(step, CheckStep):
        for name, source in step.with_.items():
            yield (*path, "with", name), source, False, nothing
    elif isinstance(step, BranchStep):
        for number, arm in enumerate(step.branch):
            yield (*path, "branch", number, "when"), arm.when, True, nothing
    elif isinstance(step, TicketStep):
        for name in ("category", "team", "type", "impact", "urgency"):
            yield (*path, "ticket", name), getattr(step.ticket, name), False, nothing


def _parsed(bench: Bench, path: Path, source: str, is_condition: bool) -> Sequence[nodes.Node] | None:
    try:
        return (parse_condition(source).expression,) if is_condition else parse(source).body
    except TemplateRefused as refused:
        name, known = str(refused.facts.get("name", "")), refused.facts.get("known", ())
        near = refused.near or str(refused.facts.get("near", ""))
        facts = {fact: value for fact, value in refused.facts.items() if fact != "near"}
        hint = nearest(name, known) if name else None
        bench.complain_within(refused.code, path, source, refused.line, near, hint, **facts)
        return None


def _names(
    bench: Bench, scope: _Scope, path: Path, source: str, body: Sequence[nodes.Node], known: Certain | None
) -> set[str]:
    """Check every name in a template. `known` is None for an unreachable step, which has its own complaint."""
    used: set[str] = set()
    for use in uses(body, known or frozenset()):
        sure = use.sure and known is not None
        at = (path, source, use.line, use.written)
        if use.name is None:
            if use.root not in WHOLE:
                bench.complain_within("E159", *at, name=use.root)
        elif use.root in ("answers", "labels"):
            used.add(use.name)
            if use.name not in scope.shapes:
                hint = nearest(use.name, scope.shapes)
                bench.complain_within("E172", *at, hint, name=use.name, known=sorted(scope.shapes))
            elif use.part and (use.root == "labels" or scope.shapes[use.name].kinds != {"check"}):
                bench.complain_within("E155", *at, name=use.part, known="")
            elif sure:
                bench.complain_within("E173", *at, name=use.name)
        elif use.root == "profile":
            if use.name not in bench.program.profile:
                hint = nearest(use.name, bench.program.profile)
                bench.complain_within("E174", *at, hint, name=use.name, known=sorted(bench.program.profile))
            elif sure:
                bench.complain_within("E175", *at, name=use.name)
        elif use.root == "facts":
            facts = bench.known.facts
            if facts is not None and use.name not in facts.values:
                hint = nearest(use.name, facts.values)
                bench.complain_within("E463", *at, hint, name=use.name, known=sorted(facts.values))
        elif use.root == "person" and use.name not in PERSON:
            bench.complain_within("E176", *at, nearest(use.name, PERSON), name=use.name, known=PERSON)
    return used


def _comparisons(bench: Bench, scope: _Scope, path: Path, source: str, body: Sequence[nodes.Node]) -> None:
    """A comparison with an impossible value is a mistake that is always false."""
    waiting: list[nodes.Node] = list(body)
    while waiting:
        node = waiting.pop()
        waiting += node.iter_child_nodes()
        if not isinstance(node, nodes.Compare):
            continue
        shape = _shape(bench, scope, node.expr)
        for operand in node.ops if shape is not None else []:
            items = getattr(operand.expr, "items", [operand.expr])
            for item in items:
                if isinstance(item, nodes.Const):
                    _compared(bench, path, source, item, operand.op, shape)


def _shape(bench: Bench, scope: _Scope, node: nodes.Node) -> Any:
    match node:
        case nodes.Getattr(node=nodes.Name(name="answers"), attr=name):
            return scope.shapes.get(name)
        case nodes.Getattr(node=nodes.Name(name="profile"), attr=name) if name in bench.program.profile:
            return of_profile(bench.program.profile[name])
    return None


def _compared(bench: Bench, path: Path, source: str, item: nodes.Const, op: str, shape: Any) -> None:
    value, near = item.value, str(item.value)
    ordered = op in ("lt", "lteq", "gt", "gteq")
    if shape.values is not None and (ordered or value not in shape.values):
        hint = nearest(near, shape.values)
        bench.complain_within(
            "E177", path, source, item.lineno, near, hint, value=value, known=sorted(shape.values)
        )
    elif (shape.kinds == {"int"}) != isinstance(value, int) and (ordered or shape.kinds <= {"int", "text"}):
        bench.complain_within("E177", path, source, item.lineno, near, value=value, known=sorted(shape.kinds))


def _unused(bench: Bench, scenario: Scenario, used: set[str]) -> None:
    told: set[str] = set()
    for number, step in enumerate(scenario.spec.steps):
        name = getattr(step, "save", None)
        if name and name not in used and name not in told:
            told.add(name)
            bench.complain("W201", ("scenarios", scenario.id, "steps", number, "save"), name=name)


# ── wording ─────────────────────────────────────────────────────────────────────────────────────────────


def _judge_wording(bench: Bench, wording: Wording) -> None:
    if not bench.document.has(wording.path):
        return  # our own default, not the author's text
    for language, source in wording.words.items():
        _cut_short(bench, wording.at(language))
        if wording.kind in ("label", "note"):
            _no_holes(bench, wording, language, source)
        if wording.kind == "said":
            _markup(bench, wording.at(language), source)
        if wording.kind == "label":
            _label(bench, wording.at(language), source)
    _translated(bench, wording)


def _cut_short(bench: Bench, path: Path) -> None:
    """ "Call #123" without quotes means only "Call": in YAML the rest is a comment."""
    if _LOST.match(bench.document.behind(path)):
        bench.complain("W209", path)


def _no_holes(bench: Bench, wording: Wording, language: str, source: str) -> None:
    if (found := _HOLE.search(source)) and wording.kind in ("label", "note"):
        line = source[: found.start()].count("\n") + 1
        bench.complain_within("E192", wording.at(language), source, line, found[0])


def _label(bench: Bench, path: Path, words: str) -> None:
    if len(words) > LABEL or "\n" in words:
        bench.complain("E190", path, limit=LABEL, size=len(words))
        return
    step = bench.document.data
    for part in path[:4] if path[0] == "scenarios" else ():
        step = step[part]
    columns = step.get("columns", 1) if isinstance(step, dict) and path[0] == "scenarios" else 1
    if len(words) > WIDE.get(columns, 9):
        bench.complain("W202", path, limit=WIDE.get(columns, 9), size=len(words), columns=columns)


def _translated(bench: Bench, wording: Wording) -> None:
    languages, known = bench.program.languages, bench.known.languages
    for code in wording.words:
        if code and known is not None and code not in known:
            bench.complain("E193", wording.at(code), of="key", name=code, known=sorted(known))
    if wording.kind == "desk" or len(languages) < 2:
        return
    if "" in wording.words:
        is_reference = wording.path[-1] == "ask" and wording.words[""].startswith("profile.")
        missing = list(languages[1:]) if _CYRILLIC.search(wording.words[""]) and not is_reference else []
    else:
        missing = [code for code in languages if code not in wording.words]
    bench.wordings += 1
    for code in missing:
        bench.untranslated.setdefault(code, []).append(wording.path)


def _judge_translations(bench: Bench) -> None:
    """Each text without a translation, or for a language that has hardly begun one line with figures."""
    each: dict[Path, list[str]] = {}
    for code, paths in bench.untranslated.items():
        if len(paths) > FEW and len(paths) * 4 > bench.wordings:
            done = bench.wordings - len(paths)
            bench.complain("W214", paths[0], language=code, done=done, all=bench.wordings)
            continue
        for path in paths:
            each.setdefault(path, []).append(code)
    for path, codes in each.items():
        bench.complain("W203", path, languages=codes)


def _markup(bench: Bench, path: Path, source: str) -> None:
    """Telegram refuses a message with an unknown or unclosed tag."""
    shown = _HOLE.sub(lambda found: "x" * len(found[0]), source)
    opened: list[tuple[str, int]] = []
    for found in _TAG.finditer(shown):
        line = shown[: found.start()].count("\n") + 1
        closing, name, rest, end = found.groups()
        plain_name = (name or "").lower()
        allowed = re.compile(_ATTRIBUTES.get(plain_name, ""))
        if plain_name not in _TAGS or not end or (rest and (closing or not allowed.fullmatch(rest))):
            bench.complain_within("E191", path, shown, line, found[0], tag=found[0][:30])
            return
        if not closing:
            opened.append((plain_name, found.start()))
        elif not opened or opened.pop()[0] != plain_name:
            bench.complain_within("E191", path, shown, line, found[0], tag=found[0][:30])
            return
    if opened:
        name, start = opened[-1]
        line = shown[:start].count("\n") + 1
        bench.complain_within("E191", path, shown, line, f"<{name}", tag=f"<{name}>")


# ── lengths ─────────────────────────────────────────────────────────────────────────────────────────────


def _lengths(bench: Bench, scope: _Scope) -> None:
    """The longest possible message: all texts on the way to a question, and the question."""
    scenario = scope.scenario
    sizes = {key: _size(bench, scope, path_of(scenario, key), node) for key, node in scenario.nodes.items()}
    for key, size in sizes.items():
        if size > MESSAGE:
            bench.complain(
                "E189", (*path_of(scenario, key), scenario.nodes[key].verb), limit=MESSAGE, size=size
            )
    told = {key for key, size in sizes.items() if size > MESSAGE}
    silent = {key for key, node in scenario.nodes.items() if not is_interactive(node)}
    graph = bench.graphs[scenario.id]
    if told or circles(silent, graph):
        return
    gathered = dict(sizes)
    waiting = list(silent)
    while waiting:
        key = waiting.pop()
        for edge in graph[key]:
            target = edge.target
            if target is not None and target in sizes and gathered[key] + sizes[target] > gathered[target]:
                gathered[target] = gathered[key] + sizes[target]
                waiting += [target] if target in silent else []
    for key, size in gathered.items():
        if size > MESSAGE:
            bench.complain(
                "E189", (*path_of(scenario, key), scenario.nodes[key].verb), limit=MESSAGE, size=size
            )


def _size(bench: Bench, scope: _Scope, path: Path, node: Node) -> int:
    """The maximum number of characters of the step's text, in its longest language."""
    longest = 0
    for wording in of_step(path, node.step):
        if wording.kind != "said":
            continue
        for source in wording.words.values():
            try:
                body = parse(source).body
            except TemplateRefused:
                continue
            longest = max(longest, bound(body, scope.shapes, bench.program.profile))
    return longest
