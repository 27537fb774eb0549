"""An alert that comes later than its deadline gives the reason: an outage, a corrected calendar, a changed rule."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from bot.sla.policy import Desk
from bot.storage.schema import timers
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.clocks.clock_rows import LateReason
from tests.escalation.company import at, drawn, keys, opened, ring, ring_until, shipped_with
from tests.units import work

MONDAY, LATER = at("2026-11-23 10:00"), at("2026-11-24 17:30")
REASONS = {LateReason.OUTAGE: "недоступен", LateReason.CALENDAR: "календарь", LateReason.RULE: "правило"}


def said_at(tx: Connection, desk: Desk, now: int) -> str:
    [card] = drawn(tx, desk, "supervisors", now)
    return card.text


def test_a_breach_that_a_corrected_calendar_makes_is_not_blamed_on_an_outage(
    tx: Connection, shipped: Desk
) -> None:
    covers = "    covers: {from: 2025-01-01, to: 2027-12-31}"
    desk = shipped_with((covers, f"    overrides: {{2026-11-24: []}}\n{covers}"))
    ticket = opened(tx, desk, MONDAY)
    operations.claimed(work(tx, MONDAY, desk), ticket.id, MONDAY)
    operations.replied(work(tx, MONDAY, desk), ticket.id, MONDAY)
    ring_until(tx, desk, LATER)
    assert operations.view(tx, ticket.id)["resolution"].due_at == at("2026-11-25 17:00")
    assert revised_eta.recount(work(tx, LATER, shipped)) == 1
    ring(tx, shipped, LATER)
    assert "resolution 100" in keys(tx)
    text = said_at(tx, shipped, LATER)
    assert REASONS[LateReason.CALENDAR] in text
    assert REASONS[LateReason.OUTAGE] not in text


def test_a_breach_that_the_bot_slept_through_is_blamed_on_the_outage(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    ring(tx, shipped, MONDAY + 3 * 3600)
    assert REASONS[LateReason.OUTAGE] in said_at(tx, shipped, MONDAY + 3 * 3600)


@pytest.mark.parametrize("reason", list(LateReason))
def test_every_reason_has_its_words(tx: Connection, shipped: Desk, reason: LateReason) -> None:
    opened(tx, shipped, MONDAY)
    tx.execute(update(timers).where(timers.c.key == "100").values(reason=reason))
    ring(tx, shipped, MONDAY + 3 * 3600)
    text = said_at(tx, shipped, MONDAY + 3 * 3600)
    assert [one for one, words in REASONS.items() if words in text] == [reason]
