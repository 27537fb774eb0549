"""Articles' Markdown read into blocks, with every fault at its line and column."""

from collections.abc import Callable, Iterable
from html import escape

from markdown_it.token import Token

from bot.knowledge.markup.blocks import Block, Link, Piece, TitleOf
from bot.knowledge.markup.drawing import pieces_of
from bot.knowledge.markup.rules import LEVELS, read_blocks, read_words
from bot.yamlfiles import Complaint, Mark

LINK_SCHEMES = ("https://", "http://", "mailto:", "tel:", "article:")
Written = Callable[[int, int], int]
TAGS = {"strong_open": "b", "em_open": "i", "strong_close": "b", "em_close": "i"}


class _Words:
    """Inline tokens as Telegram HTML and as plain text; a tag inside its own kind is left out."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.plain = ""
        self.links: list[Link] = []
        self.open = {"b": 0, "i": 0, "link": 0}
        self.is_titled = False  # inside a link to an article, whose title is shown instead

    def say(self, text: str, tag: str = "") -> None:
        self.plain += text
        shown = escape(text, quote=False)
        self.put(f"<{tag}>{shown}</{tag}>" if tag else shown)

    def put(self, piece: Piece) -> None:
        if not self.is_titled:
            self.pieces.append(piece)

    def begin(self, tag: str, attributes: str = "") -> None:
        self.open[tag] += 1
        if self.open[tag] == 1:
            self.put(f"<{tag}{attributes}>")

    def end(self, tag: str) -> None:
        self.open[tag] -= 1
        if not self.open[tag]:
            self.put(f"</{tag}>")

    def begin_link(self, found: Link) -> None:
        self.links.append(found)
        self.open["link"] += 1
        if self.open["link"] > 1:
            return
        if found.target.startswith("article:"):
            self.begin("i")
            self.put(TitleOf(found.target.removeprefix("article:")))
            self.is_titled = True
        else:
            self.put(f'<a href="{escape(found.target)}">')

    def end_link(self) -> None:
        self.open["link"] -= 1
        if self.open["link"]:
            return
        if self.is_titled:
            self.is_titled = False
            self.end("i")
            return
        if str(self.pieces[-1]).startswith("<a "):  # no words to press
            self.say(self.links[-1].target)
        self.put("</a>")

    def is_within(self) -> bool:
        """Whether bold or italic words, or a link, have not ended."""
        return any(self.open.values())


class _Reader:
    """Where the reading of one body is."""

    def __init__(self, file: str, lines: list[str], first_line: int, written: Written | None) -> None:
        self.file = file
        self.written = written
        self.lines = lines
        self.first_line = first_line
        self.blocks: list[Block] = []
        self.complaints: list[Complaint] = []
        self.outside: list[list[Block]] = []  # the blocks around each open quotation
        self.items = 0  # open ones, each inside the other
        self.shift = 0  # two spaces under a number are enough, CommonMark wants three
        self.waiting: Block | None = None  # an item whose words have not come
        self.alone = -1  # where the last asterisks without a pair are in their paragraph

    def read(self, tokens: Iterable[Token]) -> None:
        """Blocks of the library's tokens."""
        heading, in_table = 0, False
        for token in tokens:
            kind = token.type
            if kind == "inline" and not in_table:
                self.paragraph(token, heading)
            elif kind == "list_item_open":
                self.item(token)
            elif kind == "list_item_close":
                self.settle()
                self.items -= 1
            elif kind == "heading_open":
                heading = len(token.markup)
                self.settle()
            elif kind == "heading_close":
                heading = 0
            elif kind == "blockquote_open":
                self.check_depth(token)
                self.settle()
                self.outside.append(self.blocks)
                self.blocks = []
            elif kind == "blockquote_close":
                self.quote()
            elif kind == "fence":
                self.code(token)
            elif kind == "table_open":
                in_table = True
                self.complain("E411", self.line_mark(token))
            elif kind == "table_close":
                in_table = False

    def complain(self, code: str, mark: Mark, **facts: object) -> None:
        self.complaints.append(Complaint(code, self.file, mark, facts))

    def line_mark(self, token: Token) -> Mark:
        """Where the first line of a block begins."""
        place = _first_line(token)
        line = self.lines[place]
        return self.at(place, len(line) - len(line.lstrip()))

    def mark(self, paragraph: Token, at: int) -> Mark:
        """Where a character of a paragraph is in the file."""
        row = paragraph.content.count("\n", 0, at)
        begins = paragraph.content.rfind("\n", 0, at) + 1
        line = paragraph.content[begins:].partition("\n")[0]
        place = _first_line(paragraph) + row
        source, indent = self.lines[place], len(line) - len(line.lstrip())
        return self.at(place, max(source.rfind(line.strip()), 0) + at - begins - indent)

    def at(self, place: int, offset: int) -> Mark:
        column = offset + 1 if self.written is None else self.written(place, offset + 1)
        return Mark(place + self.first_line, column)

    def settle(self) -> None:
        """Show the sign of an item that has no words."""
        if self.waiting is not None:
            self.blocks.append(self.waiting)
            self.waiting = None

    def check_depth(self, token: Token) -> None:
        """What is inside the last of its levels the library leaves out without a word."""
        if token.level >= LEVELS - 2:
            self.complain("E426", self.line_mark(token), limit=LEVELS // 2 - 1)

    def item(self, token: Token) -> None:
        self.check_depth(token)
        self.settle()
        place = _first_line(token)
        if not self.items:
            self.shift = int(self.lines[place].startswith(("  ", "\t")))
        sign = f"{token.info}{token.markup}" if token.info else "•"
        depth = self.items + self.shift
        self.items += 1
        self.waiting = Block("item", (), "", place + self.first_line, depth, sign)

    def code(self, token: Token) -> None:
        self.settle()
        place, end = token.map or (0, 0)
        text = token.content.removesuffix("\n")
        if token.content.count("\n") == end - place - 1:  # no line is left for the closing sign
            self.complain("E416", self.line_mark(token))
        pieces = f"<pre>{escape(text, quote=False)}</pre>"
        self.blocks.append(Block("code", (pieces,), text, place + self.first_line))

    def quote(self) -> None:
        self.settle()
        inside, self.blocks = self.blocks, self.outside.pop()
        if inside:
            plain = "\n".join(block.plain for block in inside)
            links = tuple(one for block in inside for one in block.links)
            pieces = tuple(pieces_of(inside, inside_quote=True))
            self.blocks.append(Block("quote", pieces, plain, inside[0].line, links=links))

    def paragraph(self, paragraph: Token, heading: int) -> None:
        """The words of a paragraph, and the pictures between them that have a line to themselves."""
        line = _first_line(paragraph) + self.first_line
        words, self.alone = _Words(), -1
        self.find_rows_of_tables(paragraph)
        for glue, tokens in _rows(paragraph.content):
            image = tokens[0] if len(tokens) == 1 and tokens[0].type == "image" else None
            mark = self.mark(paragraph, image.meta["at"]) if image else None
            if image and mark and not words.is_within() and self.has_own_line(mark):
                self.say(words, line, heading)
                self.settle()
                target = str(image.attrs["src"])
                self.blocks.append(Block("picture", (), image.content, mark.line, target=target))
                line, words = mark.line + 1, _Words()
                continue
            if words.pieces:
                words.say("\n" if self.outside and glue else glue)
            for token in tokens:
                self.word(words, token, paragraph)
        self.say(words, line, heading)

    def has_own_line(self, image: Mark) -> bool:
        return self.lines[image.line - self.first_line].lstrip().startswith("![")

    def say(self, words: _Words, line: int, heading: int) -> None:
        """One more block of these words: of the item that waits for them, if one does."""
        if not words.pieces:
            return
        pieces, plain, links = tuple(words.pieces), words.plain, tuple(words.links)
        if heading:
            self.blocks.append(Block("heading", pieces, plain, line, heading, links=links))
        elif (item := self.waiting) is not None:
            self.blocks.append(Block("item", pieces, plain, line, item.depth, item.sign, links=links))
            self.waiting = None
        else:
            self.blocks.append(Block("text", pieces, plain, line, links=links))

    def word(self, words: _Words, token: Token, paragraph: Token) -> None:
        kind, at = token.type, token.meta.get("at", 0)
        if kind == "text":
            self.find_signs_alone(token, paragraph)
            words.say(token.content)
        elif kind == "text_special":
            words.say(token.content)
        elif kind == "code_inline":
            words.say(token.content, "code")
        elif kind.endswith("_open") and kind in TAGS:
            words.begin(TAGS[kind])
        elif kind in TAGS:
            words.end(TAGS[kind])
        elif kind == "link_open":
            before = paragraph.content.rfind("](", at, at + token.meta["length"])
            found = Link(
                str(token.attrs["href"]), self.mark(paragraph, before + 2 if before >= 0 else at + 1)
            )
            if not found.target.startswith(LINK_SCHEMES) or " " in found.target:
                self.complain("E412", found.mark, target=found.target)
            words.begin_link(found)
        elif kind == "link_close":
            words.end_link()
        elif kind == "html_inline":
            self.complain("E415", self.mark(paragraph, at), tag=token.content)
        elif kind == "image":
            self.complain("E425", self.mark(paragraph, at), target=token.attrs["src"])

    def find_signs_alone(self, token: Token, paragraph: Token) -> None:
        """Two asterisks, or backticks, that the library has left in the text: they wait for the other pair."""
        at, text = token.meta.get("at", 0), token.content
        if text == "*" and token.meta.get("length", 1) > 1:
            if at != self.alone:  # each of them comes by itself
                self.complain("E413", self.mark(paragraph, at), sign="**")
            self.alone = at
        elif "`" in text:
            self.complain("E414", self.mark(paragraph, at), sign="`")

    def find_rows_of_tables(self, paragraph: Token) -> None:
        """The library reads a table only where a line of hyphens follows the first row."""
        for place in range(*(paragraph.map or ())) if "|" in paragraph.content else ():
            source = self.lines[place].strip()
            if len(source) > 1 and source[0] == source[-1] == "|":
                self.complain("E411", self.at(place, self.lines[place].index("|")))


def _first_line(token: Token) -> int:
    """The first line of a block, from 0."""
    return token.map[0] if token.map else 0


def _rows(text: str) -> Iterable[tuple[str, list[Token]]]:
    """The tokens of each line of a paragraph, with what is shown before them."""
    glue: str = ""
    row: list[Token] = []
    for token in read_words(text):
        if token.type in ("softbreak", "hardbreak"):
            yield glue, row
            glue, row = "\n" if token.type == "hardbreak" else " ", []
        elif token.content or token.type not in ("text", "code_inline"):
            row.append(token)
    yield glue, row


def parse(
    file: str, lines: list[str], first_line: int, written: Written | None = None
) -> tuple[list[Block], list[Complaint]]:
    """
    Blocks of a body whose first line is line `first_line` of `file`, and everything wrong with it. `written` tells the
    author's column (from 1) for a column of a line (from 0) into which facts have been put.
    """
    reader = _Reader(file, lines, first_line, written)
    reader.read(read_blocks("\n".join([*lines, ""])))
    return reader.blocks, sorted(reader.complaints, key=lambda one: (one.mark.line, one.mark.column))
