"""
markdown-it-py with the rules that an article may use.

Which they are, and why, is in docs/decisions/0012-which-markdown-an-article-may-use.md.
"""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.list import skipOrderedListMarker
from markdown_it.rules_inline import StateInline, autolink, backtick, emphasis, html_inline, image, link
from markdown_it.token import Token

BLOCKS = ("blockquote", "fence", "heading", "list", "table")
INLINE = ("autolink", "backticks", "emphasis", "escape", "html_inline", "image", "link", "newline")
LEVELS = 20  # of blocks inside one another; a list takes two
InlineRule = Callable[[StateInline, bool], bool]
PLACED: dict[str, InlineRule] = {
    "autolink": autolink,
    "backticks": backtick,
    "emphasis": emphasis.tokenize,
    "html_inline": html_inline,
    "image": image,
    "link": link,
}
SIGNS = re.compile(r"[\n!*<\[\\\]_`]")  # with which those rules begin: the library would stop at 15 more


class AsWritten(MarkdownIt):
    """Addresses stay as written: the library would drop those of a kind it distrusts, and encode the names of files."""

    def normalizeLink(self, url: str) -> str:
        return url

    def validateLink(self, url: str) -> bool:
        return True


def _placed(rule: InlineRule) -> InlineRule:
    """The rule; the tokens it makes say in `meta` where in the paragraph it began and how much it read."""

    def placed(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            if state.pending:  # only backticks without a pair leave text behind
                state.pushPending()
            for token in state.tokens[before:]:
                token.meta.setdefault("at", start)
                token.meta.setdefault("length", state.pos - start)
        return True

    return placed


def _is_step(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Ends the paragraph above a step of any number: CommonMark lets only `1.` do that, for a year may begin a line."""
    begins = state.bMarks[line] + state.tShift[line]
    return silent and begins < skipOrderedListMarker(state, line) <= begins + len("99.")


def _markdown() -> MarkdownIt:
    options = {"html": True, "maxNesting": LEVELS}  # html: so that tags are seen, and complained about
    markdown = AsWritten("zero", options).enable([*BLOCKS, *INLINE])
    markdown.disable(["text_join", "fragments_join", "inline"])  # pieces of text stay where they were written
    for name, rule in PLACED.items():
        markdown.inline.ruler.at(name, _placed(rule))
    markdown.inline.terminator_re = SIGNS
    markdown.block.ruler.before("paragraph", "step", _is_step, {"alt": ["paragraph"]})
    return markdown


_MARKDOWN = _markdown()


def read_blocks(text: str) -> list[Token]:
    """The blocks of a text; the words of its paragraphs are not read yet."""
    return _MARKDOWN.parse(text)


def lines_of_code(lines: list[str]) -> set[int]:
    """The lines, from 0, that are inside blocks of code or begin or end one."""
    fences = (token.map for token in read_blocks("\n".join(lines)) if token.type == "fence" and token.map)
    return {line for begin, end in fences for line in range(begin, end)}


def read_words(paragraph: str) -> list[Token]:
    """The words and signs of a paragraph; `meta` says where it has them."""
    tokens: list[Token] = []
    return _MARKDOWN.inline.parse(paragraph, _MARKDOWN, {}, tokens)
