"""The Bot API's methods, one file per theme; importing this fills `sandbox.api.table`."""

from sandbox.api import (
    chats,
    commands,
    copies,
    edits,
    ephemeral,
    files,
    forum,
    inline,
    media,
    messages,
    updates,
)

__all__ = [
    "chats",
    "commands",
    "copies",
    "edits",
    "ephemeral",
    "files",
    "forum",
    "inline",
    "media",
    "messages",
    "updates",
]
