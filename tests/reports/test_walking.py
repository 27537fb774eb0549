"""The walk over columns says of random histories what following each act by act says."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import numpy as np
import pytest

from bot.tickets.chronicle.cases import StayPlace
from bot.tickets.chronicle.stays import PLACES, Stay, Stays
from bot.tickets.chronicle.walking import ACTS, NOT_YET, Acts, LifeBegun, Walk

TEAMS = ["helpdesk", "network", "admins"]
NAMES = ["", "person:1", "person:2", "person:3", "1", "2", "network", "admins", "P2"]
UNTIL = 5_000
QUEUE, HANDS, EMPLOYEE = StayPlace.QUEUE, StayPlace.HANDS, StayPlace.EMPLOYEE
LEADS = {
    "approve": QUEUE,
    "claim": HANDS,
    "ask": EMPLOYEE,
    "schedule": EMPLOYEE,
    "answer": HANDS,
    "wake": HANDS,
}
LEADS |= dict.fromkeys(("transfer", "return", "release", "requeue"), QUEUE) | dict.fromkeys(
    ("reject", "reopen"), HANDS
)
Act = tuple[int, str, str]
"""Instant, action, what it tells."""


@dataclass
class Followed:
    """One ticket, followed act by act."""

    case: int
    opened: int
    team: str
    asks: bool
    stays: list[Stay] = field(default_factory=list)
    handlers: set[str] = field(default_factory=set)
    person: str = ""
    solver: str = ""
    claimed: int = NOT_YET
    replied: int = NOT_YET
    reopened: int = 0

    def follow(self, acts: list[Act]) -> None:
        place = StayPlace.APPROVAL if self.asks or (acts and acts[0][1] in ("approve", "deny")) else QUEUE
        self.since, self.begun, self.teams = self.opened, self.opened, [self.team]
        now: StayPlace | None = place
        for at, action, told in acts:
            if action in ("reply", "ask", "resolve") and self.replied == NOT_YET:
                self.replied = at
            if action in ("reply", "prioritize", "level_one"):
                continue
            if now is not None:
                self._stayed(now, at)
            if action in ("claim", "assign"):
                self.person = told if action == "claim" else f"person:{told if told.isdigit() else 0}"
                self.handlers.add(self.person)
                self.claimed = at if self.claimed == NOT_YET else self.claimed
            if action == "assign":
                now = now if now is EMPLOYEE else HANDS
                continue
            now = LEADS.get(action)
            if action in ("transfer", "return"):
                self.team = told or self.team
                self.teams.append(self.team)
            elif action == "resolve":
                self.solver = told
            elif action in ("reject", "reopen"):
                self.reopened += 1
                self.since = max(self.since, at)
            elif action == "approve":
                self.begun = at
        if now is not None:
            self._stayed(now, UNTIL)

    def _stayed(self, place: StayPlace, until: int) -> None:
        if until > self.since:
            person = self.person if place is HANDS else ""
            self.stays.append((self.case, self.team, person, place, (self.since, until)))
            self.since = until

    @property
    def is_first_contact(self) -> bool:
        return self.handlers == {self.solver} and len(self.teams) == 1 and not self.reopened


def history(chance: Random) -> list[Act]:
    acts, at = [], chance.randrange(100)
    for _ in range(chance.randrange(12)):
        at = max(0, at + chance.choice([0, 1, 50, 300, -20]))
        action = chance.choice(ACTS)
        told = ""
        if action in ("claim", "resolve"):
            told = chance.choice(NAMES[1:4])
        elif action == "assign":
            told = chance.choice(["1", "2", ""])
        elif action in ("transfer", "return"):
            told = chance.choice(["network", "admins", ""])
        elif action == "prioritize":
            told = "P2"
        acts.append((at, action, told))
    return acts


def spans(stays: Stays) -> list[Stay]:
    (teams, team), (people, person) = stays.team, stays.person
    rows = zip(stays.case, team, person, stays.place, stays.began_at, stays.ended_at, strict=True)
    return [(int(a), teams[b], people[c], PLACES[d], (int(e), int(f))) for a, b, c, d, e, f in rows]


@pytest.mark.parametrize("seed", range(40))
def test_columns_say_what_following_act_by_act_says(seed: int) -> None:
    chance = Random(seed)
    plain = [
        Followed(case, chance.randrange(100), chance.choice(TEAMS), chance.random() < 0.2)
        for case in range(25)
    ]
    told = [history(chance) for _ in plain]
    rows = [
        (one.case, at, ACTS.index(action), NAMES.index(said))
        for one, acts in zip(plain, told, strict=True)
        for at, action, said in acts
    ]
    case, at, action, said = (np.asarray([row[place] for row in rows], np.int64) for place in range(4))
    opened, team = ([getattr(one, name) for one in plain] for name in ("opened", "team"))
    team_of = [TEAMS.index(name) if name in TEAMS else NOT_YET for name in NAMES]
    begun = LifeBegun(
        np.asarray(opened),
        np.full(len(plain), UNTIL),
        np.asarray([one.asks for one in plain]),
        np.asarray([TEAMS.index(name) for name in team]),
        TEAMS,
        np.asarray(team_of),
    )
    walk = Walk(Acts(case, at, action, said, NAMES), begun)
    for one, acts in zip(plain, told, strict=True):
        one.follow(acts)
    assert spans(walk.stays) == [stay for one in plain for stay in one.stays]
    assert walk.begun_at.tolist() == [one.begun for one in plain]
    assert walk.claimed_at.tolist() == [one.claimed for one in plain]
    assert walk.replied_at.tolist() == [one.replied for one in plain]
    assert walk.reopened.tolist() == [one.reopened for one in plain]
    assert walk.teams == [tuple(one.teams) for one in plain]
    assert walk.is_first_contact.tolist() == [one.is_first_contact for one in plain]


def test_no_ticket_and_no_act_are_no_fault() -> None:
    none = np.zeros(0, np.int64)
    begun = LifeBegun(none, none, np.zeros(0, np.bool_), none, TEAMS, np.asarray([NOT_YET]))
    walk = Walk(Acts(none, none, none, none, [""]), begun)
    assert (spans(walk.stays), walk.teams, walk.claimed_at.tolist()) == ([], [], [])
