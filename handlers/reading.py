"""Read from a Telegram message what the desk needs of it, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import (
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    TelegramObject,
)

from bot.knowledge import masking
from bot.telegram.incoming import SERVICE, Incoming, Origin, Ours, Quote

# In the order of Telegram's own precedence: an animation is a document too, a venue a location.
_FILES = ("animation", "document", "video", "voice", "audio", "video_note", "sticker")
_PLAIN = ("contact", "venue", "location", "dice", "poll")
_IDENTITY = {
    *("phone_number", "first_name", "last_name", "title", "address", "latitude", "longitude", "location"),
    *("emoji", "value", "question"),
}
_NOT_COPIED = {
    "story": "story",
    "paid_media": "paid_media",
    "giveaway": "giveaway",
    "giveaway_winners": "giveaway",
    "invoice": "invoice",
    "game": "unknown",
    "checklist": "unknown",
}
_SERVICE = frozenset(ContentType) - {
    *("text", "photo", "rich_message", "live_photo", *_FILES, *_PLAIN, *_NOT_COPIED),
}


def incoming(message: Message) -> Incoming:
    """The message as data. In a topic, the implicit answer to the message that opened it is no answer."""
    kind, file_id, unique = _content(message)
    replied = message.reply_to_message
    answers = replied.message_id if replied is not None else None
    opened = None
    if replied is not None and replied.forum_topic_created is not None:
        opened = replied.forum_topic_created.name if _is_from_us(message, replied) else None
        replied = answers = None
    text, entities, quote, secret = _words(message)
    answers_us = replied is not None and _is_from_us(message, replied)
    return Incoming(
        message_id=message.message_id,
        text=text,
        kind=kind,
        file_id=file_id,
        reply_to=answers,
        thread=message.message_thread_id if message.is_topic_message else None,
        at=int(message.date.timestamp()),
        place=message.chat.id,
        entities=entities,
        album=message.media_group_id,
        quote=quote,
        origin=_origin(message),
        answers_us=answers_us,
        ours=_ours(replied) if answers_us and replied is not None else None,
        file=unique,
        opened=opened,
        secret=secret,
    )


def _is_from_us(message: Message, replied: Message) -> bool:
    wrote_it = replied.from_user
    return wrote_it is not None and message.bot is not None and wrote_it.id == message.bot.id


def _words(message: Message) -> tuple[str, Sequence[Mapping[str, Any]], Quote | None, bool]:
    """What is written, its entities, what is quoted, and whether it held a secret. In a private chat secrets stay behind here."""
    text, entities = message.text or message.caption or _rich(message), _entities(message)
    quote = _quote(message)
    if message.chat.type != "private":
        return text, entities, quote, False
    hidden = masking.hide(text)
    if quote is not None and masking.hide(quote.text) != quote.text:
        quote = None  # what it quotes does not stand like this on the other side
    return hidden, entities if hidden == text else [], quote, hidden != text


def _quote(message: Message) -> Quote | None:
    marked = message.quote
    if marked is None or not marked.is_manual:
        return None
    return Quote(marked.text, _dumped(marked.entities), marked.position)


def _ours(replied: Message) -> Ours | None:
    if replied.forward_origin is not None:
        return None
    kind, _, unique = _content(replied)
    keyboard = replied.reply_markup.inline_keyboard if replied.reply_markup is not None else []
    data = tuple(button.callback_data for row in keyboard for button in row if button.callback_data)
    return Ours(replied.text or replied.caption or "", kind, unique, data)


def _content(message: Message) -> tuple[str, str | None, str | None]:
    if message.via_bot is not None and message.chat.type == "private":
        return (
            SERVICE,
            None,
            None,
        )  # an article that an engineer chose inline here: our own words, no one's request
    if message.text is not None:
        return "text", None, None
    if message.photo:
        return "photo", message.photo[-1].file_id, message.photo[-1].file_unique_id
    for kind in _FILES:
        found = getattr(message, kind)
        if found is not None:
            return kind, found.file_id, found.file_unique_id
    for kind in _PLAIN:
        found = getattr(message, kind)
        if found is not None:
            return kind, None, _digest(found)
    for name, kind in _NOT_COPIED.items():
        if getattr(message, name, None) is not None:
            return kind, None, None
    if message.rich_message is not None:
        return "rich", None, None
    is_newer = bool(message.model_extra) and not any(getattr(message, name, None) for name in _SERVICE)
    return "other" if is_newer else SERVICE, None, None


def _digest(found: TelegramObject) -> str:
    """What has no file is known by its content; votes of a poll and the state of a live location are none of it."""
    told = found.model_dump(mode="json", include=_IDENTITY, exclude_none=True)
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:20]


def _rich(message: Message) -> str:
    """The words of a rich message, a line for each of its blocks."""
    if message.rich_message is None:
        return ""
    return "\n".join(line for line in _lines(message.rich_message.model_dump(mode="json")) if line.strip())


def _lines(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _lines(one)
    elif isinstance(part, dict):
        yield from (_inline(part[name]) for name in ("summary", "text", "caption", "credit") if name in part)
        for name in ("blocks", "items", "cells"):
            yield from _lines(part.get(name))


def _inline(part: Any) -> str:
    match part:
        case str():
            return part
        case list():
            return "".join(map(_inline, part))
        case {"text": text} | {"alternative_text": text} | {"expression": text}:
            return _inline(text)
        case _:
            return ""


def _entities(message: Message) -> Sequence[Mapping[str, Any]]:
    return _dumped(message.entities if message.text is not None else message.caption_entities)


def _dumped(entities: list[MessageEntity] | None) -> Sequence[Mapping[str, Any]]:
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities or ()]


def _origin(message: Message) -> Origin | None:
    match message.forward_origin:
        case MessageOriginUser() as origin:
            return Origin(origin.sender_user.full_name, origin.sender_user.id)
        case MessageOriginHiddenUser() as origin:
            return Origin(origin.sender_user_name)
        case MessageOriginChat() as origin:
            return Origin(origin.sender_chat.title or "")
        case MessageOriginChannel() as origin:
            return Origin(origin.chat.title or "")
        case _:
            return None
