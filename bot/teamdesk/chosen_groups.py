"""Groups that an administrator chooses in private: a button of Telegram's lists theirs, and gives the bot its rights there."""

from __future__ import annotations

import zlib

from bot.config.config import Work
from bot.keys import ADMINS, SUPERVISORS, TeamChat
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.teamdesk import groups
from bot.teamdesk.groups import TelegramGroup
from bot.telegram import chats, outbox
from bot.telegram.group_rights import GroupRights

# What the bot asks for when a group is chosen for it; who chooses must have these rights.
RIGHTS = (
    "can_manage_topics",
    "can_pin_messages",
    "can_delete_messages",
    "can_invite_users",
    "can_manage_chat",
)
# Rights that KeyboardButtonRequestChat wants named, whether they are asked for or not.
NOT_ASKED = (
    "is_anonymous",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)


def button(label: str, number: int, key: str) -> dict[str, object]:
    """A KeyboardButtonRequestChat for the group that is to be `key`; `number` comes back with the choice."""
    rights = dict.fromkeys(RIGHTS, True) | dict.fromkeys(NOT_ASKED, False)
    wanted: dict[str, object] = {
        "request_id": number,
        "chat_is_channel": False,
        "user_administrator_rights": rights | {"can_promote_members": True},
        "bot_administrator_rights": rights,
        "request_title": True,
    }
    if TeamChat.names(key):
        wanted["chat_is_forum"] = True
    return {"text": label, "request_chat": wanted}


def offer(work: Work, person: Person) -> None:
    """A button for each name that has no group yet; for all of them when each has one. Raises NotAllowed."""
    authorize(person, "bind_chat", Object())
    known = [*(TeamChat(team) for team in work.config.desk.with_chats()), SUPERVISORS, ADMINS]
    free = [key for key in known if chats.find(work.tx, key) is None] or known
    rows = [[button(_label(work, key, person), _number(key), key)] for key in free]
    keyboard = {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    _say(work, person, "bind.choose", {}, keyboard)


def chosen(work: Work, person: Person, number: int, group: TelegramGroup) -> None:
    """The group is what its button said; the keyboard goes. A button of names that have gone brings the present ones. Raises
    NotAllowed."""
    authorize(person, "bind_chat", Object())
    key = next((one for one in groups.names(work.config.desk) if _number(one) == number), None)
    if key is None:
        offer(work, person)
        return
    groups.bind(work, person, group, key)
    _say(work, person, "bind.chosen", {"key": _label(work, key, person)}, {"remove_keyboard": True})


def of_choice(chat_id: int, seen: GroupRights | None) -> TelegramGroup:
    """A chosen group, with what Telegram says of it if it could be asked."""
    return TelegramGroup(chat_id, seen is not None and seen.is_forum, seen)


def _label(work: Work, key: str, person: Person) -> str:
    return groups.title(work.config.desk, key, person.language)


def _number(key: str) -> int:
    """Telegram takes a number of 31 bits: it is made of the name, so that it means the same after a reload."""
    return zlib.crc32(key.encode()) & 0x7FFFFFFF


def _say(work: Work, person: Person, line: str, facts: dict[str, str], markup: dict[str, object]) -> None:
    params = {"line": line, "facts": facts, "reply_markup": markup}
    outbox.call(work, person.key, "sendMessage", params)
