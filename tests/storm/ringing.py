"""A process that only fires timers: `python -m tests.storm.ringing URL DESK [DOUBTS]`. It exists to be killed.

It prints the time since which it runs. With DOUBTS (seconds) it watches the machine's clock.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bot.clock import MachineClock
from bot.config.config import Config
from bot.escalation import engine, levels
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.tickets.clocks import operations, revised_eta
from bot.timers.ringer import Ringer, Watchdog
from bot.timers.waking import Waking
from tests.units import units


async def main(url: str, desk: Desk, watchdog: Watchdog[Config] | None) -> None:
    """Fire timers until killed, or until the input ends because the parent is gone."""
    ringers = {"sla": levels.ring, operations.PLEDGE: revised_eta.ring}
    db, clock = open_database(url), MachineClock()
    waking = Waking()
    waking.start()
    Ringer(units(db, clock.now, desk), clock, waking, ringers, lambda: None, watchdog).start()
    print(time.time(), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    found, _ = load_desk("desk.yaml", Path(sys.argv[2]).read_text("utf-8"))
    assert found is not None
    doubts = [Watchdog(engine.beat, engine.note, engine.set_back, float(one)) for one in sys.argv[3:]]
    asyncio.run(main(sys.argv[1], found, doubts[0] if doubts else None))
