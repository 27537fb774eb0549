"""What other systems export: encodings of spreadsheets, and a file that names their columns in our words."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.yamlfiles import Complaint, Mark, read
from bot.yamlfiles.files import text_of
from bot.yamlfiles.fitting import Authored, fit

ARCHIVE = b"PK\x03\x04"  # an .xlsx is a zip, whatever its name says
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WINDOWS = "cp1251"  # what a Russian Excel writes as "CSV"


class ColumnMap(Authored):
    """`--map`: the headings of an export and the columns of people.csv they mean."""

    columns: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """Heading -> column; upper and lower case are the same."""
    ignore_unknown: bool = False
    """Whether columns with other headings are left out instead of being a fault."""
    surname_first: bool = False
    """Whether names are written surname first: the bot greets people by the first word of their name."""

    def column(self, heading: str) -> str:
        """The column that a heading means, in lower case."""
        plain = heading.strip().lower()
        return next((ours for theirs, ours in self.columns.items() if theirs.strip().lower() == plain), plain)


def decoded(file: Path) -> str | Complaint:
    """The text of a spreadsheet's CSV file: UTF-8, UTF-16 with its mark, else Windows-1251; E102, or E619 for a workbook."""
    try:
        content = file.read_bytes()
    except OSError:
        plain = text_of(file)
        return plain if isinstance(plain, Complaint) else Complaint("E102", str(file), Mark(1, 1), {})
    if content.startswith(ARCHIVE):
        return Complaint("E619", str(file), Mark(1, 1), {})
    if content.startswith(UTF_16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(WINDOWS, "replace")


def read_map(file: Path) -> tuple[ColumnMap | None, list[Complaint], str]:
    """The map, its complaints and its text."""
    text = text_of(file)
    if isinstance(text, Complaint):
        return None, [text], ""
    reading = read(str(file), text)
    if reading.document is None:
        return None, reading.complaints, text
    found, complaints = fit(ColumnMap, reading.document)
    return found, [*reading.complaints, *complaints], text
