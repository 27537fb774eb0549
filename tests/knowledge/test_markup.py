"""The Markdown of articles: what an author writes, and what the reader sees in Telegram."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.articles import MOST_WRITTEN
from bot.knowledge.markup import draw, draw_first, parse
from tests.knowledge.test_articles import as_telegram_reads, complaints_of, write

BOUND = 10.0  # seconds of processor time: the slowest takes half a second on a machine at rest
SIGNS = (
    *(
        "*",
        "**",
        "_",
        "`",
        "```",
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        "#",
        "|",
        "\\",
        "\n",
        "\n> ",
        "- ",
        "1. ",
        "  ",
        "a",
        "б",
    ),
    *("[a](https://x)", "[a](article:b)", "![a](b)", "<https://x>"),
)


def drawn(text: str, fold_after: int = 9000) -> str:
    blocks, complaints = parse("kettle.md", text.split("\n"), 1)
    assert complaints == []
    html = draw(blocks, str.upper, fold_after)
    as_telegram_reads(html)
    return html


def faults(text: str) -> list[str]:
    """Every complaint as code:line:column."""
    _, complaints = parse("kettle.md", text.split("\n"), 1)
    return [f"{one.code}:{one.mark.line}:{one.mark.column}" for one in complaints]


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("an author's *word*", "an author's <i>word</i>"),
        ("_word_ and snake_case_name", "<i>word</i> and snake_case_name"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("***both***", "<i><b>both</b></i>"),
        ("**a **b** c**", "<b>a b c</b>"),
        ("5 * 3 and \\*\\* and a_b", "5 * 3 and ** and a_b"),
        ("``a`b``", "<code>a`b</code>"),
        ("`**a** <b>`", "<code>**a** &lt;b&gt;</code>"),
        ("<окно> 1 < 2 &amp;", "&lt;окно&gt; 1 &lt; 2 &amp;amp;"),
        ("a\nb", "a b"),
        ("a\\\nb", "a\nb"),
    ],
)
def test_signs_inside_a_line_mean_what_markdown_says(written: str, html: str) -> None:
    assert drawn(written) == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("[a](https://x.org/a_(b))", '<a href="https://x.org/a_(b)">a</a>'),
        ("[a *b* `c`](https://x.org)", '<a href="https://x.org">a <i>b</i> <code>c</code></a>'),
        ("<https://x.org>", '<a href="https://x.org">https://x.org</a>'),
        ("[a](https://x.org/?a=1&b=2)", '<a href="https://x.org/?a=1&amp;b=2">a</a>'),
        ('[a](https://x.org/"onclick="b)', '<a href="https://x.org/&quot;onclick=&quot;b">a</a>'),
        ("[](https://x.org)", '<a href="https://x.org">https://x.org</a>'),
        ("_see [a **b**](article:water)_", "<i>see WATER</i>"),
        ("**see** [](article:water)", "<b>see</b> <i>WATER</i>"),
    ],
)
def test_a_link_leads_where_its_author_wrote(written: str, html: str) -> None:
    assert drawn(written) == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("1) a\n2) b", "1) a\n2) b"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("text\n2. b\n3. c", "text\n\n2. b\n3. c"),
        ("in\n2026. Then", "in 2026. Then"),
        ("* a\n+ b", "• a\n• b"),
        ("1. a\n   - b\n     1. c\n2. d", "1. a\n    • b\n        1. c\n2. d"),
        ("1. a\n  - b\n2. c", "1. a\n    • b\n2. c"),
        ("1. a\n\n   b\n\n2. c", "1. a\n\nb\n\n2. c"),
        ("1. - a", "1.\n    • a"),
        ("- a\n  ```\n  b\n  ```", "• a\n\n<pre>b</pre>"),
        ("1. a\n   ![b](c.png)\n2. d", "1. a\n2. d"),
    ],
)
def test_items_keep_their_numbers_and_their_depth(written: str, html: str) -> None:
    assert drawn(written) == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("> a\n> b", "<blockquote>a\nb</blockquote>"),
        ("> a\n>\n> b", "<blockquote>a\n\nb</blockquote>"),
        ("> 1. a\n> 2. `b`", "<blockquote>1. a\n2. <code>b</code></blockquote>"),
        ("> a\n> > _b_", "<blockquote>a\n\n<i>b</i></blockquote>"),
        ("```cmd\n**a**\n\n[b]\n```", "<pre>**a**\n\n[b]</pre>"),
        ("## **a** #\nb", "<b>a</b>\nb"),
        ("---", "---"),
        ("    four spaces", "four spaces"),
        ("[a]: https://x.org", "[a]: https://x.org"),
    ],
)
def test_blocks_become_what_telegram_has(written: str, html: str) -> None:
    assert drawn(written) == html


def test_a_warning_in_a_folded_section_is_italic_once() -> None:
    html = drawn("## a\nb\n## c\n> d _e_ [f](article:g)", fold_after=2)
    assert html.endswith("<b>c</b>\n<blockquote expandable><i>d e G</i></blockquote>")


def test_steps_with_brackets_are_folded_like_steps_with_dots() -> None:
    steps = [f"{number}) Press the button with the number {number} and wait." for number in range(1, 16)]
    blocks, _ = parse("kettle.md", steps, 1)
    assert "expandable" in draw_first(blocks, str, "further")


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("a **b", ["E413:1:3"]),
        ("a ** b ** c", ["E413:1:3", "E413:1:8"]),
        ("**a*", ["E413:1:1"]),
        ("**a **", ["E413:1:1", "E413:1:5"]),
        ("1. a\n   b **c", ["E413:2:6"]),
        ("## **a", ["E413:1:4"]),
        ("[**a](https://x.org)", ["E413:1:2"]),
        ("a `b", ["E414:1:3"]),
        ("> a\n> ``b`", ["E414:2:3", "E414:2:6"]),
        ("- - a `", ["E414:1:7"]),
        ("a <b>c</b>", ["E415:1:3", "E415:1:7"]),
        ("a <!-- b -->", ["E415:1:3"]),
        ("<div>\na\n</div>", ["E415:1:1", "E415:3:1"]),
        ("[a](tut) [b](javascript:c)", ["E412:1:5", "E412:1:14"]),
        ("a\n[b](<https://x y>)", ["E412:2:5"]),
        ("<ftp://x.org>", ["E412:1:2"]),
        ("| a |", ["E411:1:1"]),
        ("a\n\n  a | b\n  --|--\n  c | d", ["E411:3:3"]),
        ("a\n| b |", ["E411:2:1"]),
        ("> ```\n> a", ["E416:1:1"]),
        ("```\na\n``", ["E416:1:1"]),
        ("```", ["E416:1:1"]),
        ("a ![b](c.png)", ["E425:1:3"]),
        ("1. ![b](c.png)", ["E425:1:4"]),
        ("**a\n![b](c.png)\nd**", ["E425:2:1"]),
    ],
)
def test_a_fault_is_shown_at_its_own_line_and_column(written: str, places: list[str]) -> None:
    assert faults(written) == places


def test_every_shape_of_text_is_read_and_drawn_as_telegram_reads() -> None:
    signs = st.sampled_from(SIGNS)

    @given(st.lists(signs, max_size=24))
    def read(parts: list[str]) -> None:
        lines = "".join(parts).split("\n")
        blocks, complaints = parse("kettle.md", lines, 1)
        assert all(1 <= one.mark.line <= len(lines) for one in complaints)
        assert all(1 <= one.mark.column <= len(lines[one.mark.line - 1]) + 1 for one in complaints)
        for fold_after in (0, 9000):
            as_telegram_reads(draw(blocks, str.upper, fold_after))
        as_telegram_reads(draw_first(blocks, str.upper, "further"))

    read()


@pytest.mark.parametrize("hostile", ["*", "[", "![", "**a ", "<b>", "> ", "- ", "`a"])
def test_the_longest_body_that_is_read_takes_a_bounded_time(hostile: str) -> None:
    text = hostile * (MOST_WRITTEN // 2 // len(hostile))
    began = time.process_time()
    blocks, _ = parse("kettle.md", text.split("\n"), 1)
    draw(blocks, str.upper, 900)
    assert time.process_time() - began < BOUND


@pytest.mark.parametrize("hostile", ["*", "[", "> ", "- "])
def test_a_hundred_thousand_signs_are_refused_unread(tmp_path: Path, hostile: str) -> None:
    text = hostile * (100_000 // len(hostile))
    assert complaints_of(write(tmp_path, f"# ru\n{text}\n# en\nBoil.\n")) == ["E410:9:1"]


def test_no_text_is_lost_because_it_is_too_deep() -> None:
    def nested(depth: int, begins: str) -> str:
        return "\n".join(begins * level + "- a" for level in range(depth))

    for begins in ("  ", "> "):
        lost = [depth for depth in range(1, 40) if not faults(nested(depth, begins))]
        assert lost == list(range(1, len(lost) + 1))
        assert len(lost) >= 9
        assert drawn(nested(len(lost), begins)).count("a") >= len(lost)
