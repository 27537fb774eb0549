"""Our names of chats and their Telegram ids: "person:7", "team:network", "supervisors"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.keys import ADMINS, SUPERVISORS, ChatRef, PersonChat, RawChat
from bot.storage import kv
from bot.storage.db import signal
from bot.storage.schema import chats, people, posts
from bot.storage.schema import outbox as outbox_rows
from bot.storage.unit import Unit
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.telegram.group_rights import GroupRights
from bot.texts.speak import FALLBACK

LANGUAGE = "language"  # the key of the stored setting
GONE = "chat_gone"  # the reason of rows that wait until the bot is back in the group
TITLE = "chat_title"
"""The card that is never shown: its text is what people call the chat it is about."""
DAY = 86_400  # seconds
# The column `is_forum`: what the group is for the bot.
PLAIN, FORUM, FORUM_WITHOUT_RIGHT = 0, 1, 2
NO_RIGHT = "not enough rights to create a topic"  # Telegram's own words, as the next ones
NO_FORUM = "the chat is not a forum"

# Built once: building a statement costs more than running it, and these run at every delivery.
_PERSON = people.c.id == bindparam("person")
_ACCOUNT, _THEIR_LANGUAGE = (
    select(people.c.telegram_id).where(_PERSON),
    select(people.c.language).where(_PERSON),
)
_GROUP = chats.c.key == bindparam("chat")
_BOUND, _ITS_LANGUAGE = (
    select(chats.c.chat_id, chats.c.is_forum).where(_GROUP),
    select(chats.c.language).where(_GROUP),
)
_LANGUAGE_OF_ACCOUNT = select(people.c.language).where(people.c.telegram_id == bindparam("account"))
_LANGUAGE_OF_GROUP = select(chats.c.language).where(chats.c.chat_id == bindparam("number"))
_STANDING = select(chats.c.key, chats.c.is_forum).where(chats.c.chat_id == bindparam("number"))
_NAME = select(chats.c.key).where(chats.c.chat_id == bindparam("number"))


@dataclass(frozen=True, slots=True)
class Place:
    """A row's destination: Telegram's id of the chat, and whether it has topics."""

    chat_id: int
    is_forum: bool = False

    @property
    def is_group(self) -> bool:
        return self.chat_id < 0


def find(tx: Connection, key: str) -> Place | None:
    """The place of `key`; None when it is not bound."""
    if (private := PersonChat.among(key)) is not None:
        found = tx.scalar(_ACCOUNT, {"person": private.number})
        return Place(found) if found is not None else None
    if (raw_chat := RawChat.among(key)) is not None:
        return Place(raw_chat.number)
    row = tx.execute(_BOUND, {"chat": key}).first()
    return Place(row.chat_id, row.is_forum == FORUM) if row else None


def name(tx: Connection, chat_id: int) -> str | None:
    """Our key of a group; None when it is not bound."""
    return tx.scalar(_NAME, {"number": chat_id})


def named(tx: Connection, chat_id: int) -> tuple[str, int] | None:
    """Our key of a group and what it is: PLAIN, FORUM or FORUM_WITHOUT_RIGHT. None when it is not bound."""
    row = tx.execute(_STANDING, {"number": chat_id}).first()
    return (row.key, int(row.is_forum)) if row is not None else None


def language(tx: Connection, key: str) -> str:
    """The language of a chat; the setting LANGUAGE if it has not chosen one."""
    if (private := PersonChat.among(key)) is not None:
        known = tx.scalar(_THEIR_LANGUAGE, {"person": private.number})
    elif (raw_chat := RawChat.among(key)) is None:
        known = tx.scalar(_ITS_LANGUAGE, {"chat": key})
    elif raw_chat.number > 0:
        known = tx.scalar(_LANGUAGE_OF_ACCOUNT, {"account": raw_chat.number})
    else:
        known = tx.scalar(_LANGUAGE_OF_GROUP, {"number": raw_chat.number})
    return known or kv.get(tx, LANGUAGE) or FALLBACK


def read_by_default(tx: Connection, language: str) -> None:
    """Store the setting LANGUAGE for drawing."""
    kv.put(tx, LANGUAGE, language)


def bind(unit: Unit[object], key: str, chat_id: int, *, is_forum: bool, language: str | None = None) -> None:
    """Bind `key` to this Telegram group. Cards in a previous group are forgotten."""
    former = find(unit.tx, key)
    if former is not None and former.chat_id != chat_id:
        unit.tx.execute(delete(posts).where(posts.c.chat == key))
    unit.tx.execute(delete(chats).where((chats.c.chat_id == chat_id) & (chats.c.key != key)))
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "is_forum": int(is_forum),
        "lost": None,
        "updated_at": unit.now,
    }
    if language is not None:
        values["language"] = language
    row = insert(unit.tx, chats).values(key=key, **values)
    unit.tx.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))


def observe(unit: Unit[object], key: str, chat_id: int, seen: GroupRights) -> None:
    """What Telegram says of a bound group: topics, and the right to them. Administrators are notified of a change."""
    before = named(unit.tx, chat_id)
    bind(unit, key, chat_id, is_forum=seen.is_forum)
    if not seen.is_forum or seen.may_open_topics:
        return
    if before == (key, FORUM_WITHOUT_RIGHT):
        unit.tx.execute(update(chats).where(chats.c.key == key).values(is_forum=FORUM_WITHOUT_RIGHT))
    else:
        without_topics(unit, key, NO_RIGHT)


def rights(unit: Unit[object], key: str, seen: GroupRights) -> None:
    """Rights in a group were given or removed; notify the administrators if topics depend on it."""
    stands = unit.tx.scalar(select(chats.c.is_forum).where(chats.c.key == key))
    if stands == FORUM_WITHOUT_RIGHT and seen.may_open_topics:
        with_topics(unit, key)
    elif stands == FORUM and not seen.may_open_topics:
        without_topics(unit, key, NO_RIGHT)


def move(unit: Unit[object], old_id: int, new_id: int) -> None:
    """The group became a supergroup (T11): update its id and notify the administrators. Telegram sends two signs; the
    second one finds it done. Message ids of the old group are invalid."""
    unit.tx.execute(
        update(outbox_rows).where(outbox_rows.c.chat == RawChat(old_id)).values(chat=RawChat(new_id))
    )
    signal(unit.tx, outbox.SIGNAL)
    key = name(unit.tx, old_id)
    if key is not None:
        bind(unit, key, new_id, is_forum=False)
        outbox.line(unit, ADMINS, "group.moved", {"key": ChatRef(key)})


def without_topics(unit: Unit[object], key: str, reason: str) -> None:
    """Topics were switched off in this group, or the right to them was removed: send without topics and notify the
    administrators."""
    stands = PLAIN if NO_FORUM in reason else FORUM_WITHOUT_RIGHT
    forum = (chats.c.key == key) & (chats.c.is_forum == FORUM)
    if unit.tx.execute(update(chats).where(forum).values(is_forum=stands, updated_at=unit.now)).rowcount:
        outbox.line(unit, ADMINS, "group.no_topics", {"key": ChatRef(key), "reason": reason})


def with_topics(unit: Unit[object], key: str) -> None:
    """Topics were switched on in this group, or the right to them was given: notify the administrators."""
    plain = (chats.c.key == key) & (chats.c.is_forum != FORUM)
    if unit.tx.execute(update(chats).where(plain).values(is_forum=FORUM, updated_at=unit.now)).rowcount:
        outbox.line(unit, ADMINS, "group.topics", {"key": ChatRef(key)})


def without_kind(unit: Unit[object], key: str, reason: str) -> None:
    """A group accepts messages, except those of one kind: notify its administrators, who can change that, at most
    once a day."""
    if reachable(unit.tx, key) and not PersonChat.names(key) and not RawChat.names(key):
        dedupe = f"kind:{key}:{reason}:{unit.now // DAY}"
        outbox.line(
            unit, ADMINS, "group.without_kind", {"key": ChatRef(key), "reason": reason}, dedupe=dedupe
        )


def groups(tx: Connection) -> list[tuple[str, int]]:
    """Every bound group: our name and its Telegram id."""
    return [(row.key, row.chat_id) for row in tx.execute(select(chats.c.key, chats.c.chat_id))]


def reachable(tx: Connection, key: str) -> bool:
    """Whether the chat is known and has not refused messages permanently."""
    if find(tx, key) is None:
        return False
    refused = select(chats.c.lost).where(chats.c.key == key)
    if (private := PersonChat.among(key)) is not None:
        refused = select(people.c.lost).where(people.c.id == private.number)
    return tx.scalar(refused) is None


def is_open(tx: Connection, key: str) -> bool:
    """Whether a card was delivered to a chat and nothing was refused since. A bot cannot begin a private chat, and `reachable`
    only says that it has not been refused yet."""
    taken = select(posts.c.message_id).where(posts.c.chat == key).limit(1)
    return reachable(tx, key) and tx.scalar(taken) is not None


def lose(unit: Unit[object], key: str, reason: str) -> bool:
    """The bot was removed from a bound group: notify supervisors and administrators, once. False when it is not
    bound.

    For a person who blocked the bot this is stored until they write again.
    """
    if (private := PersonChat.among(key)) is not None:
        unit.tx.execute(update(people).where(people.c.id == private.number).values(lost=reason[:200]))
        return False
    known = unit.tx.execute(select(chats.c.lost).where(chats.c.key == key).with_for_update()).first()
    if known is None:
        return False
    unit.tx.execute(update(chats).where(chats.c.key == key).values(lost=reason[:200], updated_at=unit.now))
    if known.lost is None:
        _tell_chiefs(unit, key, "group.lost", {"key": ChatRef(key), "reason": reason})
    return True


def muted(unit: Unit[object], key: str, until: int) -> None:
    """Telegram takes nothing for this chat until then (UTC seconds): tell those who read other chats, once an hour."""
    minutes = max(1, (until - unit.now) // 60)
    for chat in (ADMINS,) if PersonChat.names(key) or RawChat.names(key) else (SUPERVISORS, ADMINS):
        if chat != key:
            dedupe = f"muted:{key}:{chat}:{unit.now // 3600}"
            facts = {"key": ChatRef(key), "minutes": minutes}
            outbox.line(unit, chat, "chat.muted", facts, priority=outbox.ALARM, dedupe=dedupe)


def regain(unit: Unit[object], key: str) -> None:
    """The chat accepts messages again: send what waits for that."""
    gone = (chats.c.key == key) & chats.c.lost.is_not(None)
    if unit.tx.execute(update(chats).where(gone).values(lost=None, updated_at=unit.now)).rowcount:
        _tell_chiefs(unit, key, "group.found", {"key": ChatRef(key)})
    outbox.hurry(unit.tx, GONE, key)


def _tell_chiefs(unit: Unit[object], key: str, line: str, facts: Mapping[str, object]) -> None:
    for chat in (SUPERVISORS, ADMINS):
        if chat != key:
            outbox.line(unit, chat, line, facts, priority=outbox.ALARM)
