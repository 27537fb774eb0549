"""Blocks of an article's text: paragraphs, list items, headings, pictures, ready to be drawn as Telegram HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.yamlfiles import Mark

Kind = Literal["heading", "text", "item", "quote", "code", "picture"]


@dataclass(frozen=True, slots=True)
class Link:
    """An address and where it is written."""

    target: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class TitleOf:
    """The place of another article's title, which is known only when all have been read."""

    article: str


Piece = str | TitleOf  # Telegram HTML


@dataclass(frozen=True, slots=True)
class Block:
    """
    One paragraph, list item, heading or picture; `line` is its place in the file, from 1. `plain` is what the
    reader sees and what search reads: the text without signs.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    plain: str
    line: int
    depth: int = 0
    sign: str = ""
    target: str = ""
    links: tuple[Link, ...] = ()


def targets(blocks: Iterable[Block]) -> list[str]:
    """Every address the blocks link to, in order."""
    return [link.target for block in blocks for link in block.links]
