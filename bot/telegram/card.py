"""What a renderer hands to the sender: a drawing of a card."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

from bot.storage.unit import Unit
from bot.telegram.keyboard import Keyboard, markup
from bot.texts.speak import SaidMoment

C = TypeVar("C")
TEXT, CAPTION = 4096, 1024  # characters without the markup (Bot API)
MORE = "…"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A card as it must look now. `photo` is a local file; then `text` is its caption (at most 1,024 characters)."""

    text: str
    keyboard: Keyboard = field(default_factory=list)
    photo: Path | None = None
    document: Path | None = None  # a local file sent as a document; the text is its caption
    plain: bool = False  # the text has no markup
    pinned: bool = False  # pinned in its group, silently
    icon: str | None = None  # of a topic: an emoji; Telegram has an icon for some of them
    hours: tuple[SaidMoment, ...] = ()  # said in the text: each reader sees them in the zone of their phone
    names_zone: bool = False  # the text says whose hours these are, so no phone may turn them into its own
    fades: bool = False  # it says "today" or "on Friday": wrong after the reader's midnight

    @property
    def plainly(self) -> Drawing:
        """The same without markup, for when Telegram refuses the markup."""
        return replace(self, text=unmarked(self.text), plain=True)

    @property
    def digest(self) -> str:
        parts = [
            self.text,
            self.markup["inline_keyboard"],
            str(self.photo),
            *([self.icon] if self.icon else []),
        ]
        shown = json.dumps(parts, ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    @property
    def caption_fits(self) -> bool:
        """Whether the text fits below the photo; otherwise the photo is sent as a separate message before it."""
        return len(unmarked(self.text)) <= CAPTION

    @property
    def has_media(self) -> bool:
        """Whether it is one message with a picture."""
        return self.photo is not None and self.caption_fits

    @property
    def markup(self) -> Mapping[str, Any]:
        return markup(self.keyboard)


def with_hours(drawing: Drawing) -> str:
    """The text with its hours marked as instants; who has an old Telegram reads what is written."""
    text = drawing.text
    if drawing.plain or drawing.names_zone:
        return text
    for one in dict.fromkeys(drawing.hours):
        if one.hours[:1].isdigit() and one.hours in one.words:
            marked = f'<tg-time unix="{one.at}" format="t">{one.hours}</tg-time>'
            text = text.replace(one.words, one.words.replace(one.hours, marked))
    return text


Renderer = Callable[[Unit[C], str, str], Drawing | None]
"""`renderer(unit, about, chat)`: None when there is nothing true to show any more; the row is then dropped."""


def unmarked(html: str) -> str:
    """A Telegram HTML text without its markup."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def fitted(html: str, most: int = TEXT) -> str:
    """The text, cut to `most` characters: Telegram refuses longer ones.

    It is cut between characters, never inside a tag or an entity, and open tags are closed (T14).
    """
    if len(html) <= most or len(unmarked(html)) <= most:
        return html
    left = most - len(MORE)
    opened: list[str] = []
    kept: list[str] = []
    for found in _PIECE.finditer(html):
        piece = found[0]
        if found["tag"]:
            opened = opened[:-1] if piece.startswith("</") else [*opened, found["tag"]]
        else:
            whole = piece.startswith("&")
            piece = piece if whole else piece[:left]
            left -= 1 if whole else len(piece)
        kept.append(piece)
        if left <= 0:
            break
    return "".join([*kept, MORE, *(f"</{tag}>" for tag in reversed(opened))])


_PIECE = re.compile(r"</?(?P<tag>[a-zA-Z-]+)[^>]*>|&(?:#?\w+);|[^<&]+|[<&]")
