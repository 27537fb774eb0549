"""The Markdown of the knowledge base: read with line and column, drawn as Telegram HTML."""

from bot.knowledge.markup.blocks import Block, targets
from bot.knowledge.markup.drawing import draw, draw_first
from bot.knowledge.markup.reading import parse
from bot.knowledge.markup.rules import lines_of_code

__all__ = ["Block", "draw", "draw_first", "lines_of_code", "parse", "targets"]
