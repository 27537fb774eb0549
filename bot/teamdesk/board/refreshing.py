"""A board says how late things are: it is drawn again every few minutes while something is, seldom while nothing presses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import CardRef
from bot.storage.unit import Unit
from bot.telegram import outbox, posts
from bot.tickets.clocks import clock_rows
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "board"
EVERY, CALM = 5 * 60, 15 * 60  # seconds, while a promise is broken or near and while none is
NEAR = (
    3600 + CALM
)  # seconds: what comes due within the hour is on the board, also of one that is not drawn for a while


def keep(unit: Unit[object], chat: str, about: str) -> None:
    """Draw it again in a while."""
    pause = EVERY if clock_rows.is_pressing(unit.tx, unit.now + NEAR) else CALM
    again, board = unit.now + pause, CardRef.of(chat, posts.BOARD, about)
    timers.disarm(unit.tx, TIMER, board, reason="asked for again")
    timers.arm(unit.tx, TIMER, board, "", again, cycle=again)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """A board that is no longer in its chat ends its timer."""
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        chat, _, about = CardRef.read(row.ref).parts
        if posts.find(work.tx, chat, posts.BOARD, about) is not None:
            outbox.show(work, chat, posts.BOARD, about, priority=outbox.LIVE)
            keep(work, chat, about)
