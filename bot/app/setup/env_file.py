"""Values put into `.env` without touching its remarks and other values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

NEWLINE = "\n"
OWNER_ONLY = 0o600  # the file has the token


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text in which each name has its value: on its own line, on the line that shows its default, or at the end."""
    for name, value in values.items():
        line = f"{name}={value}"
        given = re.search(rf"^{name}[ \t]*=.*$", text, re.MULTILINE)
        place = given or re.search(rf"^#[ \t]*{name}=.*$", text, re.MULTILINE)
        begin, end = place.span() if place is not None else (len(text), len(text))
        gap = "\n" if place is None and text and not text.endswith("\n") else ""
        text = f"{text[:begin]}{gap}{line}{text[end:] or NEWLINE}"
    return text


def write(file: Path, values: Mapping[str, str], example: Path) -> None:
    """Write the values; a file that is not there begins as `example`. Only its owner may read it from then on."""
    source = file if file.exists() else example
    text = source.read_text("utf-8-sig") if source.exists() else ""
    part = file.with_name(f"{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), OWNER_ONLY)
        out.write(with_values(text, values))
    part.replace(file)
