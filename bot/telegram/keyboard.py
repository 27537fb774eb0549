"""Inline keyboards: rows of keys, each with a label and what it carries. Only here is their shape in the Bot API known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.telegram.buttons import LONGEST, Button

Style = Literal["primary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Key:
    """One inline button as people see it. It carries callback data, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""
    style: Style | None = None

    @property
    def sent(self) -> dict[str, str]:
        """InlineKeyboardButton (Bot API)."""
        carried = {"url": self.url} if self.url else {"callback_data": self.data}
        return {"text": self.label, **carried} | ({"style": self.style} if self.style else {})


Keyboard = list[list[Key]]


def button(label: str, pressed: Button | str, style: Style | None = None) -> Key:
    """A key for a typed button, or for the data of a scenario's step. Raises ValueError for data that Telegram would refuse."""
    data = pressed if isinstance(pressed, str) else pressed.pack()
    if len(data.encode()) > LONGEST:
        raise ValueError(f"callback data over {LONGEST} bytes: {data!r}")
    return Key(label, data, style=style)


def link(label: str, url: str) -> Key:
    """A key that opens a place in Telegram or on the web."""
    return Key(label, url=url)


def rows(keys: Sequence[Key], columns: int) -> Keyboard:
    """Lay keys out in rows of `columns`."""
    return [list(keys[start : start + columns]) for start in range(0, len(keys), columns)]


def markup(keyboard: Sequence[Sequence[Key]]) -> dict[str, list[list[dict[str, str]]]]:
    """InlineKeyboardMarkup (Bot API)."""
    return {"inline_keyboard": [[key.sent for key in row] for row in keyboard]}
