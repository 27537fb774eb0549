"""Which names of desk.yaml the tickets of a program may carry: written ones, and all that a template may give."""

from collections.abc import Iterator

from bot.scenarios.check.shapes import Shapes, possible, shapes_of
from bot.scenarios.language.model import TicketStep
from bot.scenarios.language.program import Program, Scenario
from bot.scenarios.language.template import parse
from bot.sla.names import Section

FIELDS = {
    "category": Section.CATEGORIES,
    "team": Section.TEAMS,
    "impact": Section.IMPACT,
    "urgency": Section.URGENCY,
}


def desk_names(program: Program) -> frozenset[tuple[Section, str]]:
    """Of a program that was accepted: its ticket steps, and the human who can be called from any step."""
    found = {name for scenario in program.scenarios.values() for name in _of_scenario(program, scenario)}
    return frozenset((section, name) for section, name in found if name)


def _of_scenario(program: Program, scenario: Scenario) -> Iterator[tuple[Section, str]]:
    yield Section.CATEGORIES, scenario.spec.category or ""
    if (human := scenario.human) is not None:
        yield Section.TEAMS, human.team
        yield Section.IMPACT, human.impact
        yield Section.URGENCY, human.urgency
    shapes = shapes_of(program, scenario)
    for step in scenario.spec.steps:
        if isinstance(step, TicketStep):
            yield from _of_ticket(step, shapes)


def _of_ticket(step: TicketStep, shapes: Shapes) -> Iterator[tuple[Section, str]]:
    for field, section in FIELDS.items():
        for name in possible(parse(getattr(step.ticket, field)).body, shapes) or ():
            yield section, name
