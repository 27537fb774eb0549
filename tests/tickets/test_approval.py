"""Approval before work: asked, reminded, passed on to a deputy, given or denied with a reason the employee reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from bot.people.access import NotAllowed
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import outbox as outbox_rows
from bot.storage.schema import people
from bot.teamdesk import cards
from bot.telegram.buttons import Approve, Deny, Inquire
from bot.telegram.outbox import OutboxRow, Outcome
from bot.tickets import approval, consent, store, unreachable
from bot.tickets.clocks import operations
from bot.tickets.ticket import Impossible, State
from tests.tickets.company import (
    ANNA,
    BORIS,
    MARINA,
    MONDAY,
    NINA,
    OLEG,
    at,
    house_of,
    opened,
    replayed,
    ring_until,
    said,
    shown,
    who,
)
from tests.units import work

BY = "approval: {by: [manager, S-2, S-6], remind: 2h, deputy: 1bd}"


@pytest.fixture(scope="module")
def strict() -> Desk:
    """The shipped desk, in which access needs the approval of Boris, and of Marina when he does not answer."""
    text = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
    plain = "    team: admins\n    solve_by: eng-account\n"
    assert text.count(plain) == 1
    text = text.replace(plain, f"{plain}    type: request\n    {BY}\n")
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    assert found.file.categories["access"].approval is not None
    return found


def asked(tx: Connection, desk: Desk, person: int = ANNA) -> int:
    return opened(
        tx, desk, person=person, category="access", team="admins", summary="Нужен доступ к папке"
    ).id


def press(tx: Connection, desk: Desk, pressed: approval.ApprovalButton, person: int) -> str:
    return approval.press(work(tx, MONDAY, desk), pressed, who(tx, person), f"person:{person}").key


def test_nobody_works_and_no_clock_runs_before_the_consent(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    assert store.get(tx, ticket).state is State.APPROVAL
    assert operations.view(tx, ticket) == {}
    assert shown(tx, f"person:{BORIS}") == {"approval"}
    assert "team_card" not in shown(tx, "team:admins")
    assert consent.names(tx, ticket) == "Boris"


def test_with_the_consent_the_promise_begins(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    assert press(tx, strict, Approve(ticket), BORIS) == "approval.approved"
    assert store.get(tx, ticket).state is State.NEW
    assert operations.view(tx, ticket)["resolution"].state == "running"
    assert "team_card" in shown(tx, "team:admins")
    assert replayed(tx, ticket) is State.NEW


@pytest.mark.parametrize("person", [ANNA, OLEG, MARINA])
def test_only_who_was_asked_can_agree(tx: Connection, strict: Desk, person: int) -> None:
    ticket = asked(tx, strict)
    with pytest.raises(NotAllowed):
        press(tx, strict, Approve(ticket), person)
    assert store.get(tx, ticket).state is State.APPROVAL


def test_a_consent_counts_once_and_only_where_it_was_asked(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    with pytest.raises(NotAllowed):
        approval.press(work(tx, MONDAY, strict), Approve(ticket), who(tx, BORIS), "team:admins")
    press(tx, strict, Approve(ticket), BORIS)
    with pytest.raises((NotAllowed, Impossible)):
        press(tx, strict, Approve(ticket), BORIS)


def test_nobody_agrees_to_their_own_request(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict, person=BORIS)
    assert list(consent.wanted(tx, ticket)) == [MARINA]


def test_the_requesters_own_manager_is_asked_first(tx: Connection, strict: Desk) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(manager="S-3"))
    assert list(consent.wanted(tx, asked(tx, strict))) == [OLEG]
    assert list(consent.wanted(tx, asked(tx, strict, person=NINA))) == [BORIS], (
        "who has none: the next in the list"
    )


def card_of(tx: Connection, strict: Desk) -> str:
    card = cards.ticket_card(work(tx, MONDAY, house_of(strict)), "ticket:1", f"person:{ANNA}")
    assert card is not None
    return card.text


def outcome(tx: Connection, strict: Desk, person: int, ended: Outcome) -> None:
    mine = (outbox_rows.c.chat == f"person:{person}") & (outbox_rows.c.card == "approval")
    row = typed.first(OutboxRow, tx.execute(select(outbox_rows).where(mine)))
    assert row is not None
    approval.heard(work(tx, MONDAY, house_of(strict)), row, ended)


def test_nobody_was_asked_before_the_question_arrived(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    assert "Передаём на согласование: Boris" in card_of(tx, strict)
    outcome(tx, strict, BORIS, Outcome("sent", 5))
    assert "Boris. Спросили сегодня в 10:00" in card_of(tx, strict)
    assert consent.wanted(tx, ticket, [consent.ASKED]) == [BORIS]


def test_a_question_that_cannot_arrive_goes_to_the_deputy_at_once(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    outcome(tx, strict, BORIS, Outcome("dead", reason="chat is not bound"))
    assert list(consent.wanted(tx, ticket)) == [BORIS, MARINA]
    assert "Передаём на согласование: Marina" in card_of(tx, strict)
    outcome(tx, strict, MARINA, Outcome("dead", reason="chat is not bound"))
    assert "сообщения туда пока не доходят" in card_of(tx, strict)
    assert "approval.unreached" in said(tx, "supervisors")


def test_an_approver_who_first_writes_later_is_shown_what_waits(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    outcome(tx, strict, BORIS, Outcome("dead", reason="chat is not bound"))
    tx.execute(delete(outbox_rows))
    unreachable.caught_up(work(tx, MONDAY, house_of(strict)), who(tx, BORIS))
    assert shown(tx, f"person:{BORIS}") == {"approval"}
    outcome(tx, strict, BORIS, Outcome("sent", 6))
    assert "Boris. Спросили" in card_of(tx, strict)
    assert press(tx, strict, Approve(ticket), BORIS) == "approval.approved"


def test_a_denial_needs_its_reason_and_ends_the_request(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    assert press(tx, strict, Deny(ticket), BORIS) == "prompt.below"
    approval.answered(work(tx, MONDAY), ticket, who(tx, BORIS), "deny", "папка закрыта")
    ended = store.get(tx, ticket)
    assert (ended.state, ended.outcome, ended.resolution) == (State.CANCELLED, "denied", "папка закрыта")
    assert replayed(tx, ticket) is State.CANCELLED


def test_a_question_goes_to_the_employee_and_the_answer_comes_back(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    press(tx, strict, Inquire(ticket), BORIS)
    approval.answered(work(tx, MONDAY), ticket, who(tx, BORIS), "inquire", "Зачем?")
    assert "approval.question" in said(tx, f"person:{ANNA}")
    approval.answered(work(tx, MONDAY), ticket, who(tx, ANNA), f"inform:{BORIS}", "Для отчёта")
    assert "approval.answer" in said(tx, f"person:{BORIS}")


def test_silence_is_reminded_and_then_passed_on_to_the_deputy(tx: Connection, strict: Desk) -> None:
    ticket = asked(tx, strict)
    ring_until(tx, strict, at("2026-11-23 12:30"))
    assert list(consent.wanted(tx, ticket)) == [BORIS]
    ring_until(tx, strict, at("2026-11-24 12:00"))
    assert list(consent.wanted(tx, ticket)) == [BORIS, MARINA]
    ring_until(tx, strict, at("2026-11-27 12:00"))
    assert "approval.stuck" in said(tx, "supervisors")
    press(tx, strict, Approve(ticket), MARINA)
    assert store.get(tx, ticket).state is State.NEW


def test_a_manager_who_is_not_in_the_directory_does_not_open_the_gate(tx: Connection, strict: Desk) -> None:
    text = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
    plain = "    team: admins\n    solve_by: eng-account\n"
    only = text.replace(plain, f"{plain}    approval: {{by: [manager], remind: 2h, deputy: 1bd}}\n")
    desk, _ = load_desk("desk.yaml", only)
    assert desk is not None
    tx.execute(update(people).where(people.c.id == ANNA).values(manager="S-99"))
    ticket = asked(tx, desk)
    assert store.get(tx, ticket).state is State.APPROVAL
    assert list(consent.wanted(tx, ticket)) == [MARINA], "the supervisor decides"
