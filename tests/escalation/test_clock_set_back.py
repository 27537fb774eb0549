"""The machine's clock is set: whatever the size of the step everything goes on, and nothing fires early."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from apscheduler.executors.asyncio import AsyncIOExecutor
from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.escalation import engine
from bot.observe import metrics
from bot.sla.policy import Desk
from bot.storage import schema
from bot.storage.db import Database, open_database
from bot.storage.unit import Unit
from bot.telegram import outbox
from bot.timers import timers
from bot.timers.ringer import STAYED, Ringer, Watchdog
from bot.timers.timers import Timer
from tests.escalation.company import CAST, CHATS, at
from tests.escalation.machine import MachinesClock, VirtualMachine, waking
from tests.undone import company
from tests.units import units

MONDAY = at("2026-11-23 10:00")
MINUTE, HOUR, DAY = 60, 3600, 86400
BACK = [10, 10 * MINUTE, 5 * HOUR, 3 * DAY]
FORWARD = [5 * HOUR, 3 * DAY]
SOON = 10.0  # steady seconds within which everything goes on
HOUSEKEEPING = 5


@dataclass
class Running:
    """A ringer and a job of housekeeping on a virtual machine."""

    db: Database
    machine: VirtualMachine
    executor: AsyncIOExecutor = field(default_factory=AsyncIOExecutor)
    kept: list[float] = field(default_factory=list)  # steady seconds of housekeeping
    rung: list[tuple[str, int]] = field(default_factory=list)

    def begin(self, desk: Desk, patch: pytest.MonkeyPatch, doubts: float = STAYED) -> None:
        clock, wakes = MachinesClock(self.machine), waking(self.machine, self.executor, patch)

        async def keep() -> None:
            self.kept.append(self.machine.steady())

        def ring(work: Work, rows: Sequence[Timer]) -> None:
            for row in rows:
                assert work.now >= row.fire_at, "fired early"
                timers.settle(work, row.id, "fired")
                self.rung.append((row.ref, work.now))

        watchdog = Watchdog(engine.beat, engine.note, engine.set_back, doubts)
        ringer = Ringer(units(self.db, clock.now, desk), clock, wakes, {"test": ring}, lambda: None, watchdog)
        wakes.every(HOUSEKEEPING, keep, "housekeeping")
        wakes.start()
        ringer.start()

    async def run(self, seconds: float) -> None:
        await self.machine.advance(seconds, self.executor)

    async def arm(self, ref: str, seconds: int) -> int:
        """Arm a timer in `seconds` by the wall clock; returns its moment."""
        moment = int(self.machine.wall()) + seconds
        await self.db.run(timers.arm, "test", ref, "1", moment)
        return moment

    async def said(self) -> list[str]:
        """The lines that administrators got."""
        mine = select(schema.outbox.c.params).where(schema.outbox.c.chat == "bot-admins")
        return [row["line"] for row in await self.db.read(lambda tx: tx.scalars(mine).all())]


@pytest.fixture
async def desk_at_work(
    database_url: str, shipped: Desk, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    db = open_database(database_url)
    await db.run(company, CAST, CHATS)
    running = Running(db, VirtualMachine(MONDAY - 1000.0))
    running.begin(shipped, monkeypatch)
    await running.run(MINUTE)
    yield running
    await db.close()


@pytest.mark.parametrize("seconds", BACK)
async def test_a_clock_set_back_puts_nothing_to_sleep(desk_at_work: Running, seconds: int) -> None:
    before = metrics.REGISTRY.get_sample_value("firstline_clock_moved_total", {"direction": "back"}) or 0
    desk_at_work.machine.step(-seconds)
    moved = desk_at_work.machine.steady()
    await desk_at_work.run(SOON)
    assert [one for one in desk_at_work.kept if one > moved]
    assert await desk_at_work.said() == (["engine.back"] if seconds >= MINUTE else [])
    after = metrics.REGISTRY.get_sample_value("firstline_clock_moved_total", {"direction": "back"})
    assert after == before + 1
    kept = len(desk_at_work.kept)
    await desk_at_work.run(10 * HOUSEKEEPING)
    assert len(desk_at_work.kept) >= kept + 9  # not once: at its interval


@pytest.mark.parametrize("seconds", BACK)
async def test_after_ten_minutes_a_clock_that_was_set_back_is_believed(
    desk_at_work: Running, seconds: int
) -> None:
    await desk_at_work.arm("before", 20 * MINUTE)
    desk_at_work.machine.step(-seconds)
    await desk_at_work.run(SOON)
    moment = await desk_at_work.arm("since", 2 * MINUTE)
    await desk_at_work.run(2 * MINUTE + SOON)
    assert [ref for ref, _ in desk_at_work.rung] == (["since"] if seconds < MINUTE else [])
    await desk_at_work.run(STAYED - 2 * MINUTE - SOON)
    [(_, rung)] = desk_at_work.rung
    assert rung >= moment
    later = await desk_at_work.arm("believed", MINUTE)
    await desk_at_work.run(MINUTE + SOON)
    assert desk_at_work.rung[-1] == ("believed", later)
    assert len(await desk_at_work.said()) == (1 if seconds >= MINUTE else 0)
    await desk_at_work.run(seconds + 20 * MINUTE if seconds < HOUR else 0)
    assert ("before" in [ref for ref, _ in desk_at_work.rung]) == (seconds < HOUR)


@pytest.mark.parametrize("seconds", FORWARD)
async def test_a_clock_set_forward_rings_at_once_what_is_due(desk_at_work: Running, seconds: int) -> None:
    await desk_at_work.arm("passed", HOUR)
    await desk_at_work.arm("later", seconds + HOUR)
    desk_at_work.machine.step(seconds)
    await desk_at_work.run(SOON)
    assert [ref for ref, _ in desk_at_work.rung] == ["passed"]
    assert await desk_at_work.said() == ["engine.gap"]
    await desk_at_work.run(HOUR)
    assert [ref for ref, _ in desk_at_work.rung] == ["passed", "later"]


@pytest.mark.parametrize("seconds", FORWARD)
async def test_a_wrong_clock_that_is_corrected_back_is_believed_too(
    desk_at_work: Running, seconds: int
) -> None:
    desk_at_work.machine.step(seconds)
    await desk_at_work.run(MINUTE)
    desk_at_work.machine.step(-seconds)
    await desk_at_work.run(SOON)
    assert await desk_at_work.said() == ["engine.gap", "engine.back"]
    await desk_at_work.arm("since", MINUTE)
    await desk_at_work.run(STAYED + SOON)
    assert [ref for ref, _ in desk_at_work.rung] == ["since"]


async def test_a_minute_is_reported_and_a_second_less_is_not(desk_at_work: Running) -> None:
    desk_at_work.machine.step(-59)
    await desk_at_work.run(SOON)
    assert await desk_at_work.said() == []
    desk_at_work.machine.step(-61)
    await desk_at_work.run(SOON)
    assert await desk_at_work.said() == ["engine.back"]


async def test_a_step_between_a_wake_and_its_job_does_not_leave_the_ringer_busy(
    desk_at_work: Running,
) -> None:
    await desk_at_work.arm("due", 0)  # wakes the ringer, whose job is to run at this wall second
    desk_at_work.machine.step(-5 * HOUR)
    await desk_at_work.run(SOON)
    assert await desk_at_work.said() == ["engine.back"]
    await desk_at_work.arm("since", MINUTE)
    await desk_at_work.run(STAYED + SOON)
    assert [ref for ref, _ in desk_at_work.rung] == ["since"]


@pytest.mark.parametrize("seconds", BACK)
async def test_what_waits_in_the_outbox_does_not_wait_for_the_former_time(
    desk_at_work: Running, seconds: int
) -> None:
    def album(tx: Connection) -> None:
        unit = Unit(tx, int(desk_at_work.machine.wall()), None)
        source = {"from_chat_id": 1, "message_ids": [1]}
        outbox.call(unit, "team:helpdesk", "copyMessages", source, not_before=unit.now + 2)

    await desk_at_work.db.run(album)
    desk_at_work.machine.step(-seconds)
    await desk_at_work.run(SOON)
    waits = select(schema.outbox.c.not_before).where(schema.outbox.c.chat == "team:helpdesk")
    assert await desk_at_work.db.read(lambda tx: tx.scalar(waits)) <= desk_at_work.machine.wall()
