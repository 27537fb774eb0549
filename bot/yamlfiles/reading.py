"""Reads YAML strictly: no duplicate keys, aliases, tags, deep nesting or implicit types; everything has a mark."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import events as ev

from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Mark, Spot

LARGEST = 4 * 1024 * 1024  # bytes of UTF-8
DEEPEST = 32  # nested mappings and lists

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_FRACTION = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # written as "\\0": refused by databases and chats
_GLUED = re.compile(r"\s*(?:-\s+)*[\w.-]+:(?=[^\s/])")  # "summary:{ru: ..." or "team:x", but no web address
_WIDE_SPACES = "\u00a0\u2007\u202f\ufeff"  # they look like indentation but are not
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

# libyaml's sentence -> our code; any other is E101 with the library's own words.
_SYNTAX = (
    ("cannot start any token", "E110"),
    ("mapping values are not allowed", "E111"),
    ("could not find expected ':'", "E112"),
    ("unexpected end of stream", "E113"),
    ("did not find expected ',' or", "E113"),
    ("did not find expected node content", "E113"),
    ("did not find expected key", "E114"),
    ("did not find expected '-'", "E114"),
    ("unknown escape character", "E115"),
    ("did not find expected hexdecimal number", "E115"),
    ("invalid Unicode character escape code", "E115"),
    ("did not find expected alphabetic or numeric character", "E110"),
    ("did not find expected whitespace or line break", "E110"),
    ("mapping keys are not allowed", "E110"),
    ("block sequence entries are not allowed", "E110"),
    ("did not find expected <document start>", "E114"),
    ("control characters are not allowed", "E116"),
)


@dataclass(frozen=True, slots=True)
class YamlReading:
    """A document (None when the text is not YAML) and all faults."""

    document: Document | None
    complaints: list[Complaint] = field(default_factory=list)


def read(name: str, text: str, first_line: int = 1) -> YamlReading:
    """Read one file. `first_line` is where `text` begins in it (front matter inside an article)."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST:
        facts = {"mib": f"{size / 2**20:.1f}", "limit": LARGEST // 2**20}
        return YamlReading(None, [Complaint("E109", name, Mark(first_line, 1), facts)])
    builder = _Builder(name, first_line)
    try:
        builder.take(yaml.parse(text, Loader=_LOADER))
    except _TooDeep:
        return YamlReading(None, builder.complaints)
    except yaml.YAMLError as error:
        return YamlReading(None, [*builder.complaints, _syntax(name, error, text, first_line)])
    if builder.root is None:
        return YamlReading(None, [*builder.complaints, Complaint("E100", name, Mark(first_line, 1))])
    value, spot = builder.root
    return YamlReading(Document(name, text, value, spot, first_line), builder.complaints)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    choices = sorted(set(known))
    found = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    folded = {choice.casefold(): choice for choice in choices}
    return found[0] if found else folded.get(word.casefold())


class _TooDeep(Exception):
    """The file is nested too deeply."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still open."""

    spot: Spot
    mapping: dict[str, Any] | None = None
    items: list[Any] | None = None
    key: tuple[str, Mark] | None = None  # the key that waits for its value
    is_key: bool = False  # it is in the place of a key: read and ignored

    @property
    def wants_key(self) -> bool:
        return self.mapping is not None and self.key is None


class _Builder:
    """Turns YAML events into data and spots, without recursion, because authors decide the depth."""

    def __init__(self, name: str, first_line: int) -> None:
        self.name = name
        self.shift = first_line - 1
        self.complaints: list[Complaint] = []
        self.root: tuple[Any, Spot] | None = None
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, stream: Iterator[Any]) -> None:
        for event in stream:
            if isinstance(event, ev.DocumentStartEvent):
                self.documents += 1
                if self.documents == 2:
                    self.complain("E108", self.mark(event))
            elif self.documents == 1:
                self.node(event)

    def node(self, event: Any) -> None:
        if isinstance(event, ev.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, ev.CollectionStartEvent):
            self.enter(event)
        elif isinstance(event, ev.AliasEvent):
            self.complain("E105", self.mark(event), name=event.anchor)
            self.place(None, Spot(self.mark(event), damaged=True))
        elif isinstance(event, ev.CollectionEndEvent):
            done = self.open.pop()
            if not done.is_key:
                self.place(done.mapping if done.mapping is not None else done.items, done.spot)

    def scalar(self, event: Any) -> None:
        mark = self.mark(event)
        damaged = self.refuse_anchor_and_tag(event, mark)
        if self.open and self.open[-1].wants_key:
            self.key(self.open[-1], event.value, mark)
            return
        if _UNSEEN.search(event.value):
            self.complain("E116", mark)
            damaged = True
        plain = event.style in (None, "")
        value = _plain(event.value) if plain else event.value
        self.place(value, Spot(mark, raw=event.value, style="" if plain else event.style, damaged=damaged))

    def key(self, top: _Open, name: str, mark: Mark) -> None:
        first = (top.spot.named or {}).get(name)
        if name.startswith(tuple(_WIDE_SPACES)):
            self.complain("E116", mark)
            top.spot.damaged = True
        if first is not None:
            self.complain("E103", mark, key=name, line=(first.key or first.mark).line)
        top.key = (name, mark)

    def enter(self, event: Any) -> None:
        mark = self.mark(event)
        if len(self.open) >= DEEPEST:
            self.complain("E107", mark, limit=DEEPEST)
            raise _TooDeep
        damaged = self.refuse_anchor_and_tag(event, mark)
        is_mapping = isinstance(event, ev.MappingStartEvent)
        spot = Spot(
            mark, damaged=damaged, named={} if is_mapping else None, listed=None if is_mapping else []
        )
        opened = _Open(spot, mapping={} if is_mapping else None, items=None if is_mapping else [])
        if self.open and self.open[-1].wants_key:
            self.refuse_as_key(self.open[-1], mark, is_mapping)
            opened.is_key = True
        self.open.append(opened)

    def refuse_as_key(self, top: _Open, mark: Mark, is_mapping: bool) -> None:
        """A list or mapping in the place of a key; nearly always {{ name }} without its quotes."""
        braces = is_mapping and top.spot.mark == Mark(mark.line, mark.column - 1)
        self.complain("E118" if braces else "E117", top.spot.mark if braces else mark)
        top.spot.damaged = True
        top.key = (f"?{mark.line}:{mark.column}", mark)

    def place(self, value: Any, spot: Spot) -> None:
        if not self.open:
            self.root = (value, spot)
            return
        top = self.open[-1]
        if top.items is not None and top.spot.listed is not None:
            top.items.append(value)
            top.spot.listed.append(spot)
        elif top.key is None:  # an alias in the place of a key
            top.key = (f"?{spot.mark.line}:{spot.mark.column}", spot.mark)
        elif top.mapping is not None and top.spot.named is not None:
            name, spot.key = top.key
            top.key = None
            top.mapping.setdefault(name, value)  # the first one counts: the second has a complaint
            top.spot.named.setdefault(name, spot)

    def refuse_anchor_and_tag(self, event: Any, mark: Mark) -> bool:
        if event.anchor:
            self.complain("E105", mark, name=event.anchor)
        if event.tag:
            self.complain("E106", mark, tag=event.tag.replace("tag:yaml.org,2002:", "!!"))
        return bool(event.anchor or event.tag)

    def mark(self, event: Any) -> Mark:
        return Mark(event.start_mark.line + 1 + self.shift, event.start_mark.column + 1)

    def complain(self, code: str, mark: Mark, **facts: Any) -> None:
        self.complaints.append(Complaint(code, self.name, mark, facts))


