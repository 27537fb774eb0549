"""A process that only fires timers: `python -m tests.storm.ringing URL DESK`. It exists to be killed.

It prints the time since which it runs.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import MachineClock
from bot.escalation import levels
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.tickets.clocks import operations, revised_eta
from bot.timers.ringer import Ringer
from tests.units import units


async def main(url: str, desk: Desk) -> None:
    """Fire timers until killed, or until the input ends because the parent is gone."""
    ringers = {"sla": levels.ring, operations.PLEDGE: revised_eta.ring}
    db, clock = open_database(url), MachineClock()
    scheduler = AsyncIOScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.start()
    Ringer(units(db, clock.now, desk), clock, scheduler, ringers, lambda: None).start()
    print(time.time(), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    found, _ = load_desk("desk.yaml", Path(sys.argv[2]).read_text("utf-8"))
    assert found is not None
    asyncio.run(main(sys.argv[1], found))
