"""Follows the histories of many tickets at once: where each stayed, who had it, how often it changed hands. Pure.

Acts are columns, sorted by ticket and within a ticket as they happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bot.keys import PersonChat
from bot.tickets.chronicle.cases import StayPlace
from bot.tickets.chronicle.stays import PLACES, Coded, Flags, Seconds, Stays

NOT_YET = -1
_NOWHERE, _AS_BEFORE = -1, -2
_FAR = 1 << 40  # seconds: more than any instant
_TALK = ("reply", "ask", "answer", "schedule", "wake")
_HANDING = ("claim", "assign", "transfer", "return", "release", "requeue")
_ENDING = ("resolve", "reject", "reopen", "cancel", "merge", "approve", "deny")
_BESIDE = ("prioritize", "level_one")  # what moves no ticket
ACTS = (*_TALK, *_HANDING, *_ENDING, *_BESIDE)
CODES: Mapping[str, int] = {action: code for code, action in enumerate(ACTS)}
_LEADS_TO: Mapping[str, StayPlace | None] = {
    "approve": StayPlace.QUEUE,
    "claim": StayPlace.HANDS,
    "ask": StayPlace.EMPLOYEE,
    "schedule": StayPlace.EMPLOYEE,
    "answer": StayPlace.HANDS,
    "wake": StayPlace.HANDS,
    "transfer": StayPlace.QUEUE,
    "return": StayPlace.QUEUE,
    "release": StayPlace.QUEUE,
    "requeue": StayPlace.QUEUE,
    "resolve": None,
    "reject": StayPlace.HANDS,
    "reopen": StayPlace.HANDS,
    "cancel": None,
    "merge": None,
    "deny": None,
}
_APPROVAL, _QUEUE, _HANDS, _EMPLOYEE = (
    PLACES.index(one) for one in (StayPlace.APPROVAL, StayPlace.QUEUE, StayPlace.HANDS, StayPlace.EMPLOYEE)
)


def _after(action: str) -> int:
    """The place to which an act leads."""
    if action not in _LEADS_TO:
        return _AS_BEFORE
    place = _LEADS_TO[action]
    return _NOWHERE if place is None else PLACES.index(place)


_AFTER = np.asarray([_after(action) for action in ACTS], np.int64)


@dataclass(frozen=True, slots=True)
class Acts:
    """`case` is the index of the ticket, `at` UTC seconds, `action` an index of ACTS. `about` is one of `names`: the actor of
    a claim and of a solution, the team of a hand-over, the number of an assigned engineer, the priority before a change,
    "1" or "0" of `level_one`."""

    case: Seconds
    at: Seconds
    action: npt.NDArray[np.int64]
    about: Seconds
    names: list[str]

    def which(self, *actions: str) -> Flags:
        return np.isin(self.action, [CODES[action] for action in actions])

    def where(self, mine: Flags) -> Acts:
        return Acts(self.case[mine], self.at[mine], self.action[mine], self.about[mine], self.names)


@dataclass(frozen=True, slots=True)
class LifeBegun:
    """Of each ticket: when it was opened, when its last stay ends if it has not ended (UTC seconds), whether it waits for
    an approval now, and its first team, an index of `teams`. `team_of` has the team for each of the acts' names."""

    opened_at: Seconds
    until: Seconds
    waits_for_approval: Flags
    team: Seconds
    teams: list[str]
    team_of: Seconds


