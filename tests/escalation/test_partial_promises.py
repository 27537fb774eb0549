"""Rules that promise only a response, or only a resolution: the other clock does not exist."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.keys import PersonChat
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.teamdesk import cards
from bot.tickets.clocks import operations
from tests.escalation.company import (
    ANNA,
    SHIPPED,
    alerts_of,
    at,
    changed,
    house_of,
    opened,
    ring_until,
    shipped_with,
)
from tests.units import work

MONDAY, HOUR = at("2026-11-23 10:00"), 3600
DEFAULT = "targets: {claim: 1h, response: 2h, resolution: 2bd}"


def promising(targets: str) -> Desk:
    return shipped_with((DEFAULT, f"targets: {targets}"))


def card(tx: Connection, desk: Desk, now: int) -> str:
    drawing = cards.ticket_card(work(tx, now, house_of(desk)), "ticket:1", PersonChat(ANNA))
    assert drawing is not None
    return drawing.text


def test_a_rule_may_promise_a_response_and_nothing_else(tx: Connection) -> None:
    desk = promising("{response: 2h}")
    ticket = opened(tx, desk, MONDAY)
    assert set(operations.view(tx, ticket.id)) == {"response"}
    text = card(tx, desk, MONDAY)
    assert "Ответим сегодня до 12:00" in text
    assert "Решим" not in text
    ring_until(tx, desk, MONDAY + 2 * HOUR)
    assert "100" in [row.key for row in alerts_of(tx, "supervisors")]
    assert "не успели" in card(tx, desk, MONDAY + 2 * HOUR + 60)
    operations.replied(work(tx, 0, desk), ticket.id, MONDAY + 3 * HOUR)
    operations.paused(work(tx, 0, desk), ticket.id, "waiting_user", MONDAY + 3 * HOUR)
    operations.resumed(work(tx, 0, desk), ticket.id, MONDAY + 4 * HOUR)
    operations.resolved(work(tx, 0, desk), ticket.id, MONDAY + 5 * HOUR)
    operations.reopened(work(tx, 0, desk), ticket.id, MONDAY + 6 * HOUR)
    assert operations.view(tx, ticket.id)["response"].state == "stopped"


def test_a_rule_may_promise_a_resolution_and_nothing_else(tx: Connection) -> None:
    desk = promising("{resolution: 4h}")
    ticket = opened(tx, desk, MONDAY)
    assert set(operations.view(tx, ticket.id)) == {"resolution"}
    text = card(tx, desk, MONDAY)
    assert "Решим сегодня до 14:00" in text
    assert "Ответим" not in text


def test_a_priority_that_promises_more_begins_the_missing_clock(tx: Connection) -> None:
    desk = promising("{response: 2h}")
    ticket = opened(tx, desk, MONDAY)
    ticket = changed(tx, ticket, priority="P2")
    operations.retargeted(work(tx, 0, desk), ticket, MONDAY + HOUR)
    assert operations.view(tx, ticket.id)["resolution"].due_at == MONDAY + HOUR + 7 * HOUR + 16 * HOUR
    ticket = changed(tx, ticket, priority="P3")
    operations.retargeted(work(tx, 0, desk), ticket, MONDAY + 2 * HOUR)
    assert operations.view(tx, ticket.id)["resolution"].state == "cancelled"


def test_a_ticket_without_a_resolution_clock_may_be_put_back(tx: Connection) -> None:
    desk = promising("{claim: 1h, response: 2h}")
    ticket = opened(tx, desk, MONDAY)
    operations.claimed(work(tx, 0, desk), ticket.id, MONDAY + 60)
    operations.put_back(work(tx, 0, desk), ticket.id, MONDAY + HOUR)
    assert operations.view(tx, ticket.id)["claim"].due_at == MONDAY + 2 * HOUR


def test_a_rule_without_a_target_is_a_fault() -> None:
    _, complaints = load_desk("desk.yaml", SHIPPED.replace(DEFAULT, "targets: {}", 1))
    assert "E345" in [one.code for one in complaints]
