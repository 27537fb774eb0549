"""The HTML dialect, as strict as the official parser."""

import pytest

from sandbox.rules.entities import formatted
from sandbox.rules.html_dialect import BrokenMarkup, parse_html, utf16

REFUSED = {
    "5 < 6": 'Unsupported start tag "" at byte offset 2',
    "Привет <br> мир": 'Unsupported start tag "br" at byte offset 13',
    "<p>x</p>": 'Unsupported start tag "p" at byte offset 0',
    "<script>alert(1)</script>": 'Unsupported start tag "script" at byte offset 0',
    "a <b": "Unclosed start tag at byte offset 2",
    "<b>unclosed": 'Can\'t find end tag corresponding to start tag "b"',
    "</b>": "Unexpected end tag at byte offset 0",
    "<b><i>test</b></i>": 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
    "<b>x</b": "Unclosed end tag at byte offset 4",
    "<span>x</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    '<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>': "Invalid custom emoji identifier specified",
    '<a href="x>y</a>': "Unclosed start tag at byte offset 0",
    "<a href=x_y>z</a>": "Unexpected end of name token at byte offset 8",
    '<a ="x">z</a>': 'Empty attribute name in the tag "a" at byte offset 0',
    '<tg-time unix="soon">x</tg-time>': "Invalid date-time identifier specified",
    '<tg-time unix="1" format="dd">x</tg-time>': "Invalid date-time format specified",
}

SIMPLE = [
    ("<b>x</b>", "bold"),
    ("<STRONG>x</strong>", "bold"),
    ("<i>x</>", "italic"),
    ("<em>x</em>", "italic"),
    ("<u>x</u>", "underline"),
    ("<ins>x</ins>", "underline"),
    ("<s>x</s>", "strikethrough"),
    ("<strike>x</strike>", "strikethrough"),
    ("<del>x</del>", "strikethrough"),
    ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
    ('<span class="tg-spoiler">x</span>', "spoiler"),
    ("<code>x</code>", "code"),
    ("<pre>x</pre>", "pre"),
    ("<blockquote>x</blockquote>", "blockquote"),
    ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
]


@pytest.mark.parametrize(("markup", "why"), REFUSED.items())
def test_broken_markup_is_refused_in_the_servers_words(markup: str, why: str) -> None:
    with pytest.raises(BrokenMarkup) as caught:
        parse_html(markup)
    assert str(caught.value) == why


@pytest.mark.parametrize(("markup", "kind"), SIMPLE)
def test_every_tag_becomes_its_entity(markup: str, kind: str) -> None:
    assert parse_html(markup) == ("x", [{"offset": 0, "length": 1, "type": kind}])


def test_offsets_count_utf16_units() -> None:
    text, (bold,) = parse_html("👩 и <b>🖨 принтер</b>")
    assert text == "👩 и 🖨 принтер"
    assert (bold["offset"], bold["length"]) == (utf16("👩 и "), utf16("🖨 принтер")) == (5, 10)


def test_references_are_decoded_and_unknown_ones_stay() -> None:
    assert (
        parse_html("&lt;b&gt; &amp;amp; &quot; &#33;&#x41; &nbsp; &copy; &lt ok")[0]
        == '<b> &amp; " !A &nbsp; &copy; < ok'
    )


def test_empty_tags_leave_nothing() -> None:
    assert parse_html("a<b></b>b") == ("ab", [])


def test_a_pre_with_a_language_is_one_entity() -> None:
    _, found = parse_html('<pre><code class="language-sh">ls -la</code></pre>')
    assert found == [{"type": "pre", "offset": 0, "length": 6, "language": "sh"}]


def test_a_promised_time_keeps_its_instant() -> None:
    text, (time,) = parse_html('до <tg-time unix="1795417200" format="wDT">15:00</tg-time>')
    assert text == "до 15:00"
    assert time == {
        "type": "date_time",
        "offset": 3,
        "length": 5,
        "unix_time": 1795417200,
        "date_time_format": "wDT",
    }


def test_links_without_an_address_are_lost_silently() -> None:
    text, found = formatted(
        '<a href="">слово</a> <a href="https://ya.ru/x?y=1&amp;z=2">тут</a>', "HTML", None, {}
    )
    assert text == "слово тут"
    assert found == [{"type": "text_link", "offset": 6, "length": 3, "url": "https://ya.ru/x?y=1&z=2"}]


def test_a_mention_by_id_needs_a_known_user() -> None:
    anna = {"id": 5, "is_bot": False, "first_name": "Анна"}
    _, found = formatted(
        '<a href="tg://user?id=5">Анна</a> <a href="tg://user?id=6">Кто</a>', "HTML", None, {5: anna}
    )
    assert found == [{"type": "text_mention", "offset": 0, "length": 4, "user": anna}]


def test_blanks_at_the_ends_go_and_entities_move_along() -> None:
    text, found = formatted(" \n <b>x</b> y \n", "HTML", None, {})
    assert (text, found) == ("x y", [{"type": "bold", "offset": 0, "length": 1}])


def test_the_server_finds_links_commands_and_mentions_by_itself() -> None:
    text, found = formatted(
        "/start@some_bot и @oleg_petrov: https://ya.ru/a, a@b.ru #срочно ya.ru", None, None, {}
    )
    words = text.encode("utf-16-le")
    seen = [
        (one["type"], words[one["offset"] * 2 : (one["offset"] + one["length"]) * 2].decode("utf-16-le"))
        for one in found
    ]
    assert seen == [
        ("bot_command", "/start@some_bot"),
        ("mention", "@oleg_petrov"),
        ("url", "https://ya.ru/a"),
        ("email", "a@b.ru"),
        ("hashtag", "#срочно"),
        ("url", "ya.ru"),
    ]


def test_nothing_is_found_inside_code() -> None:
    _, found = formatted("<code>/start https://ya.ru</code>", "HTML", None, {})
    assert [one["type"] for one in found] == ["code"]
