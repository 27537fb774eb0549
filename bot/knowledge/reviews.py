"""Articles grow old: once a month the administrators hear which ones are due to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.keys import ADMINS
from bot.knowledge.articles import Library
from bot.sla.calendar import Calendar
from bot.storage.unit import Unit
from bot.telegram import chats, outbox
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "review"
IN_THE_MORNING = 3600  # business seconds after the month's first opening
MOST = 30  # articles in one message; the others are older news next month


def arm(unit: Unit[object], calendar: Calendar) -> None:
    """Look through the articles on the first working morning of the next month. Arming twice is arming once."""
    today = calendar.local(unit.now)
    month = datetime(today.year + today.month // 12, today.month % 12 + 1, 1, tzinfo=calendar.zone)
    fire_at = calendar.end_of(int(month.timestamp()), IN_THE_MORNING)
    timers.arm(unit.tx, TIMER, "articles", f"{month:%Y-%m}", fire_at)


def ring(unit: Unit[object], library: Library, calendar: Calendar, rows: Sequence[Timer]) -> None:
    """Tell the administrators what is due by today, the longest overdue first, if anything is; and come back next month."""
    timers.settle_all(unit, [row.id for row in rows], "fired")
    stale = library.stale(calendar.local(unit.now).date())
    if stale:
        language = chats.language(unit.tx, ADMINS)
        listed = [f"{one.front.review} · {one.id} · {one.title(language)}" for one in stale[:MOST]]
        facts = {"n": len(stale), "lines": "\n".join(listed)}
        outbox.line(unit, ADMINS, "review.due", facts, priority=outbox.NEWS)
    arm(unit, calendar)
