"""A CSV file as spreadsheets save it: commas or semicolons, optional quotes, every cell with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.yamlfiles import Complaint, Mark


@dataclass(frozen=True, slots=True)
class Cell:
    """One value without its quotes and outer spaces, and its place."""

    text: str
    mark: Mark


DELIMITERS = (",", ";", "\t")
TITLES = 20  # lines above the headings in which reports put their title and date

Knows = Callable[[str], bool]
"""Whether a text is the heading of a column."""


def rows(
    file: str, text: str, complaints: list[Complaint], knows: Knows = lambda _: False
) -> Iterator[list[Cell]]:
    """Every non-blank line from the headings on, cut into cells.

    The headings are the first line with two columns that `knows` accepts, else the first line; they decide between
    commas, semicolons and tabs. A first line `sep=;` is left out.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    first, delimiter = _headings(lines, knows)
    for number, line in enumerate(lines, 1):
        if number <= first:
            continue
        if not line.strip(f" \t{delimiter}"):
            continue
        try:
            yield list(_cells(line, number, delimiter))
        except _OpenQuote as fault:
            complaints.append(Complaint("E616", file, Mark(number, fault.column)))


def _headings(lines: list[str], knows: Knows) -> tuple[int, str]:
    """How many lines are above the headings, and what separates these."""
    declared = lines[:1] and lines[0].strip().lower().startswith("sep=")
    above = 1 if declared else 0
    for number, line in enumerate(lines[above : above + TITLES], above):
        for delimiter in DELIMITERS:
            if sum(knows(part.strip(' "')) for part in line.split(delimiter)) > 1:
                return number, delimiter
    head = lines[above] if len(lines) > above else ""
    most = max(DELIMITERS, key=lambda delimiter: (head.count(delimiter), -DELIMITERS.index(delimiter)))
    return above, most


class _OpenQuote(ValueError):
    def __init__(self, column: int) -> None:
        super().__init__()
        self.column = column


def _cells(line: str, number: int, delimiter: str) -> Iterator[Cell]:
    """The cells of one line. A quoted cell may have the delimiter and doubled quotes, but no line break."""
    start = 0
    while start <= len(line):
        begin = start + len(line[start:]) - len(line[start:].lstrip(" \t"))
        if line[begin : begin + 1] == '"':
            text, end = _quoted(line, begin)
            end = line.find(delimiter, end) if delimiter in line[end:] else len(line)
        else:
            end = line.find(delimiter, start) if delimiter in line[start:] else len(line)
            text = line[start:end].strip()
        yield Cell(text, Mark(number, min(begin, end) + 1))
        start = end + 1


def _quoted(line: str, begin: int) -> tuple[str, int]:
    """The text between the quotes that open at `begin`, and the index after the closing one."""
    text, here = "", begin + 1
    while here < len(line):
        if line[here] != '"':
            text, here = text + line[here], here + 1
        elif line[here + 1 : here + 2] == '"':
            text, here = text + '"', here + 2
        else:
            return text.strip(), here + 1
    raise _OpenQuote(begin + 1)
