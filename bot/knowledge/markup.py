"""The small Markdown of the knowledge base: read with line and column, drawn as Telegram HTML."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

from bot.yamlfiles import Complaint, Mark

FIRST, ENOUGH, WORTH = 1, 30, 2  # steps and words in sight at least, and steps that are worth folding
SHORT = 110  # words of a body that is shown whole
LINK_SCHEMES = ("https://", "http://", "mailto:", "tel:", "article:")

HEADING = re.compile(r"(#{1,6})\s+(.*)")
ITEM = re.compile(r"(\s*)([-*]|\d{1,2}\.)\s+(.*)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)\s*$")
TABLE = re.compile(r"\s*\|.*\|\s*$")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|(?<!\w)_(?P<italic>[^_]+)_(?!\w)"
    r"|\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]+)\)"
)

Kind = Literal["heading", "text", "item", "quote", "code", "picture"]


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, heading or picture; `line` is its place in the file, from 1."""

    kind: Kind
    text: str
    line: int
    depth: int = 0
    sign: str = ""
    target: str = ""


@dataclass
class _Reader:
    """Where the reading of one body is."""

    file: str
    blocks: list[Block]
    complaints: list[Complaint]
    open_code: int = 0

    def complain(self, code: str, line: int, column: int, **facts: object) -> None:
        self.complaints.append(Complaint(code, self.file, Mark(line, column), facts))


def parse(file: str, lines: list[str], first_line: int) -> tuple[list[Block], list[Complaint]]:
    """Blocks of a body whose first line is line `first_line` of `file`, and everything wrong with it."""
    reader = _Reader(file, [], [])
    gap = True
    for number, line in enumerate(lines, first_line):
        if line.startswith("```"):
            _fence(reader, number)
        elif reader.open_code:
            _lengthen(reader, line, "\n")
        elif not line.strip():
            gap = True
        else:
            _line(reader, line, number, gap)
            gap = False
    if reader.open_code:
        reader.complain("E416", reader.open_code, 1)
    for block in reader.blocks:
        if block.kind not in ("code", "picture"):
            _check_inline(reader, block, lines[block.line - first_line])
    return reader.blocks, reader.complaints


def _fence(reader: _Reader, number: int) -> None:
    if reader.open_code:
        reader.open_code = 0
    else:
        reader.open_code = number
        reader.blocks.append(Block("code", "", number))


def _lengthen(reader: _Reader, text: str, glue: str) -> None:
    last = reader.blocks[-1]
    joined = f"{last.text}{glue}{text}" if last.text else text
    reader.blocks[-1] = Block(last.kind, joined, last.line, last.depth, last.sign, last.target)


