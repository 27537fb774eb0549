"""A supervisor voids a breach with a reason: it stays in the history, and no longer counts."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.escalation.why import why
from bot.people import directory
from bot.people.access import NotAllowed
from bot.sla.policy import Desk
from bot.storage import schema
from bot.texts import speak
from bot.tickets import voiding
from bot.tickets.actions import NoWords
from bot.tickets.clocks import clock_rows, operations
from tests.escalation.company import MARINA, OLEG, at, opened, ring_until
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def late(tx: Connection, desk: Desk) -> int:
    """Taken and answered after three hours, both promises broken; solved in time."""
    ticket = opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + 3 * HOUR)
    operations.claimed(work(tx, 0, desk), ticket.id, MONDAY + 3 * HOUR)
    operations.replied(work(tx, 0, desk), ticket.id, MONDAY + 3 * HOUR)
    operations.resolved(work(tx, 0, desk), ticket.id, MONDAY + 4 * HOUR)
    return ticket.id


def reasons(tx: Connection, ticket_id: int) -> dict[str, str | None]:
    return {one.clock.kind: one.clock.void_reason for one in clock_rows.of_ticket(tx, ticket_id)}


def test_all_breaches_of_a_ticket_are_lifted_with_the_reason(tx: Connection, shipped: Desk) -> None:
    number, marina = late(tx, shipped), directory.get(tx, MARINA)
    line = voiding.void(work(tx, MONDAY + 5 * HOUR), number, marina, "fire drill")
    assert (line.key, line.facts["count"]) == ("void.done", 2)
    assert reasons(tx, number) == {"claim": "fire drill", "response": "fire drill", "resolution": None}
    [deed] = tx.execute(select(schema.history).where(schema.history.c.action == "void")).all()
    assert (deed.actor, deed.data["reason"]) == (f"person:{MARINA}", "fire drill")
    said = why(tx, shipped, number, speak.voice("en"), MONDAY + 5 * HOUR)
    assert "fire drill" in said
    assert "⚠️" not in said  # the rows still follow from their history
    assert voiding.void(work(tx, MONDAY + 5 * HOUR), number, marina, "again").key == "void.nothing"


def test_one_promise_can_be_named(tx: Connection, shipped: Desk) -> None:
    number = late(tx, shipped)
    voiding.void(work(tx, MONDAY + 5 * HOUR), number, directory.get(tx, MARINA), "claim fire drill")
    assert reasons(tx, number) == {"claim": "fire drill", "response": None, "resolution": None}


def test_what_still_runs_late_cannot_be_lifted_yet(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    marina = directory.get(tx, MARINA)
    assert voiding.void(work(tx, MONDAY + HOUR), ticket.id, marina, "fire drill").key == "void.running"
    assert reasons(tx, ticket.id)["claim"] is None


def test_nobody_but_a_supervisor_lifts_a_breach_and_never_without_a_reason(
    tx: Connection, shipped: Desk
) -> None:
    number = late(tx, shipped)
    with pytest.raises(NotAllowed):
        voiding.void(work(tx, MONDAY + 5 * HOUR), number, directory.get(tx, OLEG), "please")
    for words in ("", "claim"):
        with pytest.raises(NoWords):
            voiding.void(work(tx, MONDAY + 5 * HOUR), number, directory.get(tx, MARINA), words)
