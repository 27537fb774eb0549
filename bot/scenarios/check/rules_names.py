"""Rules about names outside a scenario: teams, categories, articles, media, checks, phrases, profile fields."""

from collections.abc import Collection, Iterator, Mapping

from bot.scenarios.check.context import Bench
from bot.scenarios.check.flow import certain, is_interactive, returned
from bot.scenarios.check.rules_graph import path_of
from bot.scenarios.check.shapes import Shapes, possible, shapes_of
from bot.scenarios.language.allowed import TemplateRefused
from bot.scenarios.language.load import SOMEBODY
from bot.scenarios.language.model import (
    ArticleStep,
    AskStep,
    CheckStep,
    ChooseStep,
    HumanTicket,
    Step,
    TicketStep,
)
from bot.scenarios.language.pattern import BadPattern, compile_pattern
from bot.scenarios.language.program import Scenario, profile_field
from bot.scenarios.language.template import parse
from bot.scenarios.play.answers import LONGEST
from bot.yamlfiles import nearest
from bot.yamlfiles.document import Path


def judge_names(bench: Bench) -> None:
    _profile(bench)
    _menu(bench)
    judge_human(bench, ("defaults", "human"), bench.program.defaults.human)
    for scenario in bench.program.scenarios.values():
        _scenario(bench, scenario)
        _returns(bench, scenario)
        _articles(bench, scenario)
        for number, step in enumerate(scenario.spec.steps):
            path = ("scenarios", scenario.id, "steps", number)
            judge_outside(bench, path, step)
            if isinstance(step, TicketStep):
                _ticket(bench, scenario, (*path, "ticket"), step)
    _phrases(bench)
    _left_behind(bench)


def _left_behind(bench: Bench) -> None:
    """Articles that only a retired scenario shows: people find them by searching alone from then on."""
    shown: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for scenario in bench.program.scenarios.values():
        for step in scenario.spec.steps:
            if isinstance(step, ArticleStep):
                shown[scenario.spec.retire].setdefault(step.article, scenario.id)
    for id_ in dict.fromkeys(shown[True].values()):
        alone = [name for name, by in shown[True].items() if by == id_ and name not in shown[False]]
        if alone:
            bench.complain("W215", ("scenarios", id_, "retire"), of="key", name=id_, articles=alone)


def _scenario(bench: Bench, scenario: Scenario) -> None:
    spec, path = scenario.spec, ("scenarios", scenario.id)
    if spec.category:
        bench.unknown("E180", (*path, "category"), spec.category, bench.known.categories)
    if spec.banner:
        bench.unknown("E180", (*path, "banner"), spec.banner, bench.known.categories)
    judge_human(bench, (*path, "human"), spec.human)
    if scenario.is_part:
        return
    if not spec.category:
        bench.complain("E187", path, of="key", name=scenario.id)
    if scenario.human is None:
        bench.complain("E188", path, of="key", name=scenario.id)
    if not spec.phrases:
        bench.complain("W204", path, of="key", name=scenario.id)


def judge_human(bench: Bench, path: Path, human: HumanTicket | None) -> None:
    if human is None or human is SOMEBODY:
        return
    bench.unknown("E179", (*path, "team"), human.team, bench.known.teams)
    for name, known in words_of_tickets(bench).items():
        value = getattr(human, name)
        if value not in known:
            bench.complain("E186", (*path, name), hint=nearest(value, known), name=value, known=sorted(known))


def words_of_tickets(bench: Bench) -> dict[str, Collection[str]]:
    known = bench.known
    return {"type": known.types, "impact": known.impacts, "urgency": known.urgencies}


def _returns(bench: Bench, scenario: Scenario) -> None:
    """What a part returns must be set on every path back."""
    shapes = shapes_of(bench.program, scenario)
    promised = scenario.spec.returns
    for key, names in (("returns", promised), ("may_return", scenario.spec.may_return)):
        place = ("scenarios", scenario.id, key)
        for number, name in enumerate(names):
            if name not in shapes:
                bench.complain(
                    "E172", (*place, number), hint=nearest(name, shapes), name=name, known=sorted(shapes)
                )
        if names and not scenario.is_part:
            bench.complain("E164", place, of="key")
    graph = bench.graphs[scenario.id]
    for edge, known in returned(graph, certain(scenario, graph)):
        for name in promised:
            if name in shapes and ("answers", name) not in known:
                bench.complain("E178", edge.path, name=name)


def _articles(bench: Bench, scenario: Scenario) -> None:
    """One message has room for one article."""
    graph = bench.graphs[scenario.id]
    for key, node in scenario.nodes.items():
        if not isinstance(node.step, ArticleStep):
            continue
        found, waiting = {key}, [key]
        while waiting:
            for edge in graph[waiting.pop()]:
                target = edge.target
                if target is None or target not in scenario.nodes or target in found:
                    continue
                found.add(target)
                if isinstance(scenario.nodes[target].step, ArticleStep):
                    bench.complain("E195", (*path_of(scenario, target), "article"))
                elif not is_interactive(scenario.nodes[target]):
                    waiting.append(target)


