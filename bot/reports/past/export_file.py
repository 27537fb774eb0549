"""An export as rows: its encoding, its separator, its header; damaged rows are reported, none is swallowed."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.reports.past.parsing import BadRow

CHUNK = 1 << 20
WINDOWS = "cp1251"  # what a Russian Excel writes as "CSV"
SEPARATORS = ",;\t|"
WIDEST = 10_000_000  # characters of one cell
Row = Mapping[str, str] | BadRow


class ExportFile:
    """A CSV file that is read from its beginning; `read` bytes of `size` are done."""

    def __init__(self, path: Path, encoding: str | None, delimiter: str | None) -> None:
        self.path, self.size = path, max(1, path.stat().st_size)
        self.read = 0
        self._encoding = encoding or _encoding(path)
        self._delimiter = delimiter

    def hash(self, more: str) -> str:
        """The content's hash, together with `more`."""
        found = hashlib.sha256(more.encode())
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
        return found.hexdigest()

    @contextmanager
    def opened(self) -> Iterator[tuple[list[str], Iterator[tuple[int, Row, list[str]]]]]:
        """The headings as written, and the rows: number from 1, cells by heading in lower case or the fault, cells."""
        csv.field_size_limit(WIDEST)
        raw = self.path.open("rb")
        with io.TextIOWrapper(raw, self._encoding, errors="replace", newline="") as file:
            lines = (line.replace("\0", "") for line in file)
            first = next(lines, "")
            delimiter = self._delimiter or max(SEPARATORS, key=first.count)
            headings = next(csv.reader([first], delimiter=delimiter), [])
            names = [heading.strip().casefold() for heading in headings]
            yield headings, self._rows(csv.reader(lines, delimiter=delimiter), names, raw)

    def _rows(
        self, reader: Iterator[list[str]], names: list[str], raw: io.BufferedReader
    ) -> Iterator[tuple[int, Row, list[str]]]:
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield number, BadRow("csv", text=str(error)), []
                continue
            if not any(cells):
                continue
            number += 1
            self.read = raw.tell()
            if len(cells) != len(names):
                yield number, BadRow("width", count=str(len(cells)), expected=str(len(names))), cells
            elif any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
                yield number, BadRow("encoding"), cells
            else:
                yield number, dict(zip(names, cells, strict=True)), cells


def _encoding(path: Path) -> str:
    """By its mark, else UTF-8 when all of it is, else Windows-1251."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return WINDOWS
    return "utf-8-sig"