def _line(reader: _Reader, line: str, number: int, gap: bool) -> None:
    if TABLE.match(line):
        reader.complain("E411", number, line.index("|") + 1)
    elif heading := HEADING.match(line):
        reader.blocks.append(Block("heading", heading[2].strip(), number, depth=len(heading[1])))
    elif picture := PICTURE.match(line.strip()):
        reader.blocks.append(Block("picture", picture[1], number, target=picture[2]))
    elif line.startswith(">"):
        _quote(reader, line[1:].strip(), number, gap)
    elif item := ITEM.match(line):
        sign = "•" if item[2] in "-*" else item[2]
        reader.blocks.append(Block("item", item[3], number, depth=len(item[1]) // 2, sign=sign))
    elif not gap and reader.blocks and reader.blocks[-1].kind in ("text", "item"):
        _lengthen(reader, line.strip(), " ")
    else:
        reader.blocks.append(Block("text", line.strip(), number))


def _quote(reader: _Reader, text: str, number: int, gap: bool) -> None:
    if not gap and reader.blocks and reader.blocks[-1].kind == "quote":
        _lengthen(reader, text, "\n")
    else:
        reader.blocks.append(Block("quote", text, number))


def _check_inline(reader: _Reader, block: Block, source: str) -> None:
    for link in targets([block]):
        if not link.startswith(LINK_SCHEMES):
            reader.complain("E412", block.line, max(source.find(link), 0) + 1, target=link)
    left = INLINE.sub("", block.text)
    for rest, code in (("**", "E413"), ("`", "E414")):
        if rest in left:
            reader.complain(code, block.line, max(source.rfind(rest), 0) + 1, sign=rest)
    if tag := TAG.search(left):
        reader.complain("E415", block.line, max(source.find(tag[0]), 0) + 1, tag=tag[0])


def targets(blocks: Iterable[Block]) -> list[str]:
    """Every address the blocks link to, in order."""
    return [m["target"] for block in blocks for m in INLINE.finditer(block.text) if m["target"]]


def plain(text: str) -> str:
    """Inline Markdown without its signs: what the reader sees and what search reads."""
    return INLINE.sub(
        lambda m: plain(m["bold"] or m["italic"] or "") or m["code"] or m["text"] or m["escaped"], text
    )


def inline(text: str, title_of: Callable[[str], str]) -> str:
    """One line of Markdown as Telegram HTML; an `article:id` link becomes that article's title."""
    out, at = [], 0
    for m in INLINE.finditer(text):
        out.append(escape(text[at : m.start()], quote=False))
        at = m.end()
        if m["code"]:
            out.append(f"<code>{escape(m['code'], quote=False)}</code>")
        elif m["bold"]:
            out.append(f"<b>{inline(m['bold'], title_of)}</b>")
        elif m["italic"]:
            out.append(f"<i>{inline(m['italic'], title_of)}</i>")
        elif m["target"]:
            out.append(_link(m["text"], m["target"], title_of))
        else:
            out.append(escape(m["escaped"], quote=False))
    return "".join(out) + escape(text[at:], quote=False)


def _link(text: str, target: str, title_of: Callable[[str], str]) -> str:
    if target.startswith("article:"):
        return f"<i>{escape(title_of(target.removeprefix('article:')), quote=False)}</i>"
    return f'<a href="{escape(target)}">{escape(text, quote=False)}</a>'


def draw(blocks: list[Block], title_of: Callable[[str], str], fold_after: int) -> str:
    """
    Telegram HTML of a body. Once `fold_after` visible characters have been shown, each further section keeps
    its heading in sight and folds its text into an expandable quotation.
    """
    parts: list[str] = []
    seen = 0
    for section in _sections(blocks):
        size = sum(len(plain(block.text)) for block in section)
        if seen + size > fold_after and seen and section[0].kind == "heading":
            head, rest = section[0], section[1:]
            body = _blocks(rest, title_of, inside_quote=True)
            parts.append(f"<b>{inline(head.text, title_of)}</b>\n<blockquote expandable>{body}</blockquote>")
        else:
            parts.append(_blocks(section, title_of, inside_quote=False))
        seen += size
    return "\n\n".join(part for part in parts if part)


def draw_first(blocks: list[Block], title_of: Callable[[str], str], rest: str) -> str:
    """
    Telegram HTML of a body whose first steps are in sight: the others, under the words `rest`, and the text of
    every further section are folded. A short body, or one without steps, is shown as it is.
    """
    if sum(len(plain(block.text).split()) for block in blocks) <= SHORT:
        return draw(blocks, title_of, fold_after=sum(len(block.text) for block in blocks))
    first, *further = _sections(blocks) or [[]]
    cut = _after_first_steps(first)
    parts = [_blocks(first[:cut], title_of, inside_quote=False)]
    if first[cut:]:
        hidden = _blocks(first[cut:], title_of, inside_quote=True)
        parts.append(f"<blockquote expandable><b>{escape(rest, quote=False)}</b>\n{hidden}</blockquote>")
    for head, *texts in further:
        body = _blocks(texts, title_of, inside_quote=True)
        folded = f"<blockquote expandable>{body}</blockquote>" if body else ""
        parts.append(f"<b>{inline(head.text, title_of)}</b>\n{folded}".rstrip())
    return "\n\n".join(part for part in parts if part)


def _after_first_steps(section: list[Block]) -> int:
    """Where the steps that are not tried first begin; the section's length where it is short."""
    shown = words = 0
    for place, block in enumerate(section):
        is_step = block.kind == "item" and block.sign.rstrip(".").isdigit() and not block.depth
        left = sum(one.kind == "item" for one in section[place:])
        if is_step and shown >= FIRST and words >= ENOUGH and left >= WORTH:
            return place
        shown += is_step
        words += len(plain(block.text).split())
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


def _blocks(blocks: list[Block], title_of: Callable[[str], str], *, inside_quote: bool) -> str:
    out = ""
    before: Block | None = None
    for block in blocks:
        if before is not None:
            close = before.kind == "heading" or (before.kind == block.kind == "item")
            out += "\n" if close else "\n\n"
        out += _block(block, title_of, inside_quote)
        before = block
    return out


def _block(block: Block, title_of: Callable[[str], str], inside_quote: bool) -> str:
    if block.kind == "code":
        return f"<pre>{escape(block.text, quote=False)}</pre>"
    text = inline(block.text, title_of)
    if block.kind == "heading":
        return f"<b>{text}</b>"
    if block.kind == "item":
        return f"{'    ' * block.depth}{block.sign} {text}"
    if block.kind == "quote":
        return f"<i>{text}</i>" if inside_quote else f"<blockquote>{text}</blockquote>"
    return text
