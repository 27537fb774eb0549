"""A topic that the bot opened without knowing it: Telegram's answer was lost, and the call was made again.

Telegram lists no topics, so it is found by the first message in it, which holds the name that the bot gave to it.
"""

from __future__ import annotations

import re

from bot.config.config import Work
from bot.keys import TopicRef
from bot.teamdesk import topic_links
from bot.telegram import outbox, posts
from bot.telegram.incoming import Incoming
from bot.tickets import store
from bot.tickets.actions import team_chat

NUMBER = re.compile(r"\d+")  # the name of a ticket's topic begins with its number, after signs of its state


def claim(work: Work, chat: str, message: Incoming) -> None:
    """From now on what is written there belongs to the ticket. The twin is closed and names the ticket's topic; if the
    ticket has no topic, it becomes the ticket's."""
    if message.thread is None or message.opened is None or posts.about_message(work.tx, chat, message.thread):
        return
    number = NUMBER.search(message.opened)
    tickets = store.peek_all(work.tx, [int(number[0])]) if number is not None else []
    if not tickets or team_chat(work.tx, found := tickets[0]) != chat:
        return
    if posts.find(work.tx, chat, posts.TOPIC, found.about) is None:
        posts.keep(work, chat, posts.TOPIC, found.about, message.thread)
        outbox.show(work, chat, "team_card", found.about, topic=found.about)
        return
    posts.keep(work, chat, posts.TWIN, found.about, message.thread)
    facts = {"number": topic_links.linked(work.tx, [found])[found.id]}
    outbox.line(work, chat, "topic.twin", facts, thread=message.thread, answers=message.message_id)
    outbox.call(
        work, chat, "closeForumTopic", {"message_thread_id": message.thread}, about=TopicRef(found.id)
    )
