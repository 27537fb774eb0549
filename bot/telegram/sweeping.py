"""Deletes rows that were handled or sent long ago, so that frequently used tables stay small."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.storage.schema import inbox, outbox
from bot.storage.unit import Unit

BATCH = 500  # rows in one unit: an employee's press must not wait for it
HANDLED = 2 * 86400  # seconds: Telegram repeats an update for a day at most
SAID = 30 * 86400  # seconds: long enough to look up what was sent, and to recognise duplicates


def sweep(unit: Unit[object]) -> int:
    """Delete one batch of old rows of each kind; returns their number. Dead letters stay, because a person must look
    at them."""
    handled = select(inbox.c.update_id).where(
        (inbox.c.state == "done") & (inbox.c.received_at < unit.now - HANDLED)
    )
    gone = unit.tx.execute(delete(inbox).where(inbox.c.update_id.in_(handled.limit(BATCH)))).rowcount
    said = (outbox.c.state.in_(("sent", "dropped"))) & (outbox.c.done_at < unit.now - SAID)
    old = select(outbox.c.id).where(said).limit(BATCH)
    return gone + unit.tx.execute(delete(outbox).where(outbox.c.id.in_(old))).rowcount
