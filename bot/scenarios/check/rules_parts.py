"""Checks names in the valid parts of a broken file: a malformed part does not hide other faults."""

from collections.abc import Iterator
from typing import Any

from bot.scenarios.check.context import Bench
from bot.scenarios.check.flow import edges_of
from bot.scenarios.check.rules_names import judge_human, judge_outside, words_of_tickets
from bot.scenarios.language.model import END, MODELS, RESERVED, VERBS, CallStep, HumanTicket, Step, TicketStep
from bot.scenarios.language.program import Node, verb_of
from bot.yamlfiles import nearest
from bot.yamlfiles.document import Path
from bot.yamlfiles.fitting import fit


def judge_parts(bench: Bench) -> None:
    """Check each broken scenario's names and valid steps, and the scenarios of tests."""
    for id_ in bench.broken:
        spec = bench.document.data["scenarios"][id_]
        if isinstance(spec, dict):
            _scenario(bench, ("scenarios", id_), spec)
    if not bench.program.tests:
        _tests(bench)


def _scenario(bench: Bench, path: Path, spec: dict[str, Any]) -> None:
    for name in ("category", "banner"):
        if isinstance(spec.get(name), str):
            bench.unknown("E180", (*path, name), spec[name], bench.known.categories)
    if isinstance(spec.get("human"), dict):
        judge_human(bench, (*path, "human"), fit(HumanTicket, bench.document, (*path, "human"))[0])
    given = spec.get("steps")
    steps: list[Any] = given if isinstance(given, list) else []
    ids = {step["id"] for step in steps if isinstance(step, dict) and isinstance(step.get("id"), str)}
    for number, step in _sound(bench, path, steps):
        here = (*path, "steps", number)
        judge_outside(bench, here, step)
        _targets(bench, here, step, ids)
        if isinstance(step, TicketStep):
            _ticket(bench, (*here, "ticket"), step)


def _sound(bench: Bench, path: Path, steps: list[Any]) -> Iterator[tuple[int, Step]]:
    for number, raw in enumerate(steps):
        verbs = [verb for verb in VERBS if isinstance(raw, dict) and verb in raw]
        if len(verbs) == 1:
            step = fit(MODELS[verbs[0]], bench.document, (*path, "steps", number))[0]
            if step is not None:
                yield number, step


def _targets(bench: Bench, path: Path, step: Step, ids: set[str]) -> None:
    """Every target must be a step of the file, valid or not."""
    known = ids | set(RESERVED)
    told: set[Path] = set()
    for edge in edges_of(bench.program, Node(step.id or "-", verb_of(step), step, END), path):
        if edge.target not in known and edge.path not in told:
            told.add(edge.path)
            hint = nearest(str(edge.target), known)
            bench.complain("E162", edge.path, hint=hint, name=edge.target, known=sorted(known))
    parts = {id_ for id_ in bench.document.data["scenarios"] if id_.startswith("_")}
    if isinstance(step, CallStep) and step.call not in parts:
        bench.complain("E169", (*path, "call"), hint=nearest(step.call, parts), name=step.call)


def _ticket(bench: Bench, path: Path, step: TicketStep) -> None:
    """Check literal values; those that come from answers need the whole scenario."""
    spec, known = step.ticket, bench.known
    words = {"category": ("E180", known.categories), "team": ("E179", known.teams)}
    words |= {name: ("E186", allowed) for name, allowed in words_of_tickets(bench).items()}
    for name, (code, allowed) in words.items():
        if "{" not in (written := getattr(spec, name)):
            bench.unknown(code, (*path, name), written, allowed)


def _tests(bench: Bench) -> None:
    cases, ids = bench.document.data.get("tests"), set(bench.document.data["scenarios"])
    for number, case in enumerate(cases if isinstance(cases, list) else ()):
        for key in ("scenario", "to"):
            name = case.get(key) if isinstance(case, dict) else None
            if isinstance(name, str) and name not in ids:
                bench.complain("E196", ("tests", number, key), hint=nearest(name, ids), name=name)
