"""A person's message without Telegram's types: the doors build it, other rooms never see Telegram's objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SERVICE = "service"  # a pinned message, a new title: not written by a person
UNCOPYABLE = frozenset({"story", "paid_media", "giveaway", "invoice", "unknown"})
CAPTIONED = frozenset({"photo", "document", "video", "animation", "audio", "voice"})
REPLACEABLE = frozenset({"photo", "document", "video", "animation", "audio"})  # editMessageMedia takes these


@dataclass(frozen=True, slots=True)
class Origin:
    """The original author of a forwarded message; an id only if that person allows it."""

    name: str
    telegram_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A part of the answered message; `position` in UTF-16 units. Telegram compares text and entities with that message."""

    text: str
    entities: Sequence[Mapping[str, Any]] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class Ours:
    """A message of the bot that a person replies to: text, kind and file as in Incoming, and the data of its buttons."""

    text: str
    kind: str
    file: str | None
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """`at` is when it was written (UTC seconds); `reply_to` the message it answers; `thread` its topic in a forum.

    `kind` is text, photo, document, video, voice, audio, video_note, sticker, animation, contact, location, venue,
    dice, poll, rich, other (newer than this program); SERVICE, or one of UNCOPYABLE. `place` is Telegram's id of the
    chat, `album` its media_group_id.
    """

    message_id: int
    text: str
    kind: str
    file_id: str | None
    reply_to: int | None
    thread: int | None
    at: int
    place: int = 0
    entities: Sequence[Mapping[str, Any]] = ()
    album: str | None = None
    quote: Quote | None = None
    origin: Origin | None = None
    answers_us: bool = False  # it replies to a message of the bot
    ours: Ours | None = None  # that message, unless the bot forwarded it
    # file_unique_id, identical for the same file everywhere; a digest of what has no file: a contact, a place, a poll
    file: str | None = None
    opened: str | None = None  # the name that the bot gave to its topic; None if this answers another message
    secret: bool = False  # a password, PIN or code was removed from `text`
