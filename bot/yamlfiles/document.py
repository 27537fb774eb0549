"""The content of a YAML file and its places: plain data with a mark for every value and every key."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a file. Lines and columns are counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Spot:
    """The place of one node: its value, its key (in a mapping) and its children."""

    mark: Mark
    key: Mark | None = None
    raw: str = ""  # a scalar as typed: 1.10 stays "1.10" here
    style: str = ""  # "", "'", '"', "|" or ">": how the scalar was written
    damaged: bool = False  # already complained about: no follow-up complaints
    named: "dict[str, Spot] | None" = None  # children of a mapping
    listed: "list[Spot] | None" = None  # children of a list


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `data` is plain dict/list/str/int/float/bool/None; keys are always text as written."""

    name: str
    text: str
    data: Any
    root: Spot
    first_line: int = 1  # of `text` in the file, for front matter inside a longer file

    def spot(self, path: Path) -> Spot:
        """The spot at `path`, or the deepest existing one on the way to it."""
        here = self.root
        for part in path:
            step = _child(here, part)
            if step is None:
                return here
            here = step
        return here

    def has(self, path: Path) -> bool:
        """Whether the file has exactly this path."""
        here = self.root
        for part in path:
            step = _child(here, part)
            if step is None:
                return False
            here = step
        return True

    def mark(self, path: Path, of: str = "value") -> Mark:
        """Where the value (or, with `of="key"`, its key) at `path` begins."""
        spot = self.spot(path)
        return spot.key if of == "key" and spot.key is not None else spot.mark

    def behind(self, path: Path) -> str:
        """The rest of the line after an unquoted text of one line; empty for any other value."""
        spot = self.spot(path)
        start = spot.mark.column - 1
        line = self._line(spot.mark.line)
        plain = bool(spot.raw) and not spot.style and line.startswith(spot.raw, start)
        return line[start + len(spot.raw) :] if plain else ""

    def within(self, path: Path, line: int = 1, column: int = 1) -> Mark:
        """Where line:column *of the text value* at `path` is in the file, as near as its style allows."""
        spot = self.spot(path)
        if spot.style == "|":
            return Mark(spot.mark.line + line, self._indent(spot) + column)
        if line > 1 or spot.style == ">":
            return spot.mark
        source = self._line(spot.mark.line)[spot.mark.column - 1 :]
        quotes = 1 if spot.style in ("'", '"') else 0
        as_written = source[quotes : quotes + column - 1] == spot.raw[: column - 1]
        return Mark(spot.mark.line, spot.mark.column + quotes + column - 1) if as_written else spot.mark

    def _line(self, line: int) -> str:
        lines = _lines(self.text)
        index = line - self.first_line
        return lines[index] if 0 <= index < len(lines) else ""

    def _indent(self, spot: Spot) -> int:
        """Spaces before a block scalar's text: those of its first line that is not blank."""
        lines = _lines(self.text)
        for text in lines[spot.mark.line - self.first_line + 1 :]:
            if text.strip():
                return len(text) - len(text.lstrip(" "))
        return 0


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[str, ...]:
    """A file's lines, split once: checks ask for them at every text."""
    return tuple(text.split("\n"))


def _child(spot: Spot, part: str | int) -> Spot | None:
    if spot.named is not None:
        return spot.named.get(str(part))
    if spot.listed is not None and isinstance(part, int) and 0 <= part < len(spot.listed):
        return spot.listed[part]
    return None
