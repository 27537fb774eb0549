"""A message that a person wrote, in plain words: the doors read it, the desk never sees Telegram."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """`at` is when it was written (UTC seconds); `reply_to` the message it answers; `thread` its topic in a forum.

    `kind` is text, photo, document, video, voice, audio, video_note, sticker, animation, contact, location or other.
    """

    message_id: int
    text: str
    kind: str
    file_id: str | None
    reply_to: int | None
    thread: int | None
    at: int
