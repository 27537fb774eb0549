"""What people do in Telegram while the dialogue waits for it: press Start, choose a group, type /bind there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiogram.types import Message, Update, User
from pydantic import ValidationError

_NAMED = re.compile(r"/(?:bind|start)(?:@\w+)?\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Started:
    """An account has written to the bot in private."""

    account: int
    name: str
    username: str | None
    language: str


@dataclass(frozen=True, slots=True)
class ChosenChat:
    """An account has chosen a group for the button `request_id` of the keyboard."""

    account: int
    request_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class NamedChat:
    """An account has typed `/bind name` in a group, or added the bot by a link that has the name."""

    account: int
    chat_id: int
    name: str


Arrival = Started | ChosenChat | NamedChat


def read(raw: Mapping[str, object]) -> Arrival | None:
    """What an update says; None for everything the dialogue does not wait for."""
    try:
        message = Update.model_validate(raw).message
    except ValidationError:
        return None
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    return _of(message, message.from_user)


def _of(message: Message, user: User) -> Arrival | None:
    if message.chat_shared is not None:
        return ChosenChat(user.id, message.chat_shared.request_id, message.chat_shared.chat_id)
    if message.chat.type == "private":
        return Started(user.id, user.full_name, user.username, user.language_code or "")
    named = _NAMED.match(message.text or "")
    return NamedChat(user.id, message.chat.id, named[1]) if named is not None else None
