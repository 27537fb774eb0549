"""A process that does nothing but ring: `python -m tests.storm.ringing URL DESK`. It is there to be killed.

It prints the time from which it has been up.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection, Row

from bot.clock import MachineClock
from bot.escalation import levels
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.tickets.clocks import operations, revised_eta
from bot.timers.ringer import Ringer


async def main(url: str, desk: Desk) -> None:
    """Ring until killed, or until whoever started us is gone and our input ends."""

    def sla(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        levels.ring(tx, desk, rows, now)

    def new_promises(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        revised_eta.ring(tx, desk, rows, now)

    ringers = {"sla": sla, operations.PLEDGE: new_promises}
    db = open_database(url)
    scheduler = AsyncIOScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.start()
    Ringer(db, MachineClock(), scheduler, ringers, lambda: None).start()
    print(time.time(), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    found, _ = load_desk("desk.yaml", Path(sys.argv[2]).read_text("utf-8"))
    assert found is not None
    asyncio.run(main(sys.argv[1], found))
