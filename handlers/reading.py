"""Read from a Telegram message what the desk needs of it, in plain words."""

from __future__ import annotations

from aiogram.types import Message

from bot.tickets.incoming import Incoming

_FILES = ("document", "video", "voice", "audio", "video_note", "sticker", "animation")


def incoming(message: Message) -> Incoming:
    """The message as data. In a topic, the implicit answer to the message that opened it is no answer."""
    kind, file_id = _content(message)
    replied = message.reply_to_message
    answers = replied.message_id if replied is not None else None
    if replied is not None and replied.forum_topic_created is not None:
        answers = None
    return Incoming(
        message_id=message.message_id,
        text=message.text or message.caption or "",
        kind=kind,
        file_id=file_id,
        reply_to=answers,
        thread=message.message_thread_id if message.is_topic_message else None,
        at=int(message.date.timestamp()),
    )


def _content(message: Message) -> tuple[str, str | None]:
    if message.text is not None:
        return "text", None
    if message.photo:
        return "photo", message.photo[-1].file_id
    for kind in _FILES:
        found = getattr(message, kind)
        if found is not None:
            return kind, found.file_id
    return ("contact" if message.contact else "location" if message.location else "other"), None
