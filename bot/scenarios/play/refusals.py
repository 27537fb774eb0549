"""How often a step refused an answer: a question must not hold a person."""

from dataclasses import replace

from bot.scenarios.play.enter import Landing
from bot.scenarios.play.events import RunState


def count(state: RunState, here: Landing) -> tuple[RunState, bool]:
    """One answer more that the step does not accept; whether that is as often as the step may be visited."""
    node = here.node
    assert node is not None
    scenario = here.program.scenarios[here.frame.scenario]
    key = f"{scenario.id}/{node.key}/refused"
    visits = dict(state.place.visits)
    visits[key] = visits.get(key, 0) + 1
    tired = visits[key] >= (node.step.max_visits or scenario.max_visits)
    return replace(state, place=replace(state.place, visits=visits)), tired
