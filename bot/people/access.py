"""Permissions, in one table; what is not in it is refused (T6, R11).

Every verb checks them at the press: the button may be forged, and the person may have changed teams since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import FirstlineError
from bot.observe.metrics import AUTH_DENIED
from bot.people.directory import Person


class NotAllowed(FirstlineError):
    """This person may not do this."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason  # a catalogue id: the sentence the person reads


@dataclass(frozen=True, slots=True)
class Object:
    """The object of an action, for authorisation. `requester`, `assignee`, `author` and `approver` are ids of people.

    `team` does the work, `owner` is the accountable team; `author` wrote the message in question.
    """

    team: str | None = None
    requester: int | None = None
    assignee: int | None = None
    owner: str | None = None
    author: int | None = None
    approver: int | None = None


Relation = Callable[[Person, Object], bool]


def _requester(person: Person, thing: Object) -> bool:
    return thing.requester == person.id


def _team(person: Person, thing: Object) -> bool:
    return thing.team is not None and thing.team in person.teams


def _lead(person: Person, thing: Object) -> bool:
    return thing.team is not None and thing.team in person.leads


def _assignee(person: Person, thing: Object) -> bool:
    return thing.assignee == person.id and _team(person, thing)


def _owner(person: Person, thing: Object) -> bool:
    return thing.owner is not None and thing.owner in person.teams


def _author(person: Person, thing: Object) -> bool:
    return thing.author == person.id


def _approver(person: Person, thing: Object) -> bool:
    return thing.approver == person.id


def _engineer(person: Person, _thing: Object) -> bool:
    return person.is_engineer


def _supervisor(person: Person, _thing: Object) -> bool:
    return person.is_supervisor


def _admin(person: Person, _thing: Object) -> bool:
    return person.is_admin


def _anybody(person: Person, _thing: Object) -> bool:
    return person.active


# action -> who may (any of them), and what others read
TABLE: Mapping[str, tuple[tuple[Relation, ...], str]] = {
    "open": ((_anybody,), "access.open"),
    "open_for": ((_anybody,), "access.open"),
    "write": ((_requester,), "access.not_yours"),
    "confirm": ((_requester,), "access.not_yours"),
    "reject": ((_requester,), "access.not_yours"),
    "reopen": ((_requester,), "access.not_yours"),
    "cancel": ((_requester,), "access.not_yours"),
    "rate": ((_requester,), "access.not_yours"),
    "recall": ((_author, _lead), "access.not_author"),
    "approve": ((_approver,), "access.not_approver"),
    "claim": ((_team,), "access.not_your_team"),
    "note": ((_team, _owner, _supervisor), "access.not_your_team"),
    "reply": ((_team, _owner, _supervisor), "access.not_your_team"),
    "ask": ((_assignee, _lead), "access.not_assignee"),
    "resolve": ((_assignee, _lead), "access.not_assignee"),
    "schedule": ((_assignee, _lead), "access.not_assignee"),
    "transfer": ((_team, _supervisor), "access.not_your_team"),
    "return": ((_team, _owner, _supervisor), "access.not_your_team"),
    "release": ((_assignee, _lead, _supervisor), "access.not_assignee"),
    "prioritize": ((_team, _owner, _supervisor), "access.not_your_team"),
    "link": ((_team, _owner, _supervisor), "access.not_your_team"),
    "merge": ((_team, _supervisor), "access.not_your_team"),
    "take_control": ((_supervisor,), "access.supervisors"),
    "hush": ((_supervisor,), "access.supervisors"),
    "assign": ((_supervisor, _lead), "access.supervisors"),
    "call": ((_supervisor,), "access.supervisors"),
    "bind_chat": ((_admin,), "access.admins"),
    "outage": ((_supervisor,), "access.supervisors"),
    "reload": ((_admin,), "access.admins"),
    "people": ((_admin,), "access.admins"),
    "teach": ((_admin,), "access.admins"),
    "migrate": ((_admin,), "access.admins"),
    "quality": ((_supervisor,), "access.supervisors"),
    "void": ((_supervisor,), "access.supervisors"),
    "figures": ((_supervisor, _admin), "access.supervisors"),
    "queue": ((_engineer, _supervisor), "access.engineers"),
    "find": ((_engineer, _supervisor), "access.engineers"),
    "leave": ((_engineer,), "access.engineers"),
    "read": ((_anybody,), "access.open"),
    "profile": ((_anybody,), "access.open"),
    "inline": ((_engineer, _supervisor), "access.engineers"),
    "instruct": ((_engineer, _supervisor, _admin), "access.engineers"),
}


def authorize(person: Person, action: str, thing: Object) -> None:
    """Raises NotAllowed unless the table lets `person` do `action` to `thing` now."""
    if not allows(person, action, thing):
        AUTH_DENIED.labels(reason(action)).inc()
        raise NotAllowed(action, reason(action))


def allows(person: Person, action: str, thing: Object) -> bool:
    """Whether the table lets `person` do `action` to `thing` now: decides what is shown."""
    relations, _ = TABLE.get(action, ((), ""))
    return person.active and any(relation(person, thing) for relation in relations)


def could(person: Person, action: str) -> bool:
    """Whether there may be anything to which the table lets `person` do `action`: for what is offered or typed before it is
    known to what."""
    number = person.id
    return any(
        allows(person, action, Object(team, number, number, team, number, number))
        for team in (None, *sorted(person.teams))
    )


def reason(action: str) -> str:
    """What those read who may not do it: an id in the catalogues."""
    return TABLE[action][1] if action in TABLE else "access.unknown"