def _plain(text: str) -> Any:
    """An unquoted scalar: only true/false are booleans; 18:00, yes, 2025-01-01 and 012 stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text)
    return float(text) if _FRACTION.match(text) else text


def _syntax(name: str, error: yaml.YAMLError, text: str, first_line: int) -> Complaint:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        place = Mark(mark.line + first_line, mark.column + 1)
    else:
        before = text[: int(getattr(error, "position", 0) or 0)]
        place = Mark(before.count("\n") + first_line, len(before) - before.rfind("\n"))
    opened = getattr(error, "context_mark", None)
    code = next((code for part, code in _SYNTAX if part in problem), "E101")
    if (
        code == "E113" and opened is not None
    ):  # an unclosed item is reported where it was opened, not at the end of the file
        place = Mark(opened.line + first_line, opened.column + 1)
    if code == "E110" and opened is not None and opened.line + first_line == place.line:
        place = Mark(place.line, opened.column + 1)  # *important*: the star is what cannot begin a value
    if code == "E114" and _follows_a_quote(text, place.line - first_line, place.column - 1):
        code = "E119"
    if (better := _near(text, place.line - first_line, code)) is not None:
        code, place = better[0], Mark(better[1] + first_line, better[2] + 1)
    place = min(place, _last_word(text, first_line))  # a place after the end of the file cannot be shown
    facts = {"problem": problem}
    return Complaint(code, name, place, facts)


def _near(text: str, line: int, code: str) -> tuple[str, int, int] | None:
    """What a person sees at once where the library stumbled later: a tab in the indentation, a colon without a space.

    Returns a code with line and column from 0.
    """
    lines = text.split("\n")
    found = lines[line] if line < len(lines) else ""
    indentation = found[: len(found) - len(found.lstrip())]
    if "\t" in indentation:
        return "E219", line, indentation.index("\t")
    if code in ("E111", "E112", "E114", "E119") and (glued := _GLUED.match(found)) is not None:
        return "E138", line, glued.end() - 1
    before = next((number for number in range(line - 1, -1, -1) if lines[number].strip()), None)
    if code == "E111" and before is not None and (glued := _GLUED.match(lines[before])) is not None:
        return "E138", before, glued.end() - 1
    return None


def _follows_a_quote(text: str, line: int, column: int) -> bool:
    """Whether more text follows directly after a closing quote: "press "Start" and wait"."""
    lines = text.split("\n")
    before = lines[line][:column].rstrip() if line < len(lines) else ""
    return before[-1:] in ("'", '"') and before.count(before[-1]) > 1


def _last_word(text: str, first_line: int) -> Mark:
    """The place of the last non-blank character."""
    lines = text.rstrip().split("\n")
    return Mark(first_line + len(lines) - 1, max(len(lines[-1]), 1))
