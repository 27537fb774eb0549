"""Every button by everybody: done where the table allows it, refused and without any trace where it does not (T5-T9, P16)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import Connection, func, select

from bot.errors import FirstlineError
from bot.people.directory import Person
from bot.selfservice import own_ticket
from bot.sla.policy import Desk
from bot.storage.schema import history, outbox
from bot.teamdesk import presses
from bot.tickets import actions, approval, planning, store
from bot.tickets.ticket import Ticket
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    IGOR,
    MARINA,
    MONDAY,
    NETWORK,
    NINA,
    OLEG,
    PETR,
    SVETA,
    claimed,
    closed,
    opened,
    who,
)
from tests.undone import undoing

ROLES = {
    "requester": ANNA,
    "colleague": BORIS,
    "assignee": OLEG,
    "teammate": PETR,
    "lead": SVETA,
    "other engineer": NINA,
    "supervisor": MARINA,
    "admin": IGOR,
}
TEAM = {"assignee", "teammate", "lead"}
MASTERS = {"assignee", "lead"}
STAFF = TEAM | {"supervisor"}
MINE, CHIEF = f"person:{ANNA}", "supervisors"
Maker = Callable[[Connection, Desk], Ticket]


def resolved(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    actions.resolve(tx, desk, ticket.id, who(tx, OLEG), "", MONDAY)
    return store.get(tx, ticket.id)


def proposed(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    planning.propose_day(tx, desk, ticket.id, who(tx, OLEG), "+3", MONDAY)
    return store.get(tx, ticket.id)


@dataclass(frozen=True)
class Case:
    """A button: on which ticket, in which chat, with which numbers behind it; who may; whether again is fine."""

    make: Maker
    chat: str
    may: set[str]
    numbers: tuple[int, ...] = ()
    again: bool = False


CASES = {
    "claim": Case(opened, HELPDESK, TEAM, again=True),
    "ask": Case(claimed, HELPDESK, MASTERS, again=True),
    "resolve": Case(claimed, HELPDESK, MASTERS),
    "give": Case(claimed, HELPDESK, STAFF, again=True),
    "more": Case(claimed, HELPDESK, STAFF, again=True),
    "to": Case(claimed, HELPDESK, STAFF, (1,), again=True),
    "prio": Case(claimed, HELPDESK, STAFF, (0,), again=True),
    "snooze": Case(claimed, HELPDESK, MASTERS, again=True),
    "back": Case(claimed, HELPDESK, STAFF, again=True),
    "canned": Case(claimed, HELPDESK, STAFF, (0,), again=True),
    "similar": Case(claimed, HELPDESK, STAFF, again=True),
    "cause": Case(resolved, HELPDESK, MASTERS, (0,), again=True),
    "hush": Case(claimed, CHIEF, {"supervisor"}, (60,), again=True),
    "closemenu": Case(claimed, HELPDESK, STAFF, again=True),
    "why": Case(claimed, CHIEF, STAFF, again=True),
    "take": Case(claimed, CHIEF, {"supervisor"}, again=True),
    "call": Case(claimed, CHIEF, {"supervisor"}, again=True),
    "reassign": Case(claimed, CHIEF, {"supervisor", "lead"}, again=True),
    "assign": Case(claimed, CHIEF, {"supervisor", "lead"}, (PETR,), again=True),
    "unassign": Case(claimed, CHIEF, {"supervisor", "lead"}, again=True),
    "confirm": Case(resolved, MINE, {"requester"}),
    "reject": Case(resolved, MINE, {"requester"}),
    "cancel": Case(claimed, MINE, {"requester"}),
    "rate": Case(closed, MINE, {"requester"}, (5,), again=True),
    "word": Case(closed, MINE, {"requester"}, again=True),
    "again": Case(closed, MINE, {"requester"}),
    "write": Case(claimed, MINE, {"requester"}, again=True),
    "show": Case(claimed, MINE, {"requester"}, again=True),
    "agree": Case(proposed, MINE, {"requester"}, again=True),
    "disagree": Case(proposed, MINE, {"requester"}, again=True),
}
ELSEWHERE = (
    NETWORK,
    f"person:{BORIS}",
    "admins",
    None,
)  # a forwarded card, a stolen one, a message we cannot see


def press(
    tx: Connection, desk: Desk, action: str, person: Person, chat: str | None, numbers: tuple[int, ...]
) -> str:
    """What the presser reads when it is done."""
    verbs = own_ticket if action in own_ticket.PRESSES else presses
    return verbs.press(tx, desk, action, list(numbers), person, chat, MONDAY + 60).key


@contextmanager
def without_a_trace(tx: Connection, ticket: Ticket) -> Iterator[None]:
    """Nothing at all is written or said in this block."""
    before = _traces(tx)
    yield
    assert _traces(tx) == before
    assert store.peek(tx, ticket.id) == ticket


def is_refused(tx: Connection, attempt: Callable[[], object]) -> bool:
    try:
        with tx.begin_nested():
            attempt()
    except FirstlineError:
        return True
    return False


def _traces(tx: Connection) -> tuple[int | None, int | None]:
    said = tx.scalar(select(func.count()).select_from(outbox))
    return said, tx.scalar(select(func.count()).select_from(history))


def test_every_button_there_is_is_in_this_table() -> None:
    shown = {*presses.PRESSES, *own_ticket.PRESSES, *approval.PRESSES}
    elsewhere = {"recall", *approval.PRESSES}  # tests/stories/test_desk_conversation.py, test_approval.py
    assert set(CASES) == shown - elsewhere


@pytest.mark.parametrize("action", CASES)
def test_a_button_works_for_exactly_those_who_may(tx: Connection, shipped: Desk, action: str) -> None:
    case, done = CASES[action], set()
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for role, number in ROLES.items():
            with undoing(tx):
                try:
                    press(tx, shipped, action, who(tx, number), case.chat, (ticket.id, *case.numbers))
                    done.add(role)
                except FirstlineError:
                    assert store.peek(tx, ticket.id) == ticket
    assert done == case.may


@pytest.mark.parametrize("action", CASES)
def test_a_button_carried_elsewhere_does_nothing_for_anybody(
    tx: Connection, shipped: Desk, action: str
) -> None:
    case = CASES[action]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            person = who(tx, number)
            for chat in (*ELSEWHERE, HELPDESK if case.chat == MINE else MINE):
                numbers = (ticket.id, *case.numbers)
                attempt = partial(press, tx, shipped, action, person, chat, numbers)
                assert is_refused(tx, attempt), (number, chat)


@pytest.mark.parametrize("action", CASES)
def test_whoever_has_left_presses_in_vain(tx: Connection, shipped: Desk, action: str) -> None:
    case = CASES[action]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            gone = dataclasses.replace(who(tx, number), active=False)
            numbers = (ticket.id, *case.numbers)
            assert is_refused(tx, partial(press, tx, shipped, action, gone, case.chat, numbers))


@pytest.mark.parametrize("action", CASES)
def test_numbers_nobody_wrote_on_a_button_do_nothing(tx: Connection, shipped: Desk, action: str) -> None:
    case = CASES[action]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            person = who(tx, number)
            for numbers in ((), (999_999,), (ticket.id, 7_777, 8_888), (0, *case.numbers)):
                attempt = partial(press, tx, shipped, action, person, case.chat, numbers)
                assert is_refused(tx, attempt), (number, numbers)


@pytest.mark.parametrize("action", [action for action, case in CASES.items() if not case.again])
def test_a_replayed_button_is_refused(tx: Connection, shipped: Desk, action: str) -> None:
    case = CASES[action]
    ticket = case.make(tx, shipped)
    presser = who(tx, ROLES[sorted(case.may)[0]])
    numbers = (ticket.id, *case.numbers)
    press(tx, shipped, action, presser, case.chat, numbers)
    after = store.peek(tx, ticket.id)
    with without_a_trace(tx, after):
        assert is_refused(tx, partial(press, tx, shipped, action, presser, case.chat, numbers))


@pytest.mark.parametrize("action", CASES)
def test_a_button_of_an_ended_ticket_changes_it_no_more(tx: Connection, shipped: Desk, action: str) -> None:
    case = CASES[action]
    ticket = claimed(tx, shipped)
    actions.cancel(tx, shipped, ticket.id, who(tx, ANNA), MONDAY)
    ended = store.get(tx, ticket.id)
    for number in ROLES.values():
        try:
            with tx.begin_nested():
                press(tx, shipped, action, who(tx, number), case.chat, (ended.id, *case.numbers))
        except FirstlineError:
            pass
        now = store.peek(tx, ended.id)
        assert (now.state, now.assignee, now.team) == (ended.state, ended.assignee, ended.team)
