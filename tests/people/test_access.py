"""The permissions written down a second time: every cell tested, everything else refused (P16)."""

from __future__ import annotations

import dataclasses

import pytest

from bot.people.access import TABLE, NotAllowed, Object, authorize
from bot.people.directory import Person

NETWORK = "network"


def person(number: int, *roles: str) -> Person:
    name = f"Имя {number}"
    return Person(number, f"E{number}", name, "ru", "", "", 500 + number, None, True, frozenset(roles))


# The people around ticket 17: requested by Anna, in the network team, assigned to Oleg.
PEOPLE = {
    "requester": person(1),
    "colleague": person(2),
    "assignee": person(3, "engineer:network"),
    "teammate": person(4, "engineer:network"),
    "lead": person(5, "lead:network"),
    "owner's engineer": person(6, "engineer:helpdesk"),
    "owner's lead": person(7, "lead:helpdesk"),
    "other engineer": person(12, "engineer:admins"),
    "other lead": person(13, "lead:admins"),
    "supervisor": person(8, "supervisor"),
    "admin": person(9, "admin"),
    "approver": person(14),
    "author of the word": person(11),
    "assignee who changed teams": person(3, "engineer:admins"),
}
# The helpdesk answers for it, the network team works on it.
TICKET = Object(team=NETWORK, requester=1, assignee=3, owner="helpdesk", author=11, approver=14)

EVERYBODY = set(PEOPLE)
TEAM = {"assignee", "teammate", "lead"}
OWNER = {"owner's engineer", "owner's lead"}
STAFF = TEAM | OWNER | {"other engineer", "other lead", "assignee who changed teams"}
MAY = {
    "open": EVERYBODY,
    "open_for": EVERYBODY,
    "write": {"requester"},
    "confirm": {"requester"},
    "reject": {"requester"},
    "reopen": {"requester"},
    "cancel": {"requester"},
    "rate": {"requester"},
    "recall": {"author of the word", "lead"},
    "approve": {"approver"},
    "claim": TEAM,
    "note": TEAM | OWNER | {"supervisor"},
    "reply": TEAM | OWNER | {"supervisor"},
    "ask": {"assignee", "lead"},
    "resolve": {"assignee", "lead"},
    "schedule": {"assignee", "lead"},
    "transfer": TEAM | {"supervisor"},
    "return": TEAM | OWNER | {"supervisor"},
    "release": {"assignee", "lead", "supervisor"},
    "prioritize": TEAM | OWNER | {"supervisor"},
    "link": TEAM | OWNER | {"supervisor"},
    "merge": TEAM | {"supervisor"},
    "take_control": {"supervisor"},
    "hush": {"supervisor"},
    "assign": {"supervisor", "lead"},
    "call": {"supervisor"},
    "bind_chat": {"admin"},
    "outage": {"supervisor"},
    "reload": {"admin"},
    "people": {"admin"},
    "teach": {"admin"},
    "migrate": {"admin"},
    "quality": {"supervisor"},
    "void": {"supervisor"},
    "figures": {"supervisor", "admin"},
    "queue": STAFF | {"supervisor"},
    "find": STAFF | {"supervisor"},
    "leave": STAFF,
    "read": EVERYBODY,
    "profile": EVERYBODY,
    "inline": STAFF | {"supervisor"},
    "instruct": STAFF | {"supervisor", "admin"},
}
NO_TICKET = {"open", "open_for", "queue", "find", "leave", "take_control", "call", "bind_chat", "figures"}
NO_TICKET |= {"read", "profile", "inline", "instruct", "reload", "outage", "hush", "teach"}
NO_TICKET |= {"people", "quality", "void", "migrate"}


def may(who: Person, action: str, thing: Object = TICKET) -> bool:
    try:
        authorize(who, action, thing)
    except NotAllowed:
        return False
    return True


def test_the_second_table_speaks_of_every_action() -> None:
    assert set(MAY) == set(TABLE)


@pytest.mark.parametrize("action", sorted(MAY))
def test_an_action_is_open_to_exactly_these_people(action: str) -> None:
    assert {name for name, who in PEOPLE.items() if may(who, action)} == MAY[action]


@pytest.mark.parametrize("action", sorted(MAY))
def test_whoever_left_may_do_nothing_whatever_the_role(action: str) -> None:
    left = {name: dataclasses.replace(who, active=False) for name, who in PEOPLE.items()}
    assert not [name for name, who in left.items() if may(who, action)]


@pytest.mark.parametrize("action", ["delete", "", "CLAIM", "claim "])
def test_an_action_nobody_wrote_down_is_refused_to_everybody(action: str) -> None:
    everything = person(10, "admin", "supervisor", "lead:network", "engineer:network")
    assert not may(everything, action)


@pytest.mark.parametrize("action", sorted(set(MAY) - NO_TICKET))
def test_what_concerns_no_ticket_is_nobodys_by_accident(action: str) -> None:
    nothing = Object()
    assert {name for name, who in PEOPLE.items() if may(who, action, nothing)} <= {"supervisor"}


def test_a_refusal_names_the_sentence_the_person_reads() -> None:
    with pytest.raises(NotAllowed) as refused:
        authorize(PEOPLE["other engineer"], "claim", TICKET)
    assert (refused.value.action, refused.value.reason) == ("claim", "access.not_your_team")
