"""Levels under kill -9: none missed, none twice, never early, at most five seconds late while a process runs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import Database, open_database
from bot.storage.schema import alerts, history, people, timers
from bot.telegram import chats
from bot.tickets.clocks import clock_rows
from tests import children
from tests.escalation.company import ANNA, CHATS, opened
from tests.units import work

pytestmark = pytest.mark.processes

LATEST = 5  # seconds
LONG, SHORT = "claim: 8s, response: 12s, resolution: 20s", "claim: 4s, response: 8s, resolution: 12s"
A_TICKET = 12  # levels: three clocks, four thresholds each
DESK = """\
version: 1
name: Storm
calendars: {always: {tz: UTC, week: {mon-sun: ["00:00-24:00"]}}}
teams: {helpdesk: {title: Helpdesk}}
categories: {printing: {title: Printing, team: helpdesk}}
priority_matrix: {impact: [one], urgency: [degraded], table: {one: {degraded: P3}}}
clocks:
  claim: {start: ticket_created, stop: [claimed, resolved]}
  response: {start: ticket_created, stop: [human_public_reply, resolved]}
  resolution: {start: ticket_created, stop: [resolved]}
pause: {waiting_user: {clocks: [resolution], max: 3h}}
reopen: {window: 3h, floor: 30m}
retarget: {floor: 30m, share: 25}
rules: [{id: all, calendar: always, targets: {TARGETS}, chain: short}]
chains:
  short:
    thresholds:
      - {at: 50, to: [team]}
      - {at: 75, to: [team]}
      - {at: 90, to: [team]}
      - {at: 100, to: [team, supervisor]}
"""


async def test_no_level_is_lost_doubled_or_early_whoever_is_killed(
    database_url: str, tmp_path: Path, at_length: bool
) -> None:
    tickets, kills, last, targets = (50, 40, 22, LONG) if at_length else (6, 3, 14, SHORT)
    processes = 1 if database_url.startswith("sqlite") else 2
    desk_file = tmp_path / "desk.yaml"
    desk_file.write_text(DESK.replace("TARGETS", targets), "utf-8")
    desk, _ = load_desk("desk.yaml", desk_file.read_text("utf-8"))
    assert desk is not None
    db = open_database(database_url)
    try:
        await db.run(_company)
        with _pack(database_url, desk_file, processes) as pack:
            begin = int(time.time()) + 4
            for number in range(tickets):
                await db.run(_open, desk, begin + number // 2)
            await pack.suffer(kills, seconds=tickets // 2 + last)
            await _until_all_rang(db)
        rows, spoken, told = await db.read(_outcome)
    finally:
        await db.close()
    late = [row.late_s for row in rows]
    late_when_up = [row.fired_at - max(row.fire_at, pack.up_since(row.fired_at)) for row in rows]
    fired = [row for row in rows if row.state == "fired"]
    print(
        f"\n{processes} ringers, {kills} kills: {len(rows)} levels, {len(fired)} spoken, {max(late)} s late at the most, "
        f"{max(late_when_up):.0f} s while somebody was up"
    )
    assert len(rows) == tickets * A_TICKET
    assert {row.state for row in rows} <= {"fired", "superseded"}
    assert min(late) >= 0
    assert max(late_when_up) <= LATEST
    assert len(spoken) == len(set(spoken)) == len(fired)
    assert len(told) == len(set(told))


@contextmanager
def _pack(url: str, desk_file: Path, count: int) -> Iterator[_Pack]:
    """A pack that is ended whatever happens to the test."""
    pack = _Pack(url, desk_file)
    try:
        for _ in range(count):
            pack.start()
        yield pack
    finally:
        pack.end()


class _Pack:
    """Ringers that are killed without warning and started again at once."""

    def __init__(self, url: str, desk_file: Path) -> None:
        self._command = [sys.executable, "-m", "tests.storm.ringing", url, str(desk_file)]
        self._alive: list[subprocess.Popen[bytes]] = []
        self._up: list[tuple[float, float]] = []  # begin and end of each life

    def start(self) -> None:
        pipe = subprocess.PIPE
        self._alive.append(children.begin(self._command, stdin=pipe, stdout=pipe))

    def up_since(self, at: int) -> float:
        """Since when, without a gap, a process was running in the second that begins at `at`."""
        since, until = 0.0, 0.0
        for begin, end in sorted(self._up):
            if begin >= at + 1:
                break
            since, until = (since if begin <= until else begin), max(until, end)
        return since

    async def suffer(self, kills: int, seconds: float) -> None:
        """Kill a random one, so many times over so many seconds."""
        random = Random(kills)
        for _ in range(kills):
            await asyncio.sleep(seconds / kills * random.uniform(0.5, 1.5))
            self._kill(random.choice(self._alive))
            self.start()

    def end(self) -> None:
        while self._alive:
            self._kill(self._alive[0])

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        self._alive.remove(process)
        process.kill()
        if said := process.stdout.read():
            self._up.append((float(said), time.time()))
        children.end(process)


def _company(tx: Connection) -> None:
    row = {"id": ANNA, "staff_id": "S-1", "name": "Anna", "roles": [], "profile": {}}
    tx.execute(insert(people).values(**row))
    for place, chat in enumerate(CHATS, start=1):
        chats.bind(work(tx, 0), chat, -1000 - place, is_forum=False)


def _open(tx: Connection, desk: Desk, at: int) -> None:
    opened(tx, desk, at)


async def _until_all_rang(db: Database) -> None:
    armed = (timers.c.kind == clock_rows.TIMER) & (timers.c.state == "armed")
    waiting = select(func.count()).select_from(timers).where(armed)
    for _ in range(300):
        if not await db.read(lambda tx: tx.scalar(waiting)):
            return
        await asyncio.sleep(0.1)


def _outcome(tx: Connection) -> tuple[list, list, list]:  # type: ignore[type-arg]
    rows = list(tx.execute(select(timers).where(timers.c.kind == clock_rows.TIMER)))
    levels = tx.execute(select(history.c.ticket, history.c.data).where(history.c.action == "level"))
    spoken = [(row.ticket, row.data["clock"], row.data["key"]) for row in levels]
    told = [(row.clock, row.key, row.chat) for row in tx.execute(select(alerts))]
    return rows, spoken, told
