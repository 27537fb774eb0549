"""Another policy on the desk's own history: the same work, other promises."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bot.escalation.replay import Line, replay
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.tickets import clocks
from tests.escalation.company import at, opened

MONDAY = at("2026-11-23 10:00")
HOUR = 3600
SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")


def other(old: str, new: str) -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.replace(old, new, 1))
    assert found is not None, complaints
    return found


def lived(tx: Connection, desk: Desk) -> None:
    """Two tickets: one solved after two hours, the other after eighteen working hours, paused for a night between."""
    for hours in (2, 50):
        ticket = opened(tx, desk, MONDAY)
        clocks.claimed(tx, desk, ticket.id, MONDAY + 600)
        clocks.replied(tx, desk, ticket.id, MONDAY + 1200)
        clocks.resolved(tx, desk, ticket.id, MONDAY + hours * HOUR)


def test_the_same_desk_gives_the_history_as_it_was(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    resolution = next(line for line in replay(tx, shipped) if line.kind == "resolution")
    assert resolution == Line("P3", "resolution", 2, 1, 1, 0)


def test_a_looser_and_a_tighter_policy_show_what_they_would_have_done(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    loose = replay(tx, other("resolution: 2bd", "resolution: 9bd"))
    tight = replay(tx, other("resolution: 2bd", "resolution: 2h 1s"))
    none = replay(tx, other("targets: {claim: 1h, response: 2h", "targets: {response: 2h"))
    assert [line.would_keep for line in loose if line.kind == "resolution"] == [2]
    assert [line.would_keep for line in tight if line.kind == "resolution"] == [1]
    assert [(line.would_keep, line.without) for line in none if line.kind == "claim"] == [(0, 2)]


def test_a_desk_without_history_has_nothing_to_say(tx: Connection, shipped: Desk) -> None:
    assert replay(tx, shipped) == []
