"""What units of work count is counted once, after the commit, and not at all when it is rolled back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.observe import events, metrics
from bot.storage.db import open_database, signal
from tests.databases import copied_sqlite


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"firstline_{name}", labels) or 0.0


async def test_what_is_rolled_back_is_not_counted_and_two_tickets_of_one_commit_are_two(
    tmp_path: Path,
) -> None:
    db = open_database(copied_sqlite(tmp_path / "firstline.db"), metrics.DB_SECONDS.time)
    db.watch(events.SIGNAL, events.count)

    def opens(tx: Connection, number: int) -> None:
        signal(tx, events.SIGNAL, events.opened(number, "P1"))
        if number == 3:
            raise ValueError("three")

    before, timed = (
        value("tickets_opened_total", priority="P1"),
        value("db_transaction_duration_seconds_count"),
    )
    await asyncio.gather(db.run(opens, 1), db.run(opens, 2))
    with pytest.raises(ValueError, match="three"):
        await db.run(opens, 3)
    assert value("tickets_opened_total", priority="P1") == before + 2
    assert value("db_transaction_duration_seconds_count") > timed
    await db.close()


def test_levels_and_clocks_are_counted_by_what_they_are() -> None:
    names = {
        ("sla_thresholds_fired_total", "75"): 1,
        ("sla_thresholds_fired_total", "100"): 1,
        ("sla_thresholds_fired_total", "repeat"): 2,
    }
    before = {key: value(key[0], level=key[1]) for key in names}
    breaches, late = value("sla_breaches_total", kind="claim"), value("sla_threshold_lateness_seconds_sum")
    first, solved = value("ticket_first_response_seconds_sum"), value("ticket_resolution_seconds_sum")
    events.count(
        {
            events.fired(1, "claim", 75, 2),
            events.fired(2, "claim", 100, 0),
            events.fired(3, "claim", 101, 0),
            events.fired(4, "claim", 102, 3),
            events.stopped(5, "response", 600),
            events.stopped(6, "resolution", 7200),
            events.stopped(7, "claim", 60),
        }
    )
    assert {key: value(key[0], level=key[1]) - before[key] for key in names} == names
    assert value("sla_breaches_total", kind="claim") == breaches + 1
    assert value("sla_threshold_lateness_seconds_sum") == late + 5
    assert value("ticket_first_response_seconds_sum") == first + 600
    assert value("ticket_resolution_seconds_sum") == solved + 7200
