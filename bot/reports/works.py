"""One finished ticket for the figures: the hours of each team, whether it came back, its rating."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.keys import PersonChat
from bot.sla.calendar import Calendar
from bot.tickets.ticket import ACTIVE, State, moved

HANDS = ("claim", "assign")
AWAY = ("transfer", "return")
BACK = ("reject", "reopen")


class Deed(NamedTuple):
    """One line of a ticket's history; `at` in UTC seconds."""

    at: int
    actor: str
    action: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A finished ticket. `hands` are business seconds assigned to each team's people.

    `first_contact`: solved by the engineer who took it first, without a hand-over, and it did not come back.
    `first_level`: it was only ever in its first team.
    """

    came_back: bool
    first_contact: bool
    first_level: bool
    hands: Mapping[str, int] = field(default_factory=dict)


def work_of(deeds: Iterable[Deed], team: str, calendar: Calendar) -> Work:
    """Follow a ticket's history (oldest first) that began in `team`; time is counted in `calendar`.

    Assigned time runs from the claim until the ticket waits for the employee or a date, is solved, handed over or
    released.
    """
    state: State | None = None
    since, teams, handlers = 0, {team}, list[str]()
    hands: dict[str, int] = {}
    solver, came_back = "", False
    for deed in deeds:
        if state in ACTIVE:
            hands[team] = hands.get(team, 0) + calendar.spent(since, max(since, deed.at))
        since = max(since, deed.at)
        state = _after(state, deed)
        if deed.action in HANDS:
            handlers.append(deed.actor if deed.action == "claim" else PersonChat(deed.data["engineer"]))
        elif deed.action in AWAY:
            team = deed.data["team"]
            teams.add(team)
        elif deed.action == "resolve":
            solver = deed.actor
        came_back = came_back or deed.action in BACK
    alone = len(set(handlers)) == 1 and handlers[0] == solver and len(teams) == 1
    return Work(came_back, alone and not came_back, len(teams) == 1, hands)


def _after(state: State | None, deed: Deed) -> State | None:
    if deed.action == "open":
        return State(deed.data.get("state", State.NEW))
    return state if state is None else moved(state, deed.action)
