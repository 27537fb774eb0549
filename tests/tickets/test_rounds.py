"""Turns: a new ticket is offered to the next one on shift, handed on when it is not taken, and never to somebody away."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import history
from bot.tickets import absence, actions, store
from tests.tickets.company import (
    HELPDESK,
    MONDAY,
    OLEG,
    PETR,
    SVETA,
    at,
    claimed,
    opened,
    ring_until,
    said,
    who,
)


@pytest.fixture(scope="module")
def turns() -> Desk:
    """The shipped desk, whose helpdesk takes turns."""
    text = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
    free = 'helpdesk: {title: {ru: "Первая линия", en: "Helpdesk"}}'
    assert text.count(free) == 1
    found, complaints = load_desk("desk.yaml", text.replace(free, f"{free[:-1]}, assignment: round_robin}}"))
    assert found is not None, complaints
    return found


def offered(tx: Connection, ticket: int) -> list[int]:
    """Whom a ticket was offered to, in this order."""
    mine = (history.c.ticket == ticket) & (history.c.action == "offer")
    return [
        data["engineer"] for data in tx.scalars(select(history.c.data).where(mine).order_by(history.c.id))
    ]


def test_new_tickets_go_round_among_those_on_shift(tx: Connection, turns: Desk) -> None:
    tickets = [opened(tx, turns) for _ in range(4)]
    assert [offered(tx, ticket.id) for ticket in tickets] == [[OLEG], [SVETA], [PETR], [OLEG]]
    assert said(tx, HELPDESK).count("round.yours") == 4


def test_what_is_not_taken_in_a_quarter_of_the_time_is_offered_to_the_next(
    tx: Connection, turns: Desk
) -> None:
    ticket = opened(tx, turns)
    ring_until(tx, turns, at("2026-11-23 10:14"))
    assert offered(tx, ticket.id) == [OLEG]
    ring_until(tx, turns, at("2026-11-23 10:15"))
    assert offered(tx, ticket.id) == [OLEG, SVETA]
    ring_until(tx, turns, at("2026-11-23 12:00"))
    assert offered(tx, ticket.id) == [OLEG, SVETA, PETR], "everybody once: the reminders of the promise go on"


def test_a_taken_ticket_is_offered_to_nobody(tx: Connection, turns: Desk) -> None:
    ticket = opened(tx, turns)
    actions.claim(tx, turns, ticket.id, who(tx, PETR), MONDAY)
    ring_until(tx, turns, at("2026-11-23 12:00"))
    assert offered(tx, ticket.id) == [OLEG]
    assert store.get(tx, ticket.id).assignee == PETR


def test_whoever_is_away_has_no_turn_and_what_they_had_goes_on(tx: Connection, turns: Desk) -> None:
    ticket = claimed(tx, turns)
    absence.end_shift(tx, turns, who(tx, OLEG), "до завтра", MONDAY)
    assert offered(tx, ticket.id) == [OLEG, SVETA]
    assert store.get(tx, ticket.id).assignee is None
    assert [offered(tx, opened(tx, turns).id) for _ in range(2)] == [[PETR], [SVETA]]


def test_a_free_team_calls_nobody(tx: Connection, shipped: Desk) -> None:
    assert offered(tx, opened(tx, shipped).id) == []
