"""desk.yaml files of former versions give the same clocks and levels as they did then.

`former/v0_1.yaml` was shipped with version 0.1, `v0_2.yaml` after it; the lines beside them were written by this
program on the day before rules got seasons, workarounds and calendars for single clocks. They are never written again.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import schema
from bot.tickets.clocks import operations
from tests.escalation.company import CAST, CHATS, at, changed, opened
from tests.undone import Run
from tests.units import work

FORMER = Path(__file__).parent / "former"
FIRST, LAST = at("2026-10-26 00:00"), at("2026-12-24 23:00")
TICKETS, ACTS, DAY = 60, 4, 86_400
TYPES, PRIORITIES = ("incident", "request"), ("P1", "P2", "P3", "P4")
ACT = ("claimed", "replied", "asked", "prioritized", "handed", "resolved", "put_back", "reopened")


def lived(tx: Connection, desk: Desk) -> list[str]:
    """Every clock of some tickets as a line: its calendar, target, due time, and the levels that wait or were passed."""
    random = Random(2026)
    for _ in range(TICKETS):
        now = random.randint(FIRST, LAST)
        category = random.choice(sorted(desk.categories))
        facts = {"category": category, "team": desk.category(category).team}
        facts |= {"type": random.choice(TYPES), "priority": random.choice(PRIORITIES)}
        ticket = opened(tx, desk, now, **facts)
        for _ in range(ACTS):
            now += random.randint(60, DAY)
            act, priority, team = (random.choice(some) for some in (ACT, PRIORITIES, sorted(desk.teams)))
            unit = work(tx, now, desk)
            match act:
                case "asked":
                    operations.paused(unit, ticket.id, "waiting_user", now)
                    now += random.randint(60, DAY)
                    operations.resumed(work(tx, now, desk), ticket.id, now)
                case "prioritized":
                    ticket = changed(tx, ticket, priority=priority)
                    operations.retargeted(unit, ticket, now)
                case "handed":
                    operations.handed(unit, ticket, team, now)
                case _:
                    getattr(operations, act)(unit, ticket.id, now)
    return [_line(tx, row) for row in tx.execute(select(schema.clocks).order_by(schema.clocks.c.id))]


def _line(tx: Connection, row: Row[Any]) -> str:
    timers = schema.timers.c
    mine = (timers.kind == "sla") & (timers.ref == f"clock:{row.id}")
    levels = tx.execute(
        select(timers.key, timers.fire_at, timers.state).where(mine).order_by(timers.fire_at, timers.key)
    )
    names = (
        "ticket",
        "kind",
        "scope",
        "rule",
        "calendar",
        "target_s",
        "state",
        "consumed_s",
        "due_at",
        "outcome",
    )
    facts = [getattr(row, name) for name in names]
    return (
        ",".join(map(str, facts))
        + ";"
        + " ".join(f"{key}@{fire_at}={state}" for key, fire_at, state in levels)
    )


@pytest.mark.parametrize("name", ["v0_1", "v0_2"])
def test_a_former_desk_file_gives_the_clocks_that_it_gave_then(shared_sqlite: Run, name: str) -> None:
    desk, complaints = load_desk(f"{name}.yaml", (FORMER / f"{name}.yaml").read_text("utf-8"))
    assert desk is not None, complaints
    found: list[str] = []
    shared_sqlite(lambda tx: found.extend(lived(tx, desk)), CAST, CHATS)
    assert found == (FORMER / f"{name}.clocks.csv").read_text("utf-8").splitlines()
    assert len(found) > 3 * TICKETS
