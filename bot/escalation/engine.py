"""The engine's self-check: when timers were last handled, gaps, and a machine clock that went back."""

from __future__ import annotations

from sqlalchemy import insert

from bot.config.config import Work
from bot.keys import ADMINS
from bot.sla import zones
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.schema import gaps
from bot.telegram import outbox

GAP = 300  # seconds without a look at the timers that are reported and marked in reports
BACK = 60  # seconds that a clock may go back before timers stop
LAST = "last_tick_at"


def beat(work: Work) -> bool:
    """Note a look at the timers. False when the clock went back: no timer may fire by it, and the administrators are
    notified.

    A gap since the last look - the bot was down, the machine slept - is stored and reported.
    """
    last = int(kv.get(work.tx, LAST) or work.now)
    if work.now < last - BACK:
        set_back(work, last)
        return False
    if work.now - last > GAP:
        work.tx.execute(insert(gaps).values(began_at=last, ended_at=work.now))
        told = {"began": _moment(work.config.desk, last), "ended": _moment(work.config.desk, work.now)}
        outbox.line(work, ADMINS, "engine.gap", told, dedupe=f"gap:{last}")
    kv.put(work.tx, LAST, str(max(work.now, last)))
    return True


def set_back(work: Work, expected: int) -> None:
    """The clock went back and should show `expected` (UTC seconds): what waits in the outbox for a moment of the former
    time may be sent; from BACK seconds on the administrators are notified.
    """
    outbox.hurry_all(work)
    if expected - work.now >= BACK:
        kv.put(work.tx, LAST, str(max(expected, int(kv.get(work.tx, LAST) or 0))))
        told = {"at": _moment(work.config.desk, work.now), "last": _moment(work.config.desk, expected)}
        outbox.line(work, ADMINS, "engine.back", told, dedupe=f"back:{expected}")


def note(work: Work) -> None:
    """Accept the time as it is: the clock was moved on purpose, or has kept its new time."""
    kv.put(work.tx, LAST, str(work.now))


def _moment(desk: Desk, at: int) -> str:
    return zones.local(at, desk.usual.zone).strftime("%d.%m %H:%M")
