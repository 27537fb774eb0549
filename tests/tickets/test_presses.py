"""Every button by everyone: done where the table allows it, refused without a trace elsewhere (T5, T9, P16)."""

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
from bot.problems import extents
from bot.problems.buttons import TakeApart
from bot.sla.policy import Desk
from bot.storage.schema import history, outbox
from bot.telegram.buttons import (
    AcceptExtent,
    AddComment,
    AgreeToDay,
    AskEmployee,
    Assign,
    Button,
    CallAssignee,
    CancelSurely,
    CancelTicket,
    Claim,
    CloseMenu,
    Confirm,
    ConfirmExtent,
    DeclareOutage,
    DeclineDay,
    DenyExtent,
    GiveBack,
    HandTo,
    HowToWrite,
    KeepAssignee,
    KeepTicket,
    Mute,
    OfferWorkaround,
    OfTicket,
    OpenEngineers,
    OpenMore,
    OpenMute,
    OpenPriorities,
    OpenReplies,
    OpenTeams,
    RateTicket,
    Recall,
    Reject,
    ReopenTicket,
    Resolve,
    Schedule,
    SendReply,
    SetCause,
    SetPriority,
    ShowSimilar,
    ShowTicket,
    ShowWhy,
    TakeControl,
    parse,
)
from bot.telegram.desk.buttons import (
    OpenDraft,
    ProposeMoment,
    SayLevelOne,
    SendDraft,
    SendReplyNow,
    ShowWhyWhole,
    TypeMoment,
)
from bot.telegram.former_buttons import FormerCause, FormerPriority, FormerReply, FormerTeam
from bot.tickets import actions, planning, store
from bot.tickets.ticket import Ticket
from tests import pressing
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
    said,
    who,
)
from tests.undone import undoing
from tests.units import work

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
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "")
    return store.get(tx, ticket.id)


