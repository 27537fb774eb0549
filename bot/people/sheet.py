"""A CSV file as spreadsheets save it: commas or semicolons, optional quotes, every cell with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.yamlfiles import Complaint, Mark


@dataclass(frozen=True, slots=True)
class Cell:
    """One value without its quotes and outer spaces, and its place."""

    text: str
    mark: Mark


def rows(file: str, text: str, complaints: list[Complaint]) -> Iterator[list[Cell]]:
    """Every non-blank line, cut into cells; the first line decides between "," and ";"."""
    lines = text.removeprefix("\ufeff").splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    for number, line in enumerate(lines, 1):
        if not line.strip(f" \t{delimiter}"):
            continue
        try:
            yield list(_cells(line, number, delimiter))
        except _OpenQuote as fault:
            complaints.append(Complaint("E616", file, Mark(number, fault.column)))


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
