"""A board says how late things are: it is drawn again every few minutes, also while nothing happens."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import CardRef
from bot.storage.unit import Unit
from bot.telegram import outbox, posts
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "board"
EVERY = 5 * 60  # seconds


def keep(unit: Unit[object], chat: str, about: str) -> None:
    """Draw it again in a while."""
    again, board = unit.now + EVERY, CardRef.of(chat, posts.BOARD, about)
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
