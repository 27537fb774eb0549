"""What the bot may do in a group, as Telegram says. Asked at the start and by /bind; later changes come as my_chat_member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.telegram.api import Api, Refused, TelegramError

OUT = frozenset({"left", "kicked"})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GroupRights:
    """An administrator gets every message of a group and, with the right to it, opens topics; a restricted member may be
    forbidden to write."""

    is_forum: bool
    is_admin: bool
    may_write: bool
    may_open_topics: bool

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing: "write", "admin" and "topics", or "topics" alone."""
        missing = [] if self.may_write else ["write"]
        missing += [] if self.is_admin else ["admin"]
        needs_topics = self.is_forum and self.is_admin and not self.may_open_topics
        return (*missing, "topics") if needs_topics else tuple(missing)


def of(member: Mapping[str, Any], *, is_forum: bool) -> GroupRights:
    """From a ChatMember of the bot."""
    status = member.get("status")
    is_admin = status in ("administrator", "creator")
    silent = status in OUT or (status == "restricted" and not member.get("can_send_messages"))
    may_open = status == "creator" or (is_admin and bool(member.get("can_manage_topics")))
    return GroupRights(is_forum, is_admin, not silent, may_open)


async def ask(api: Api, chat_id: int) -> GroupRights | None:
    """None when Telegram cannot be asked now. Raises Refused when it does not let the bot look."""
    try:
        chat = await api.call("getChat", {"chat_id": chat_id})
        myself = int(api.token.partition(":")[0])
        member = await api.call("getChatMember", {"chat_id": chat_id, "user_id": myself})
    except Refused:
        raise
    except TelegramError as error:
        log.warning("chat.not_seen", chat_id=chat_id, error=str(error))
        return None
    if not isinstance(chat, dict) or not isinstance(member, dict):
        return None
    return of(member, is_forum=bool(chat.get("is_forum")))
