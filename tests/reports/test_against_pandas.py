"""Every measure of a year of tickets equals what pandas computes from the same rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from benchmarks.year import fill
from bot.reports.insight.days import period_of
from bot.reports.insight.figures import CostLine, Measured, Spread
from bot.reports.insight.measuring import measured
from bot.sla.policy import Desk
from tests.databases import copied_sqlite
from tests.reports.year_in_pandas import figures
from tests.undone import shipped

__all__ = ["shipped"]
TICKETS = 5_000
CLOSE = 0.005


def of_a_year(file: Path, desk: Desk, how_many: int) -> tuple[Measured, dict[str, Any]]:
    copied_sqlite(file)
    with closing(sqlite3.connect(file)) as database, database:
        fill(database, how_many)
    period = period_of(desk, date(2025, 1, 1), date(2025, 12, 31))
    with closing(create_engine(f"sqlite:///{file}").connect()) as tx:
        return measured(tx, desk, period), figures(str(file), desk, period.start, period.stop)


def compare(found: Measured, expected: dict[str, Any]) -> None:
    assert (found.tickets, found.resolved) == (expected["tickets"], expected["resolved"])
    assert found.by_priority == expected["by_priority"]
    assert [list(row) for row in found.opened] == expected["opened"]
    spreads = {"wall": found.resolve_hours.wall, "business": found.resolve_hours.business}
    spreads |= {"claim": found.claim_hours, "response": found.response_hours}
    spreads |= {"working": found.working_hours, "confirmed": found.confirmed_hours}
    for name, spread in spreads.items():
        assert_spread(name, spread, expected[name])
    lines = {
        (one.kind, one.priority, one.category, one.team): (one.met, one.missed, one.voided)
        for one in found.attainment
    }
    assert lines == expected["attainment"]
    by_class = {
        (one.kind, one.priority, one.service_class, one.team): (one.met, one.missed, one.voided)
        for one in found.attainment_by_class
    }
    assert by_class == expected["attainment_by_class"]
    moved, reassigned = expected["moved"], found.reassignments
    assert reassigned.tickets == len(moved)
    assert reassigned.mean == pytest.approx(moved.mean())
    assert (reassigned.none.count, reassigned.three_or_more.count) == ((moved == 0).sum(), (moved >= 3).sum())
    assert reassigned.ping_pong.count == expected["ping_pong"]
    assert (found.reopened.count, found.reopened.of) == (expected["reopened"], expected["resolved"])
    assert found.first_contact.count == expected["first_contact"]
    assert found.first_line.count == expected["first_line"]
    level = found.level_one
    assert [level.solved, level.could, level.could_not, level.unsaid] == expected["level_one"]
    assert (level.capable.count, level.capable.of) == (level.solved, level.solved + level.could)
    assert (found.csat.mean, found.csat.n) == pytest.approx(expected["stars"])
    told = found.self_help
    assert {name: getattr(told, name) for name in expected["self_help"]} == expected["self_help"]
    backlog = found.backlog
    ages = [backlog.to_1, backlog.to_3, backlog.to_7, backlog.to_30, backlog.over_30]
    assert (ages, backlog.open) == (expected["ages"], sum(expected["ages"]))
    money = found.money
    assert money.cost == pytest.approx(expected["cost"])
    assert money.hours == pytest.approx(expected["hours"])
    assert money.employee_hours == pytest.approx(expected["employee_hours"])
    for name in ("by_category", "by_department", "by_tier"):
        assert costs(getattr(money, name)) == pytest.approx(expected[name])
    share = {(one.team, one.place): one.hours for one in found.time_share.holders}
    assert share == pytest.approx({key: hours for key, hours in expected["share"].items() if hours})


def costs(lines: tuple[CostLine, ...]) -> dict[str, float]:
    return {one.name: one.cost for one in lines}


def assert_spread(name: str, found: Spread, expected: dict[str, Any]) -> None:
    assert found.n == expected["n"], name
    for share in ("p25", "p50", "p75", "p90", "p95"):
        assert getattr(found, share) == pytest.approx(expected[share], rel=CLOSE, abs=1e-9), (name, share)


def test_every_measure_is_what_pandas_says(tmp_path: Path, shipped: Desk) -> None:
    compare(*of_a_year(tmp_path / "year.db", shipped, TICKETS))
