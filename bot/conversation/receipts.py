"""Receipts by a reaction below the author's message: no message of their own."""

from __future__ import annotations

from bot.config.config import Work
from bot.telegram import outbox

DELIVERED, KEPT_INSIDE, TAKEN_BACK = "👌", "✍", "🙈"


def react(work: Work, chat: str, message_id: int, sign: str) -> None:
    """Set a reaction on the author's message, as a short receipt."""
    reaction = [{"type": "emoji", "emoji": sign}]
    params = {"message_id": message_id, "reaction": reaction}
    outbox.call(work, chat, "setMessageReaction", params, about="reaction:", priority=outbox.NEWS)
