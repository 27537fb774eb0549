"""The engine looks at itself: when it last rang, how long nobody did, whether the machine's clock went back."""

from __future__ import annotations

from sqlalchemy import insert

from bot.config.config import Work
from bot.keys import ADMINS
from bot.sla import zones
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.schema import gaps
from bot.telegram import outbox

GAP = 300  # seconds without a look at the timers: people hear of it, reports mark it
BACK = 60  # seconds that a clock may be set back before nothing is rung by it
LAST = "last_tick_at"


def beat(work: Work) -> bool:
    """Note that the timers are looked at. False when the clock went back: nothing may ring by it, the administrators know.

    A gap since the last look - the bot was down, the machine slept - is written down and told.
    """
    last = int(kv.get(work.tx, LAST) or work.now)
    if work.now < last - BACK:
        told = {"at": _moment(work.config.desk, work.now), "last": _moment(work.config.desk, last)}
        outbox.line(work, ADMINS, "engine.back", told, dedupe=f"back:{last}")
        return False
    if work.now - last > GAP:
        work.tx.execute(insert(gaps).values(began_at=last, ended_at=work.now))
        told = {"began": _moment(work.config.desk, last), "ended": _moment(work.config.desk, work.now)}
        outbox.line(work, ADMINS, "engine.gap", told, dedupe=f"gap:{last}")
    kv.put(work.tx, LAST, str(max(work.now, last)))
    return True


def note(work: Work) -> None:
    """Take the time as it is: whoever owns the clock has moved it, or it has stayed where it went back to."""
    kv.put(work.tx, LAST, str(work.now))


def _moment(desk: Desk, at: int) -> str:
    return zones.local(at, desk.calendar(desk.default_rule.calendar).zone).strftime("%d.%m %H:%M")