def proposed(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    planning.propose_day(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "+3")
    return store.get(tx, ticket.id)


def widened(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    extents.hear(work(tx, MONDAY, desk), ticket, "не работает у всех на этаже, работа стоит")
    extents.answer(work(tx, MONDAY, desk), ticket.id, who(tx, ANNA), extents.YES)
    return store.get(tx, ticket.id)


def _name(kind: type[OfTicket]) -> str:
    return kind.__name__


@dataclass(frozen=True)
class Case:
    """A button: its ticket, chat and data; who may press; whether it may be repeated."""

    make: Maker
    chat: str
    may: set[str]
    more: tuple[int | str, ...] = ()
    again: bool = False


CASES: dict[type[OfTicket], Case] = {
    Claim: Case(opened, HELPDESK, TEAM, again=True),
    AskEmployee: Case(claimed, HELPDESK, MASTERS, again=True),
    Resolve: Case(claimed, HELPDESK, MASTERS),
    OpenTeams: Case(claimed, HELPDESK, STAFF, again=True),
    OpenMore: Case(claimed, HELPDESK, STAFF, again=True),
    HandTo: Case(claimed, HELPDESK, STAFF, ("network",), again=True),
    OpenPriorities: Case(claimed, HELPDESK, STAFF, again=True),
    AcceptExtent: Case(widened, HELPDESK, STAFF, again=True),
    SetPriority: Case(claimed, HELPDESK, STAFF, ("P1",), again=True),
    Schedule: Case(claimed, HELPDESK, MASTERS, again=True),
    GiveBack: Case(claimed, HELPDESK, STAFF, again=True),
    OpenReplies: Case(claimed, HELPDESK, STAFF, again=True),
    SendReply: Case(claimed, HELPDESK, STAFF, ("look",), again=True),
    SendReplyNow: Case(claimed, HELPDESK, STAFF, ("look",), again=True),
    OpenDraft: Case(claimed, HELPDESK, STAFF, (7,), again=True),
    SendDraft: Case(claimed, HELPDESK, STAFF, (7,), again=True),
    ProposeMoment: Case(claimed, HELPDESK, MASTERS, (MONDAY + 7200,), again=True),
    TypeMoment: Case(claimed, HELPDESK, MASTERS, again=True),
    ShowSimilar: Case(claimed, HELPDESK, STAFF, again=True),
    SayLevelOne: Case(resolved, HELPDESK, MASTERS, (1,), again=True),
    SetCause: Case(resolved, HELPDESK, MASTERS, ("broken",), again=True),
    OpenMute: Case(claimed, CHIEF, {"supervisor"}, again=True),
    Mute: Case(claimed, CHIEF, {"supervisor"}, (60,), again=True),
    CloseMenu: Case(claimed, HELPDESK, STAFF, again=True),
    ShowWhy: Case(claimed, CHIEF, STAFF, again=True),
    ShowWhyWhole: Case(claimed, CHIEF, STAFF, again=True),
    TakeControl: Case(claimed, CHIEF, {"supervisor"}, again=True),
    CallAssignee: Case(claimed, CHIEF, {"supervisor"}, again=True),
    OpenEngineers: Case(claimed, CHIEF, {"supervisor", "lead"}, again=True),
    Assign: Case(claimed, CHIEF, {"supervisor", "lead"}, (PETR,), again=True),
    KeepAssignee: Case(claimed, CHIEF, {"supervisor", "lead"}, again=True),
    FormerTeam: Case(claimed, HELPDESK, STAFF, (1,), again=True),
    FormerPriority: Case(claimed, HELPDESK, STAFF, (0,), again=True),
    FormerReply: Case(claimed, HELPDESK, STAFF, (0,), again=True),
    FormerCause: Case(resolved, HELPDESK, MASTERS, (0,), again=True),
    Confirm: Case(resolved, MINE, {"requester"}),
    Reject: Case(resolved, MINE, {"requester"}),
    CancelTicket: Case(claimed, MINE, {"requester"}, again=True),
    CancelSurely: Case(claimed, MINE, {"requester"}),
    KeepTicket: Case(claimed, MINE, {"requester"}, again=True),
    RateTicket: Case(closed, MINE, {"requester"}, (5,), again=True),
    AddComment: Case(closed, MINE, {"requester"}, again=True),
    ReopenTicket: Case(closed, MINE, {"requester"}),
    HowToWrite: Case(claimed, MINE, {"requester"}, again=True),
    ShowTicket: Case(claimed, MINE, {"requester"}, again=True),
    AgreeToDay: Case(proposed, MINE, {"requester"}, again=True),
    DeclineDay: Case(proposed, MINE, {"requester"}, again=True),
    ConfirmExtent: Case(widened, MINE, {"requester"}, again=True),
    DenyExtent: Case(widened, MINE, {"requester"}, again=True),
}
ELSEWHERE = (
    NETWORK,
    f"person:{BORIS}",
    "admins",
    None,
)  # a forwarded card, a stolen one, a message we cannot see


def press(tx: Connection, desk: Desk, pressed: Button, person: Person, chat: str | None) -> str:
    """What the presser reads when it is done."""
    return pressing.press(work(tx, MONDAY + 60, desk), pressed, person, chat).key


@contextmanager
def without_a_trace(tx: Connection, ticket: Ticket) -> Iterator[None]:
    """Nothing is written or sent in this block."""
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
    shown = {*pressing.TEAMS, *pressing.OWN, *pressing.CONSENT}
    # stories/test_desk_conversation.py, test_mass_incident.py, test_approval.py, test_workaround.py,
    # problems/test_major_incidents.py
    elsewhere = {Recall, DeclareOutage, OfferWorkaround, TakeApart, *pressing.CONSENT}
    assert set(CASES) == shown - elsewhere


@pytest.mark.parametrize("kind", CASES, ids=_name)
def test_a_button_works_for_exactly_those_who_may(
    tx: Connection, shipped: Desk, kind: type[OfTicket]
) -> None:
    case, done = CASES[kind], set()
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for role, number in ROLES.items():
            with undoing(tx):
                try:
                    press(tx, shipped, kind(ticket.id, *case.more), who(tx, number), case.chat)
                    done.add(role)
                except FirstlineError:
                    assert store.peek(tx, ticket.id) == ticket
    assert done == case.may


@pytest.mark.parametrize("kind", CASES, ids=_name)
def test_a_button_carried_elsewhere_does_nothing_for_anybody(
    tx: Connection, shipped: Desk, kind: type[OfTicket]
) -> None:
    case = CASES[kind]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            person = who(tx, number)
            for chat in (*ELSEWHERE, HELPDESK if case.chat == MINE else MINE):
                attempt = partial(press, tx, shipped, kind(ticket.id, *case.more), person, chat)
                assert is_refused(tx, attempt), (number, chat)


@pytest.mark.parametrize("kind", CASES, ids=_name)
def test_whoever_has_left_presses_in_vain(tx: Connection, shipped: Desk, kind: type[OfTicket]) -> None:
    case = CASES[kind]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            gone = dataclasses.replace(who(tx, number), active=False)
            pressed = kind(ticket.id, *case.more)
            assert is_refused(tx, partial(press, tx, shipped, pressed, gone, case.chat))


@pytest.mark.parametrize("kind", CASES, ids=_name)
def test_numbers_nobody_wrote_on_a_button_do_nothing(
    tx: Connection, shipped: Desk, kind: type[OfTicket]
) -> None:
    case = CASES[kind]
    ticket = case.make(tx, shipped)
    with without_a_trace(tx, ticket):
        for number in ROLES.values():
            person = who(tx, number)
            for forged in ((), (999_999,), (ticket.id, 7_777, 8_888), (0, *case.more), (999_999, *case.more)):
                pressed = parse("|".join([kind.sign, *map(str, forged)]))
                if pressed is not None:
                    attempt = partial(press, tx, shipped, pressed, person, case.chat)
                    assert is_refused(tx, attempt), (number, forged)


@pytest.mark.parametrize("kind", [kind for kind, case in CASES.items() if not case.again], ids=_name)
def test_a_replayed_button_is_refused(tx: Connection, shipped: Desk, kind: type[OfTicket]) -> None:
    case = CASES[kind]
    ticket = case.make(tx, shipped)
    presser = who(tx, ROLES[sorted(case.may)[0]])
    pressed = kind(ticket.id, *case.more)
    press(tx, shipped, pressed, presser, case.chat)
    after = store.peek(tx, ticket.id)
    with without_a_trace(tx, after):
        assert is_refused(tx, partial(press, tx, shipped, pressed, presser, case.chat))


@pytest.mark.parametrize("kind", CASES, ids=_name)
def test_a_button_of_an_ended_ticket_changes_it_no_more(
    tx: Connection, shipped: Desk, kind: type[OfTicket]
) -> None:
    case = CASES[kind]
    ticket = claimed(tx, shipped)
    actions.cancel(work(tx, MONDAY, shipped), ticket.id, who(tx, ANNA))
    ended = store.get(tx, ticket.id)
    for number in ROLES.values():
        try:
            with tx.begin_nested():
                press(tx, shipped, kind(ended.id, *case.more), who(tx, number), case.chat)
        except FirstlineError:
            pass
        now = store.peek(tx, ended.id)
        assert (now.state, now.assignee, now.team) == (ended.state, ended.assignee, ended.team)


def test_one_tap_on_cancel_cancels_nothing(tx: Connection, shipped: Desk) -> None:
    ticket, anna = claimed(tx, shipped), who(tx, ANNA)
    assert press(tx, shipped, CancelTicket(ticket.id), anna, MINE) == "cancel.below"
    assert store.get(tx, ticket.id).is_open
    assert said(tx, MINE)[-1] == "cancel.ask"
    press(tx, shipped, CancelSurely(ticket.id), anna, MINE)
    assert not store.get(tx, ticket.id).is_open
