"""The first start of another version: the live cards of open tickets are drawn again, for their buttons may have changed form."""

from __future__ import annotations

from collections import defaultdict

from bot import __version__
from bot.config.config import Work
from bot.keys import TicketRef
from bot.storage import kv
from bot.telegram import outbox, posts
from bot.tickets import resolution, store

DRAWN_BY = "drawn_by"  # the version that started last
# Boards and answers (/queue, /why) stay as they were: they say what was true when they were asked for.
LIVE = ("ticket_card", "team_card", "alert", "approval", "schedule", resolution.CARD)
MENUS = ("assign_menu", "transfer_menu", "more_menu", "hush_menu", "priority_menu", "canned_menu")


def after_upgrade(work: Work) -> None:
    """Show every live card again, behind everything else that a chat is to read. What is unchanged costs no call."""
    if kv.get(work.tx, DRAWN_BY) == __version__:
        return
    kv.put(work.tx, DRAWN_BY, __version__)
    wanted, leaving = {TicketRef(number) for number in store.every_open(work.tx)}, outbox.hiding(work.tx)
    shown = [one for one in posts.of_cards(work.tx, (posts.TOPIC, *LIVE, *MENUS)) if one[2] in wanted]
    in_topic = {(chat, about) for chat, card, about in shown if card == posts.TOPIC}
    by_topic: defaultdict[str | None, list[tuple[str, str, str]]] = defaultdict(list)
    for chat, card, about in shown:
        if card != posts.TOPIC and (chat, card, about) not in leaving:
            by_topic[about if (chat, about) in in_topic else None].append((chat, card, about))
    for topic, cards in by_topic.items():
        outbox.show_all(work, cards, topic=topic, priority=outbox.NEWS)