class Walk:
    """What became of each ticket. Instants are UTC seconds, NOT_YET where there is none."""

    def __init__(self, acts: Acts, begun: LifeBegun) -> None:
        self._begun, self._every = begun, acts
        self._n = len(begun.opened_at)
        self._acts = acts.where(~acts.which("reply", *_BESIDE))
        self._is_first = np.diff(self._acts.case, prepend=-1) > 0
        here = np.arange(len(self._acts.case))
        self._start = np.maximum.accumulate(np.where(self._is_first, here, 0))

    @cached_property
    def stays(self) -> Stays:
        """Each stay that took any time."""
        acts, begun = self._acts, self._begun
        former, since = self._former, self._since_before
        took = (former != _NOWHERE) & (acts.at > since)
        last_place = np.where(begun.waits_for_approval | self._asks, _APPROVAL, _QUEUE)
        last_since, last_team = begun.opened_at.copy(), begun.team.copy()
        last_person = np.zeros(self._n, np.int64)
        ends = np.diff(acts.case, append=self._n) > 0
        mine = acts.case[ends]
        last_place[mine], last_since[mine] = self._place[ends], self._since[ends]
        last_team[mine], last_person[mine] = self._team[ends], self._person[ends]
        stand = np.flatnonzero((last_place != _NOWHERE) & (begun.until > last_since))
        case = np.concatenate([acts.case[took], stand])
        order = np.argsort(case, kind="stable")
        place = np.concatenate([former[took], last_place[stand]])[order]
        team = np.concatenate([self._before(self._team, begun.team)[took], last_team[stand]])[order]
        nobody = np.zeros(self._n, np.int64)
        person = np.concatenate([self._before(self._person, nobody)[took], last_person[stand]])[order]
        began = np.concatenate([since[took], last_since[stand]])[order]
        ended = np.concatenate([acts.at[took], begun.until[stand]])[order]
        people = _used(self._people, np.where(place == _HANDS, person, 0))
        return Stays(case[order], (begun.teams, team), people, place, began, ended)

    @cached_property
    def begun_at(self) -> Seconds:
        """The approval, or the opening."""
        acts = self._acts.where(self._acts.which("approve"))
        found = self._begun.opened_at.copy()
        found[acts.case] = acts.at
        return found

    @cached_property
    def claimed_at(self) -> Seconds:
        return self._first(self._acts, "claim", "assign")

    @cached_property
    def replied_at(self) -> Seconds:
        return self._first(self._every, "reply", "ask", "resolve")

    @cached_property
    def first_resolved_at(self) -> Seconds:
        return self._first(self._acts, "resolve")

    @cached_property
    def reopened(self) -> Seconds:
        return self._count("reject", "reopen")

    @cached_property
    def handovers(self) -> Seconds:
        return self._count("transfer", "return")

    @cached_property
    def teams(self) -> list[tuple[str, ...]]:
        """The teams that had each ticket, one after another."""
        names = self._begun.teams
        alone = [(name,) for name in names]
        found: list[tuple[str, ...]] = [alone[place] for place in self._begun.team.tolist()]
        handed = self._acts.which("transfer", "return")
        pairs = zip(self._acts.case[handed].tolist(), self._team[handed].tolist(), strict=True)
        for case, place in pairs:
            found[case] = (*found[case], names[place])
        return found

    @cached_property
    def is_first_contact(self) -> Flags:
        """One person took it, kept it and solved it, and it did not come back."""
        acts = self._acts
        solved, taken = acts.which("resolve"), acts.which("claim", "assign")
        solver = np.full(self._n, NOT_YET, np.int64)
        solver[acts.case[solved]] = self._taker[solved]
        others = taken & (self._taker != solver[acts.case])
        takings = np.bincount(acts.case[taken], minlength=self._n)
        by_others = np.bincount(acts.case[others], minlength=self._n)
        found: Flags = (takings > 0) & (by_others == 0) & (self.handovers == 0) & (self.reopened == 0)
        return found

    @cached_property
    def retargets(self) -> dict[int, tuple[tuple[int, str], ...]]:
        """When the priority of a ticket was changed, and what it was before."""
        acts = self._every.where(self._every.which("prioritize"))
        found: dict[int, tuple[tuple[int, str], ...]] = {}
        for case, at, about in zip(acts.case.tolist(), acts.at.tolist(), acts.about.tolist(), strict=True):
            found[case] = (*found.get(case, ()), (at, acts.names[about]))
        return found

    @cached_property
    def level_one(self) -> list[bool | None]:
        """Whether the first team could have solved it, as was said last; None where nothing was."""
        acts = self._every.where(self._every.which("level_one"))
        found: list[bool | None] = [None] * self._n
        for case, about in zip(acts.case.tolist(), acts.about.tolist(), strict=True):
            found[case] = acts.names[about] == "1"
        return found

    @cached_property
    def _asks(self) -> Flags:
        """Whether the first act of a ticket decides on an approval."""
        acts = self._every
        first = (np.diff(acts.case, prepend=-1) > 0) & acts.which("approve", "deny")
        found = np.zeros(self._n, np.bool_)
        found[acts.case[first]] = True
        return found

    @cached_property
    def _place(self) -> Seconds:
        """After each act; an engineer who is given a waiting ticket waits too."""
        after = _AFTER[self._acts.action]
        first = np.where(self._begun.waits_for_approval | self._asks, _APPROVAL, _QUEUE)
        before = self._carried(after, after != _AS_BEFORE, first)
        waits = np.where(before == _EMPLOYEE, _EMPLOYEE, _HANDS)
        return np.where(after == _AS_BEFORE, waits, after)

    @cached_property
    def _former(self) -> Seconds:
        """Before each act."""
        first = np.where(self._begun.waits_for_approval | self._asks, _APPROVAL, _QUEUE)
        return self._before(self._place, first)

    @cached_property
    def _since(self) -> Seconds:
        """When the stay after each act began."""
        acts, opened = self._acts, self._begun.opened_at[self._acts.case]
        counts = (self._former != _NOWHERE) | acts.which("reject", "reopen")
        reached = np.where(counts, np.maximum(acts.at, opened), opened)
        apart = acts.case * _FAR
        return np.maximum.accumulate(reached + apart) - apart if len(reached) else reached

    @cached_property
    def _since_before(self) -> Seconds:
        return self._before(self._since, self._begun.opened_at)

    @cached_property
    def _team(self) -> Seconds:
        """The team after each act."""
        acts = self._acts
        names = self._begun.team_of[acts.about]
        given = acts.which("transfer", "return") & (names >= 0)
        return self._carried(names, given, self._begun.team)

    @cached_property
    def _people(self) -> list[str]:
        """No one, then every name of the acts as a person, those of engineers by their numbers."""
        return ["", *self._every.names, *(_engineer(name) for name in self._every.names)]

    @cached_property
    def _taker(self) -> Seconds:
        """Who acts or is assigned, an index of the people."""
        acts, size = self._acts, len(self._every.names)
        codes = 1 + acts.about + np.where(acts.which("assign"), size, 0)
        same = {name: code for code, name in reversed(list(enumerate(self._people)))}
        again = np.asarray([same[name] for name in self._people], np.int64)
        return again[codes]

    @cached_property
    def _person(self) -> Seconds:
        """Who took the ticket last, after each act."""
        nobody = np.zeros(self._n, np.int64)
        return self._carried(self._taker, self._acts.which("claim", "assign"), nobody)

    def _before(self, after: Seconds, first: Seconds) -> Seconds:
        """What was so before each act, from what is so after it and at the beginning of its ticket."""
        former = np.concatenate([after[:1], after[:-1]])
        return np.where(self._is_first, first[self._acts.case], former)

    def _carried(self, values: Seconds, is_given: Flags, first: Seconds) -> Seconds:
        """The last given value up to each act of a ticket, or what it began with."""
        here = np.where(is_given, np.arange(len(values)), -1)
        last = np.maximum.accumulate(here) if len(here) else here
        return np.where(last >= self._start, values[last], first[self._acts.case])

    def _first(self, acts: Acts, *actions: str) -> Seconds:
        """When one of these was first done to each ticket."""
        mine = acts.where(acts.which(*actions))
        found = np.full(self._n, NOT_YET, np.int64)
        found[mine.case[::-1]] = mine.at[::-1]
        return found

    def _count(self, *actions: str) -> Seconds:
        """How often these were done to each ticket."""
        return np.bincount(self._acts.case[self._acts.which(*actions)], minlength=self._n)


def _used(names: list[str], codes: Seconds) -> Coded:
    """Without the names that no code means."""
    used = np.bincount(codes, minlength=len(names)) > 0
    return [name for name, is_used in zip(names, used.tolist(), strict=True) if is_used], (
        np.cumsum(used) - 1
    )[codes]


def _engineer(number: str) -> str:
    return PersonChat(int(number) if number.isdigit() else 0)
