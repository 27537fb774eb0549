"""Cards that say "today" or "on Friday" are drawn again at their reader's midnight: one timer row a card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.app.redraw import LIVE
from bot.config.config import Work
from bot.keys import CardRef
from bot.sla import zones
from bot.telegram import outbox, posts
from bot.telegram.outbox import OutboxRow, Outcome
from bot.tickets import actions, readers
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "midnight"
KEY = "next"
# Answers (/queue, /why) stay as they were: they say what was true when they were asked for.
FADING = frozenset(
    {
        *LIVE,
        posts.BOARD,
        actions.OWN_DESK,
        "reminder",
        "burst",
        "banner",
        "outage",
        "outage_draft",
        "outage_news",
        "profile",
    }
)


def fades(work: Work, row: OutboxRow, _outcome: Outcome) -> None:
    """A card was shown with such words: draw it again when the reader's day ends."""
    if row.its_card not in FADING:
        return
    zone = ZoneInfo(readers.zone_of(work, row.chat))
    tomorrow = zones.local(work.now, zone).date() + timedelta(days=1)
    ref = CardRef.of(row.chat, row.its_card, row.about)
    timers.arm(work.tx, TIMER, ref, KEY, zones.instant(tomorrow, 0, zone))


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "midnight": show the cards that are still there, after everything else that a chat is to read."""
    # Not "fired": the same row is armed again when the card has been drawn.
    timers.settle_all(work, [row.id for row in rows], "skipped", "redrawn")
    leaving = outbox.hiding(work.tx)
    by_topic: defaultdict[str | None, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        card = chat, name, about = CardRef.read(row.ref).parts
        if card not in leaving and posts.find(work.tx, chat, name, about) is not None:
            in_topic = posts.find(work.tx, chat, posts.TOPIC, about) is not None
            by_topic[about if in_topic else None].append(card)
    for topic, cards in by_topic.items():
        outbox.show_all(work, cards, topic=topic, priority=outbox.NEWS)
