"""Telegram's own news about chats: a group that moved, that lost or regained us, a topic closed by a person, a person who
blocked us."""

from __future__ import annotations

from collections.abc import Callable

from aiogram.types import ChatMemberRestricted, ChatMemberUpdated, Message, Update

from bot.config.config import Work
from bot.teamdesk import groups
from bot.telegram import group_rights

Verb = Callable[[Work], None]
"""`verb(work)`: what the news change."""


def of(update: Update) -> Verb | None:
    """What this update has to tell, or None when it comes from a person and goes to the doors."""
    if update.message is not None:
        return _of_group(update.message)
    if update.my_chat_member is not None:
        return _standing(update.my_chat_member)
    return None


def _of_group(message: Message) -> Verb | None:
    if message.migrate_to_chat_id is not None:
        return _migrated(message.chat.id, message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return _migrated(message.migrate_from_chat_id, message.chat.id)
    is_ours = (
        message.from_user is not None and message.bot is not None and message.from_user.id == message.bot.id
    )
    if is_ours and (message.pinned_message is not None or message.forum_topic_edited is not None):
        return _noted(message.chat.id, message.message_id)
    turned = message.forum_topic_closed or message.forum_topic_reopened
    if turned is None or is_ours or message.message_thread_id is None:
        return None
    return _turned(message.chat.id, message.message_thread_id, message.forum_topic_closed is not None)


def _noted(chat_id: int, message_id: int) -> Verb:
    return lambda work: groups.tidy(work, chat_id, message_id)


def _turned(chat_id: int, thread: int, closed: bool) -> Verb:
    return lambda work: groups.topic_stands(work, chat_id, thread, closed=closed)


def _migrated(old_id: int, new_id: int) -> Verb:
    return lambda work: groups.migrated(work, old_id, new_id)


def _standing(change: ChatMemberUpdated) -> Verb:
    """How we stand in a chat now."""
    member = change.new_chat_member
    silenced = isinstance(member, ChatMemberRestricted) and not member.can_send_messages
    out = member.status in ("left", "kicked") or silenced
    chat_id, reason = change.chat.id, f"bot is {member.status}"
    seen = group_rights.of(member.model_dump(mode="json"), is_forum=bool(change.chat.is_forum))

    def changed(work: Work) -> None:
        groups.stands(work, chat_id, reason if out else None, seen)

    return changed
