"""The engine looks at itself: when it last rang, how long nobody did, whether the machine's clock went back."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from bot.sla import zones
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.schema import gaps
from bot.telegram import chats, outbox

GAP = 300  # seconds without a look at the timers: people hear of it, reports mark it
BACK = 60  # seconds that a clock may be set back before nothing is rung by it
LAST = "last_tick_at"


def beat(tx: Connection, desk: Desk, now: int) -> bool:
    """Note that the timers are looked at. False when the clock went back: nothing may ring by it, the administrators know.

    A gap since the last look - the bot was down, the machine slept - is written down and told.
    """
    last = int(kv.get(tx, LAST) or now)
    if now < last - BACK:
        told = {"at": _moment(desk, now), "last": _moment(desk, last)}
        outbox.line(tx, chats.ADMINS, "engine.back", told, now, dedupe=f"back:{last}")
        return False
    if now - last > GAP:
        tx.execute(insert(gaps).values(began_at=last, ended_at=now))
        told = {"began": _moment(desk, last), "ended": _moment(desk, now)}
        outbox.line(tx, chats.ADMINS, "engine.gap", told, now, dedupe=f"gap:{last}")
    kv.put(tx, LAST, str(max(now, last)))
    return True


def note(tx: Connection, now: int) -> None:
    """Take the time as it is: whoever owns the clock has moved it, or it has stayed where it went back to."""
    kv.put(tx, LAST, str(now))


def _moment(desk: Desk, at: int) -> str:
    return zones.local(at, desk.calendar(desk.default_rule.calendar).zone).strftime("%d.%m %H:%M")
