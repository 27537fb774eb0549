"""One ticket's life, pure: where it stayed and for how long, who had it, how often it changed hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bot.keys import PersonChat


class StayPlace(StrEnum):
    """What a ticket is doing."""

    APPROVAL = "approval"
    QUEUE = "queue"  # in a team, claimed by no one
    HANDS = "hands"
    EMPLOYEE = "employee"  # waits for an answer, or for a day the employee chose


@dataclass(slots=True)
class Stays:
    """Spans of tickets in one place, as columns: a year has a million of them. `case` is the ticket's index in its list;
    `person` is "" unless someone has it in hand; instants are UTC seconds."""

    case: list[int] = field(default_factory=list)
    team: list[str] = field(default_factory=list)
    person: list[str] = field(default_factory=list)
    place: list[StayPlace] = field(default_factory=list)
    began_at: list[int] = field(default_factory=list)
    ended_at: list[int] = field(default_factory=list)

    def add(self, case: int, team: str, person: str, place: StayPlace, span: tuple[int, int]) -> None:
        self.case.append(case)
        self.team.append(team)
        self.person.append(person if place is StayPlace.HANDS else "")
        self.place.append(place)
        self.began_at.append(span[0])
        self.ended_at.append(span[1])


class TicketCase(NamedTuple):
    """A ticket, ours or an imported one. Instants are UTC seconds, None when unknown or not reached.

    `begun_at` is the approval, or the opening. `teams` are the teams that had it, one after another; None when an
    imported history does not say. `calendar` and `rule` are "" for the desk's usual ones. `met` is only set by an
    import: our own promises are in the clocks.
    """

    number: str
    source: str
    type: str
    priority: str
    category: str
    team: str
    department: str
    rule: str
    calendar: str
    opened_at: int
    begun_at: int
    claimed_at: int | None
    replied_at: int | None
    resolved_at: int | None
    closed_at: int | None
    confirmed_at: int | None
    is_done: bool
    touched_at: int | None
    stars: int | None
    reopened: int | None
    handovers: int | None
    teams: tuple[str, ...] | None
    is_first_contact: bool | None
    met: bool | None = None
    retargets: tuple[tuple[int, str], ...] = ()
    """When the priority was changed, and what it was before."""
    first_resolved_at: int | None = None

    @property
    def is_ping_pong(self) -> bool | None:
        """Whether it came back to a team that had already handed it over."""
        if self.teams is None:
            return None
        return len(self.teams) > 1 and len(set(self.teams)) < len(self.teams)

    @property
    def is_first_line(self) -> bool | None:
        """Whether it never left its first team."""
        return None if self.teams is None else len(self.teams) == 1 or len(set(self.teams)) == 1


_TALK = ("reply", "ask", "answer", "schedule", "wake")
_HANDING = ("claim", "assign", "transfer", "return", "release", "requeue")
_ENDING = ("resolve", "reject", "reopen", "cancel", "merge", "approve", "deny")
ACTS = (*_TALK, *_HANDING, *_ENDING, "prioritize")
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


class Walk:
    """Follows one ticket's history in its order; what it says is in the fields of the same name as in TicketCase."""

    def __init__(self, stays: Stays, case: int, opened_at: int, team: str, *, asks_first: bool) -> None:
        self._stays, self._case, self._since = stays, case, opened_at
        self._place: StayPlace | None = StayPlace.APPROVAL if asks_first else StayPlace.QUEUE
        self._team, self._person, self._solver = team, "", ""
        self._handlers: set[str] = set()
        self.begun_at = opened_at
        self.claimed_at: int | None = None
        self.replied_at: int | None = None
        self.first_resolved_at: int | None = None
        self.reopened = 0
        self.teams: tuple[str, ...] = (team,)
        self.retargets: tuple[tuple[int, str], ...] = ()

    def act(self, at: int, actor: str, action: str, team: str | None, engineer: int | None) -> None:
        """The next act; `team` and `engineer` where it names them. A claim by `actor`, a person's key."""
        if action == "reply":
            self._replied(at)
            return
        former = self._place
        if former is not None and at > self._since:
            self._stays.add(self._case, self._team, self._person, former, (self._since, at))
            self._since = at
        if action == "assign":
            self._taken(at, PersonChat(engineer or 0))
            self._place = former if former is StayPlace.EMPLOYEE else StayPlace.HANDS
            return
        self._place = _LEADS_TO[action]
        if action == "claim":
            self._taken(at, actor)
        elif action == "resolve":
            self._solver = actor
            self.first_resolved_at = at if self.first_resolved_at is None else self.first_resolved_at
            self._replied(at)
        elif action in ("transfer", "return"):
            self._team = team or self._team
            self.teams = (*self.teams, self._team)
        elif action == "ask":
            self._replied(at)
        elif action in ("reject", "reopen"):
            self.reopened += 1
            self._since = max(self._since, at)
        elif action == "approve":
            self.begun_at = at

    def retargeted(self, at: int, before: str) -> None:
        """Another priority than `before`."""
        self.retargets = (*self.retargets, (at, before))

    def end(self, until: int) -> None:
        """A stay that has not ended is cut at `until`."""
        if self._place is not None and until > self._since:
            self._stays.add(self._case, self._team, self._person, self._place, (self._since, until))

    @property
    def is_first_contact(self) -> bool:
        """One person took it, kept it and solved it, and it did not come back."""
        return self._handlers == {self._solver} and len(self.teams) == 1 and not self.reopened

    def _taken(self, at: int, person: str) -> None:
        self._person = person
        self._handlers.add(person)
        self.claimed_at = at if self.claimed_at is None else self.claimed_at

    def _replied(self, at: int) -> None:
        self.replied_at = at if self.replied_at is None else self.replied_at
