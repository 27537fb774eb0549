"""A chain that says "at 150 % tell the head": when they read it, and what neither silences nor stops it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.tickets.clocks import operations
from tests.escalation.company import PAVEL, alerts_of, at, keys, opened, ring, ring_until, shipped_with
from tests.units import work

MONDAY, HOUR = at("2026-11-23 09:00"), 3600
LOUDER = "      - {at: 100, to: [assignee_or_team, team_lead, supervisor]}\n"
DESK = shipped_with(
    (LOUDER, LOUDER + "      - {at: 150, to: [head], clocks: [resolution]}\n"),
    ("targets: {claim: 1h, response: 2h, resolution: 2bd}", "targets: {resolution: 4h}"),
)
HEAD = f"person:{PAVEL}"


def heard(tx: Connection, chat: str) -> list[str]:
    return [row.key for row in alerts_of(tx, chat)]


def test_the_head_hears_of_a_ticket_at_half_a_target_past_its_deadline(tx: Connection) -> None:
    opened(tx, DESK, MONDAY)
    ring_until(tx, DESK, MONDAY + 6 * HOUR - 1)
    assert heard(tx, HEAD) == []
    ring_until(tx, DESK, MONDAY + 6 * HOUR)
    assert heard(tx, HEAD) == ["150"]
    assert "150" not in heard(tx, "supervisors")


def test_taking_control_silences_repeats_and_not_what_is_past_the_target(tx: Connection) -> None:
    ticket = opened(tx, DESK, MONDAY)
    ring_until(tx, DESK, MONDAY + 5 * HOUR)
    operations.silenced(work(tx, 0, DESK), ticket.id, 20 * HOUR, MONDAY + 5 * HOUR)
    ring_until(tx, DESK, MONDAY + 9 * HOUR)
    assert heard(tx, HEAD) == ["150"]
    assert "over:1" not in heard(tx, "supervisors")


def test_repeats_go_on_after_a_share_past_the_target_was_passed_with_them(tx: Connection) -> None:
    """After an outage both are due at once; the head hears the share, the supervisors the repeat, and then the next."""
    opened(tx, DESK, MONDAY)
    ring_until(tx, DESK, MONDAY + 4 * HOUR)
    ring(tx, DESK, MONDAY + 7 * HOUR)
    assert heard(tx, HEAD) == ["150"]
    assert heard(tx, "supervisors") == ["100", "over:1"]
    ring_until(tx, DESK, MONDAY + 9 * HOUR)
    assert heard(tx, "supervisors") == ["100", "over:1", "over:2"]


def test_a_whole_outage_announces_the_breach_and_what_is_past_it_once_each(tx: Connection) -> None:
    opened(tx, DESK, MONDAY)
    ring(tx, DESK, MONDAY + 8 * HOUR)
    assert heard(tx, HEAD) == ["150"]
    assert keys(tx, kind="resolution") == ["resolution 100", "resolution 150"]
