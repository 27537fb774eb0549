"""The HTML dialect of messages, as strict as the server's (T MessageEntity.cpp:3289)."""

import re
from dataclasses import dataclass

from sandbox.core.world import Json

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = {*SIMPLE, "a", "tg-emoji", "tg-time", "pre", "code", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
BLANK = " \t\r\n\0\v"
SPECIAL = re.compile("[<&]")
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<dec>[0-9]*)|(?P<name>[A-Za-z]*))")
START_NAME = re.compile(f"[^{re.escape(BLANK)}>]*")
ATTRIBUTE_NAME = re.compile(f"[^{re.escape(BLANK)}=>/\"']*")
TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
TIME_FORMAT = re.compile(r"(r|w?[dD]?[tT]?)\Z")
LONGEST_REFERENCE = 9


class BrokenMarkup(Exception):
    """Markup the server refuses; the message is the server's text without the leading phrase."""


@dataclass(slots=True)
class Open:
    tag: str
    argument: str
    offset: int
    begin: int
    date_format: str = ""


def utf16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Plain text and entities in the order their tags close. Raises BrokenMarkup."""
    return Reader(text).read() if SPECIAL.search(text) else (text, [])


class Reader:
    """One pass over the text; `out` collects plain pieces, `offset` counts their UTF-16 units."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.offset = 0
        self.stack: list[Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        at = 0
        while found := SPECIAL.search(self.text, at):
            self._plain(self.text[at : found.start()])
            at = self._reference(found.start()) if found[0] == "&" else self._tag(found.start())
        self._plain(self.text[at:])
        if self.stack:
            raise BrokenMarkup(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        return "".join(self.out), self.entities

    def _plain(self, piece: str) -> None:
        if piece:
            self.out.append(piece)
            self.offset += utf16(piece)

    def _byte(self, at: int) -> int:
        return len(self.text[:at].encode())

    def _reference(self, at: int) -> int:
        symbol, end = decode(self.text, at)
        self._plain(symbol or "&")
        return end if symbol else at + 1

    def _tag(self, at: int) -> int:
        return self._close(at) if self.text.startswith("/", at + 1) else self._start(at)

    def _start(self, at: int) -> int:
        named = START_NAME.match(self.text, at + 1)
        assert named is not None
        tag, here = named[0].lower(), named.end()
        if here >= len(self.text):
            raise BrokenMarkup(f"Unclosed start tag at byte offset {self._byte(at)}")
        if tag not in TAGS:
            raise BrokenMarkup(f'Unsupported start tag "{tag}" at byte offset {self._byte(at)}')
        attributes, here = self._attributes(tag, at, here)
        opened = Open(tag, argument_of(tag, attributes), self.offset, len(self.out))
        if tag == "span" and opened.argument != "spoiler":
            raise BrokenMarkup(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(at)}')
        if tag == "tg-time":
            opened.date_format = attributes.get("format", "")
        self.stack.append(opened)
        return here + 1

    def _attributes(self, tag: str, at: int, here: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        text = self.text
        while True:
            here = self._skip(here)
            if text.startswith(">", here):
                return found, here
            named = ATTRIBUTE_NAME.match(text, here)
            assert named is not None
            here = self._skip(named.end())
            if here >= len(text):
                raise BrokenMarkup(f'Unclosed start tag "{tag}" at byte offset {self._byte(at)}')
            if not named[0]:
                raise BrokenMarkup(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(at)}')
            if text[here] != "=":
                found[named[0].lower()] = ""
                continue
            value, here = self._value(tag, at, self._skip(here + 1))
            found[named[0].lower()] = value

    def _value(self, tag: str, at: int, here: int) -> tuple[str, int]:
        text = self.text
        if here >= len(text):
            raise BrokenMarkup(f'Unclosed start tag "{tag}" at byte offset {self._byte(at)}')
        quote = text[here]
        if quote not in "'\"":
            token = TOKEN.match(text, here)
            assert token is not None
            if token.end() < len(text) and text[token.end()] not in BLANK + ">":
                raise BrokenMarkup(f"Unexpected end of name token at byte offset {self._byte(here)}")
            value, end = token[0].lower(), token.end()
        else:
            value, end = self._quoted(quote, here + 1)
        if end >= len(text):
            raise BrokenMarkup(f"Unclosed start tag at byte offset {self._byte(at)}")
        return value, end

    def _quoted(self, quote: str, here: int) -> tuple[str, int]:
        value: list[str] = []
        while here < len(self.text) and self.text[here] != quote:
            symbol, end = decode(self.text, here) if self.text[here] == "&" else (None, here)
            value.append(symbol or self.text[here])
            here = end if symbol else here + 1
        return "".join(value), here + 1

    def _skip(self, here: int) -> int:
        while here < len(self.text) and self.text[here] in BLANK:
            here += 1
        return here

    def _close(self, at: int) -> int:
        if not self.stack:
            raise BrokenMarkup(f"Unexpected end tag at byte offset {self._byte(at)}")
        named = START_NAME.match(self.text, at + 2)
        assert named is not None
        here = self._skip(named.end())
        if not self.text.startswith(">", here):
            raise BrokenMarkup(f"Unclosed end tag at byte offset {self._byte(at)}")
        opened, name = self.stack[-1], named[0].lower()
        if name and name != opened.tag:
            raise BrokenMarkup(
                f"Unmatched end tag at byte offset {self._byte(at)}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        self.stack.pop()
        if self.offset > opened.offset:
            self._emit(opened)
        return here + 1

    def _emit(self, opened: Open) -> None:
        place: Json = {"offset": opened.offset, "length": self.offset - opened.offset}
        tag = opened.tag
        if tag in SIMPLE:
            self.entities.append({"type": SIMPLE[tag], **place})
        elif tag == "a":
            self._emit_link(opened, place)
        elif tag == "blockquote":
            kind = "expandable_blockquote" if opened.argument else "blockquote"
            self.entities.append({"type": kind, **place})
        elif tag == "tg-emoji":
            if not opened.argument.isdigit() or not 0 < int(opened.argument) < 2**63:
                raise BrokenMarkup("Invalid custom emoji identifier specified")
            self.entities.append({"type": "custom_emoji", **place, "custom_emoji_id": opened.argument})
        elif tag == "tg-time":
            self.entities.append(date_time(opened, place))
        else:
            self._emit_code(opened, place)

    def _emit_link(self, opened: Open, place: Json) -> None:
        url = opened.argument or "".join(self.out[opened.begin :])
        if mention := re.match(r"tg:(?://)?user\?id=(\d+)\Z", url):
            self.entities.append({"type": "text_mention", **place, "user": {"id": int(mention[1])}})
        else:
            self.entities.append({"type": "text_link", **place, "url": url})

    def _emit_code(self, opened: Open, place: Json) -> None:
        """`<pre><code class="language-x">` is one `pre` with a language, whichever closes last."""
        last = self.entities[-1] if self.entities else None
        same = last is not None and (last["offset"], last["length"]) == (place["offset"], place["length"])
        if last is not None and same and opened.tag == "pre" and last["type"] == "code":
            language = last.pop("language", None)
            last["type"] = "pre"
            if language:
                last["language"] = language
        elif last is not None and same and opened.tag == "code" and last["type"] == "pre":
            if opened.argument:
                last["language"] = opened.argument
        else:
            entity: Json = {"type": opened.tag, **place}
            inside_pre = any(one.tag == "pre" for one in self.stack)
            if opened.argument and inside_pre:
                entity["language"] = opened.argument
            self.entities.append(entity)


def date_time(opened: Open, place: Json) -> Json:
    """A `<tg-time unix= format=>` (Bot API 9.5); its error texts are ours, the server's are unknown."""
    if not re.fullmatch(r"-?\d{1,11}", opened.argument):
        raise BrokenMarkup("Invalid date-time identifier specified")
    if not TIME_FORMAT.match(opened.date_format):
        raise BrokenMarkup("Invalid date-time format specified")
    entity: Json = {"type": "date_time", **place, "unix_time": int(opened.argument)}
    if opened.date_format:
        entity["date_time_format"] = opened.date_format
    return entity


def argument_of(tag: str, attributes: dict[str, str]) -> str:
    """The one relevant attribute of a tag."""
    if tag == "a":
        return attributes.get("href", "")
    if tag == "code":
        name = attributes.get("class", "")
        return name[9:] if name.startswith("language-") else ""
    if tag == "span":
        name = attributes.get("class", "")
        return name[3:] if name.startswith("tg-") else ""
    if tag == "blockquote":
        return "1" if "expandable" in attributes else ""
    return attributes.get({"tg-emoji": "emoji-id", "tg-time": "unix"}.get(tag, ""), "")


def decode(text: str, at: int) -> tuple[str | None, int]:
    """A character reference at `at`: its symbol (None: the server leaves it unchanged) and its end."""
    found = REFERENCE.match(text, at)
    assert found is not None
    end = found.end()
    if found["name"] is not None:
        symbol = NAMED.get(found["name"])
    else:
        code = int(found["hex"] or "0", 16) if found["hex"] is not None else int(found["dec"] or "0")
        good = 0 < code < 0x10FFFF and end - at <= LONGEST_REFERENCE and not 0xD800 <= code <= 0xDFFF
        symbol = chr(code) if good else None
    return symbol, end + 1 if symbol and text.startswith(";", end) else end
