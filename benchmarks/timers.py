"""Timers: the cost of a tick while nothing is due, of due levels, and how long a corrected calendar delays a press."""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlalchemy.engine import make_url

from benchmarks.figures import Figure
from bot.app.reload import recount
from bot.clock import MachineClock
from bot.escalation import levels
from bot.keys import ADMINS, SUPERVISORS
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import Embedded
from bot.storage.migrate import migrate
from bot.storage.schema import people
from bot.telegram import chats
from bot.tickets.clocks import revised_eta
from bot.timers import timers
from tests.units import as_unit, work
from tests.units import units as units_of

RUNNING = (10_000, 100_000, 1_000_000)
DUE = (10, 1_000)
CORRECTED = 10_000
TICKS = 300
OPENED, NOW = (
    1_795_417_200,
    1_795_528_800,
)  # Monday at 10:00 in Moscow; two working days later, when all is due
FAR = NOW + 10**6
PEOPLE = 1_000

TICKETS = """
INSERT INTO tickets (id, requester, type, category, summary, transcript, tried, impact, urgency, priority, team, state, opened_at)
SELECT i, 1 + i % :people, 'incident', 'printing', 'Printer', '[]', '[]', 'one', 'degraded', 'P3', 'helpdesk', 'new', :opened
FROM n"""
CLOCKS = """
INSERT INTO clocks (id, ticket, kind, rule, chain, calendar, calendar_hash, policy_hash, target_s, state, started_at, consumed_s,
running_since, due_at, floor_s, overrun_s)
SELECT i, i, 'resolution', 'default', 'standard', 'office', :hash, '', 57600, 'running', :opened, 0, :opened, :now, 0, 0 FROM n"""
SEGMENTS = "INSERT INTO segments (clock, started_at, start_reason) SELECT i, :opened, 'started' FROM n"
TIMERS = """
INSERT INTO timers (kind, ref, key, level, fire_at, state) SELECT 'sla', 'clock:' || i, :key, :key, :far, 'armed' FROM n"""


class Timed(Embedded):
    """A database that records the milliseconds of each unit inside the writer: other people's presses wait that long."""

    def __init__(self, url: str) -> None:
        super().__init__(make_url(url))
        self.units: list[float] = []

    async def run(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def timed(tx: Connection) -> Any:
            began = time.thread_time()
            result = verb(tx, *args, **kwargs)
            self.units.append((time.thread_time() - began) * 1000)
            return result

        return await super().run(timed)


class Then(MachineClock):
    """An hour after all was opened; waiting takes real time."""

    def now(self) -> int:
        return OPENED + 3600


@dataclass
class Company:
    """A database with so many running clocks, and their desk."""

    db: Timed
    desk: Desk

    async def ring(self) -> tuple[float, int]:
        ringers = {
            "sla": levels.ring,
            "pledge": revised_eta.ring,
        }
        rung: int = await self.db.run(as_unit(timers.ring, NOW, self.desk), ringers)
        return self.db.units[-1], rung


def run() -> Iterator[Figure]:
    """One database after another, each as large as its name says."""
    gc.freeze()  # as the bot does when it starts
    for count in RUNNING:
        yield from asyncio.run(_ticks(count))
    yield from asyncio.run(_corrected())


async def _ticks(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        company = await _company(Path(folder), count, keys=("100",))
        name = f"{count:>9,} running"
        try:
            idle = statistics.median([(await company.ring())[0] for _ in range(TICKS)])
            figures = [Figure(f"{name}, nothing due: a tick", idle, "ms", "< 1 (stretch 0.05)")]
            await _breach(company, DUE[0])  # the first use builds statements and is not counted
            for due in DUE:
                units = await _breach(company, due)
                figures.append(Figure(f"{name}, {due:>5,} missed: all of it", sum(units), "ms"))
                figures.append(Figure(f"{name}, {due:>5,} missed: the longest unit", max(units), "ms"))
        finally:
            await company.db.close()
        return figures


async def _breach(company: Company, due: int) -> list[float]:
    """Let so many deadlines pass at once - the most expensive level - and ring until nothing is due."""
    await company.db.run(_let_pass, due)
    units: list[float] = []
    while True:
        took, rung = await company.ring()
        if not rung:
            return units
        units.append(took)


async def _corrected() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        company = await _company(Path(folder), CORRECTED, keys=("50", "75", "90", "100"), hash_="another")
        try:
            await company.db.run(_promise_a_day_later)
            company.db.units.clear()
            await recount(units_of(company.db, Then().now, company.desk), Then())
        finally:
            await company.db.close()
    name = f"a corrected calendar, {CORRECTED:,} clocks"
    units = company.db.units[1:]  # the first use builds statements and is not counted
    return [
        Figure(f"{name}: all of it", sum(units) / 1000, "s"),
        Figure(f"{name}: the median unit", statistics.median(units), "ms"),
        Figure(f"{name}: the longest unit", max(units), "ms", "<= 50"),
    ]


async def _company(folder: Path, count: int, *, keys: tuple[str, ...], hash_: str | None = None) -> Company:
    desk = _desk()
    url = f"sqlite+aiosqlite:///{folder}/bench.db"
    await migrate(url)
    db = Timed(url)
    facts = {"hash": hash_ or desk.calendar("office").hash, "people": PEOPLE}
    facts |= {"opened": OPENED, "now": NOW, "far": FAR}
    await db.run(_fill, count, facts, keys)
    return Company(db, desk)


def _desk() -> Desk:
    desk, _ = load_desk("desk.yaml", Path("desk.yaml").read_text("utf-8"))
    assert desk is not None
    return desk


def _fill(tx: Connection, count: int, facts: dict[str, Any], levels_: tuple[str, ...]) -> None:
    rows = [
        {"id": number, "staff_id": f"B{number}", "name": f"Person {number}", "roles": [], "profile": {}}
        for number in range(1, PEOPLE + 1)
    ]
    tx.execute(insert(people), rows)
    for place, chat in enumerate(("team:helpdesk", SUPERVISORS, ADMINS), start=1):
        chats.bind(work(tx, 0), chat, -1000 - place, is_forum=True)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    for statement in (TICKETS, CLOCKS, SEGMENTS):
        tx.execute(text(numbers + statement), facts)
    for key in levels_:
        tx.execute(text(numbers + TIMERS), facts | {"key": key})


def _promise_a_day_later(tx: Connection) -> None:
    """Every due time moves when it is recomputed, and every employee must be notified."""
    tx.execute(text("UPDATE clocks SET due_at = due_at + 86400"))


def _let_pass(tx: Connection, due: int) -> None:
    """The first `due` clocks are as they were on Monday, and their deadline is now; all others' is far away."""
    for table in ("alerts", "history", "outbox"):
        tx.execute(text(f"DELETE FROM {table}"))
    tx.execute(text("DELETE FROM timers WHERE key != '100'"))
    tx.execute(text("UPDATE clocks SET breached_at = NULL WHERE breached_at IS NOT NULL"))
    rearmed = "UPDATE timers SET state = 'armed', fire_at = :now WHERE id <= :due"
    tx.execute(text(rearmed), {"now": NOW, "due": due})
