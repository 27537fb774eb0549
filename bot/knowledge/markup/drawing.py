"""Blocks as Telegram HTML: whole, folded after some characters, or with what to try first in sight."""

from collections.abc import Callable, Iterable
from html import escape

from bot.knowledge.markup.blocks import Block, Piece

FIRST, ENOUGH, WORTH = 1, 30, 2  # steps and words in sight at least, and steps that are worth folding
SHORT = 110  # words of a body that is shown whole


def draw(blocks: list[Block], title_of: Callable[[str], str], fold_after: int) -> str:
    """
    Telegram HTML of a body. Once `fold_after` visible characters have been shown, each further section keeps
    its heading in sight and folds its text into an expandable quotation.
    """
    parts: list[str] = []
    seen = 0
    for section in _sections(blocks):
        size = sum(len(block.plain) for block in section)
        if seen + size > fold_after and seen and section[0].kind == "heading":
            head, rest = section[0], section[1:]
            body = _html(rest, title_of, inside_quote=True)
            parts.append(
                f"{_html([head], title_of, inside_quote=False)}\n<blockquote expandable>{body}</blockquote>"
            )
        else:
            parts.append(_html(section, title_of, inside_quote=False))
        seen += size
    return "\n\n".join(part for part in parts if part)


def draw_first(blocks: list[Block], title_of: Callable[[str], str], rest: str) -> str:
    """
    Telegram HTML of a body whose first steps are in sight: the others, under the words `rest`, and the text of
    every further section are folded. A short body, or one without steps, is shown as it is.
    """
    if sum(len(block.plain.split()) for block in blocks) <= SHORT:
        return draw(blocks, title_of, fold_after=sum(len(block.plain) for block in blocks))
    first, *further = _sections(blocks) or [[]]
    cut = _after_first_steps(first)
    parts = [_html(first[:cut], title_of, inside_quote=False)]
    if first[cut:]:
        hidden = _html(first[cut:], title_of, inside_quote=True)
        parts.append(f"<blockquote expandable><b>{escape(rest, quote=False)}</b>\n{hidden}</blockquote>")
    for head, *texts in further:
        body = _html(texts, title_of, inside_quote=True)
        folded = f"<blockquote expandable>{body}</blockquote>" if body else ""
        parts.append(f"{_html([head], title_of, inside_quote=False)}\n{folded}".rstrip())
    return "\n\n".join(part for part in parts if part)


def _after_first_steps(section: list[Block]) -> int:
    """Where the steps that are not tried first begin; the section's length where it is short."""
    shown = words = 0
    for place, block in enumerate(section):
        is_step = block.kind == "item" and block.sign[:-1].isdigit() and not block.depth
        left = sum(one.kind == "item" for one in section[place:])
        if is_step and shown >= FIRST and words >= ENOUGH and left >= WORTH:
            return place
        shown += is_step
        words += len(block.plain.split())
    return len(section)


def _sections(blocks: list[Block]) -> list[list[Block]]:
    sections: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "picture":
            continue
        if block.kind == "heading" and sections[-1]:
            sections.append([])
        sections[-1].append(block)
    return [section for section in sections if section]


def _html(blocks: list[Block], title_of: Callable[[str], str], *, inside_quote: bool) -> str:
    return "".join(
        piece if isinstance(piece, str) else escape(title_of(piece.article), quote=False)
        for piece in pieces_of(blocks, inside_quote)
    )


def pieces_of(blocks: list[Block], inside_quote: bool) -> list[Piece]:
    out: list[Piece] = []
    before: Block | None = None
    for block in blocks:
        if before is not None:
            close = before.kind == "heading" or (before.kind == block.kind == "item")
            out.append("\n" if close else "\n\n")
        out += _block(block, inside_quote)
        before = block
    return out


def _block(block: Block, inside_quote: bool) -> Iterable[Piece]:
    if block.kind == "heading":
        return _inside("b", block.pieces)
    if block.kind == "item":
        return (f"{'    ' * block.depth}{block.sign}", " " if block.pieces else "", *block.pieces)
    if block.kind == "quote":
        return (
            _inside("i", block.pieces) if inside_quote else ("<blockquote>", *block.pieces, "</blockquote>")
        )
    return block.pieces


def _inside(tag: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces in a tag, which is taken out where they have it themselves."""
    begin, end = f"<{tag}>", f"</{tag}>"
    bare = (p.replace(begin, "").replace(end, "") if isinstance(p, str) else p for p in pieces)
    return [begin, *bare, end]
