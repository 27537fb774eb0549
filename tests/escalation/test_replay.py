"""Another policy on the desk's own history: the same work, other promises."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import typer
from sqlalchemy import Connection, insert
from typer.testing import CliRunner

from bot.escalation import cli
from bot.escalation.replay import ReplayLine, replay
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.storage.schema import people
from bot.tickets.clocks import operations
from tests.escalation.company import at, opened
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600
APP = typer.Typer()
APP.command()(cli.rehearse)
SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")


def other(old: str, new: str) -> Desk:
    found, complaints = load_desk("desk.yaml", SHIPPED.replace(old, new, 1))
    assert found is not None, complaints
    return found


def lived(tx: Connection, desk: Desk) -> None:
    """Two tickets: one solved after two hours, the other after eighteen working hours, paused for a night between."""
    for hours in (2, 50):
        ticket = opened(tx, desk, MONDAY)
        operations.claimed(work(tx, 0, desk), ticket.id, MONDAY + 600)
        operations.replied(work(tx, 0, desk), ticket.id, MONDAY + 1200)
        operations.resolved(work(tx, 0, desk), ticket.id, MONDAY + hours * HOUR)


def test_the_same_desk_gives_the_history_as_it_was(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    resolution = next(line for line in replay(tx, shipped, "priority") if line.kind == "resolution")
    assert resolution == ReplayLine("P3", "resolution", 2, 1, 1, 0)


def test_a_looser_and_a_tighter_policy_show_what_they_would_have_done(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    loose = replay(tx, other("resolution: 2bd", "resolution: 9bd"), "priority")
    tight = replay(tx, other("resolution: 2bd", "resolution: 2h 1s"), "priority")
    none = replay(tx, other("targets: {claim: 1h, response: 2h", "targets: {response: 2h"), "priority")
    assert [line.would_keep for line in loose if line.kind == "resolution"] == [2]
    assert [line.would_keep for line in tight if line.kind == "resolution"] == [1]
    assert [(line.would_keep, line.without) for line in none if line.kind == "claim"] == [(0, 2)]


def test_a_desk_without_history_has_nothing_to_say(tx: Connection, shipped: Desk) -> None:
    assert replay(tx, shipped, "priority") == []


def test_the_figures_are_told_by_rule_and_by_class(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    moved = other(
        "  - id: default",
        "  - id: print\n    when: {category: printing}\n    calendar: office\n"
        "    targets: {response: 1m, resolution: 9bd}\n    chain: standard\n  - id: default",
    )
    by_rule = {line.kind: line for line in replay(tx, moved, "rule") if line.group == "print"}
    assert (by_rule["resolution"].kept, by_rule["resolution"].would_keep) == (1, 2)
    assert (by_rule["response"].kept, by_rule["response"].would_keep) == (2, 0)
    assert {line.group for line in replay(tx, shipped, "class")} == {"standard"}


async def test_the_command_replays_a_desks_own_database(
    database_url: str, tmp_path: Path, shipped: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_database(database_url)
    await db.run(_company_of_one, shipped)
    await db.close()
    file = tmp_path / "other.yaml"
    file.write_text(SHIPPED.replace("resolution: 2bd", "resolution: 9bd", 1), "utf-8")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LANGUAGE", "en")
    done = await asyncio.to_thread(CliRunner().invoke, APP, ["--desk", str(file)])
    assert done.exit_code == 0, done.output
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert "By the classes of the other file:" in lines
    assert lines.count("default · Resolve: 2 promises, kept 50 %, would be 100 % (not promised: 0)") == 1
    assert lines.count("standard · Resolve: 2 promises, kept 50 %, would be 100 % (not promised: 0)") == 1


def _company_of_one(tx: Connection, desk: Desk) -> None:
    tx.execute(insert(people).values(id=1, staff_id="S-1", name="Anna", roles=[], profile={}))
    lived(tx, desk)
