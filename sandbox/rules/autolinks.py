"""What the server detects in plain text: commands, links, mentions, hashtags, e-mail addresses."""

import re

from sandbox.core.world import Json
from sandbox.rules.html_dialect import utf16

ZONES = (
    "com|org|net|ru|рф|io|dev|app|info|biz|me|tv|su|kz|by|ua|uk|de|fr|eu|us|edu|gov|online|site|tech|cloud"
)
PATTERN = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?P<url>(?<![\w@./])(?:https?://[^\s<>«»\"]+|(?:[\w-]+\.)+(?:" + ZONES + r")\b(?:[/?#][^\s<>«»\"]*)?))"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>]))"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w))"
    r"|(?P<hashtag>(?<![\w#])#(?=\w*[^\W\d])\w{1,256})"
)
HINT = re.compile(r"[/@#.]")


def find(text: str) -> list[Json]:
    """Entities found, in order. Offsets and lengths in UTF-16 units."""
    if not HINT.search(text):
        return []
    found: list[Json] = []
    at, offset = 0, 0
    for match in PATTERN.finditer(text):
        kind = match.lastgroup
        piece = match[0]
        if kind == "url":
            piece = piece.rstrip(".,:;!?)'")
        offset += utf16(text[at : match.start()])
        found.append({"type": kind, "offset": offset, "length": utf16(piece)})
        at, offset = match.start(), offset
    return found