def judge_outside(bench: Bench, path: Path, step: Step) -> None:
    """Check the names a step uses from outside its scenario."""
    media = getattr(step, "media", None)
    if media:
        bench.unknown("E182", (*path, "media"), media, bench.known.media)
    match step:
        case ArticleStep():
            bench.unknown("E181", (*path, "article"), step.article, bench.known.articles)
        case CheckStep():
            _check(bench, path, step)
        case AskStep():
            _ask(bench, path, step)
        case ChooseStep():
            _options(bench, path, step)


def _check(bench: Bench, path: Path, step: CheckStep) -> None:
    known = bench.known.checks
    bench.unknown("E183", (*path, "check"), step.check, known)
    if not isinstance(known, Mapping) or step.check not in known:
        return
    wanted, given = set(known[step.check]), set(step.with_)
    for name in sorted(given - wanted):
        hint = nearest(name, wanted)
        bench.complain(
            "E184", (*path, "with", name), of="key", hint=hint, name=step.check, known=sorted(wanted)
        )
    if wanted - given and not given - wanted:
        bench.complain("E184", (*path, "check"), name=step.check, known=sorted(wanted))


def _ask(bench: Bench, path: Path, step: AskStep) -> None:
    field = profile_field(step)
    if field is not None and field not in bench.program.profile:
        known = bench.program.profile
        bench.complain("E174", (*path, "ask"), hint=nearest(field, known), name=field, known=sorted(known))
    if step.once and field is None:
        bench.complain("E145", (*path, "once"), of="key")
    _bounds(bench, path, step.min, step.max, step.pattern)


def _bounds(bench: Bench, path: Path, least: int | None, most: int | None, pattern: str | None) -> None:
    if least is not None and most is not None and least > most:
        bench.complain("E146", (*path, "min"), least=least, most=most)
    if pattern is not None:
        try:
            example = compile_pattern(pattern).example(least or 1)
            if example is None or len(example) > (LONGEST if most is None else most):
                bench.complain("E139", (*path, "pattern"), pattern=pattern)
        except BadPattern as bad:
            bench.complain_within("E148", (*path, "pattern"), pattern, 1, pattern[bad.at :], pattern=pattern)


def _options(bench: Bench, path: Path, step: ChooseStep) -> None:
    """Two buttons with the same value or label cannot be distinguished."""
    values: set[str] = set()
    labels: set[tuple[str, str]] = set()
    for number, option in enumerate(step.options):
        here = (*path, "options", number)
        if option.value is not None and option.value in values:
            bench.complain("E149", (*here, "value"), value=option.value)
        values.add(option.value or "")
        shown = set(option.label.items())
        if shown & labels:
            bench.complain("E198", (*here, "label"), label=sorted(shown & labels)[0][1])
        labels |= shown


def _ticket(bench: Bench, scenario: Scenario, path: Path, step: TicketStep) -> None:
    """Every value of a ticket's field must exist."""
    words = {
        "category": ("E180", bench.known.categories),
        "team": ("E179", bench.known.teams),
        **{name: ("E186", allowed) for name, allowed in words_of_tickets(bench).items()},
    }
    shapes = shapes_of(bench.program, scenario)
    for name, (code, known) in words.items():
        source = getattr(step.ticket, name)
        for value in _countable(bench, (*path, name), source, shapes):
            if known is not None and value not in known:
                where, facts = (*path, name), {"name": value, "known": sorted(known)}
                bench.complain_within(code, where, source, 1, value, nearest(value, known), **facts)


def _countable(bench: Bench, path: Path, source: str, shapes: Shapes) -> Iterator[str]:
    """Every value of a ticket's field. A field that can be any text cannot be checked and is refused."""
    try:
        values = possible(parse(source).body, shapes)
    except TemplateRefused:
        return  # the rules for texts complain about it
    if values is None:
        bench.complain("E185", path)
    yield from sorted(values or ())


def _phrases(bench: Bench) -> None:
    owner: dict[str, tuple[str, Path]] = {}
    for scenario in bench.program.scenarios.values():
        for number, phrase in enumerate(scenario.spec.phrases):
            path = ("scenarios", scenario.id, "phrases", number)
            key = " ".join(phrase.casefold().replace("ё", "е").split())
            if key not in owner:
                owner[key] = (scenario.id, path)
                continue
            other, first = owner[key]
            code = "W205" if other == scenario.id else "E194"
            bench.complain(code, path, phrase=phrase, name=other, line=bench.document.mark(first).line)


def _menu(bench: Bench) -> None:
    known = [*bench.program.scenarios, *bench.broken]
    for place, id_ in enumerate(bench.program.order):
        if id_ not in known:
            bench.unknown("E215", ("menu", place), id_, known)


def _profile(bench: Bench) -> None:
    for name, field in bench.program.profile.items():
        path: Path = ("profile", name)
        if (field.type == "enum") != bool(field.values):
            bench.complain("E147", (*path, "type"), name=name)
        if field.type == "enum" and (
            bare := [value for value, words in field.values.items() if words == {"": value}]
        ):
            bench.complain("W213", (*path, "values"), name=bare[0])
        _bounds(bench, path, field.min, field.max, field.pattern)
