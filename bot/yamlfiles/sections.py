"""Lines put into desk.yaml without touching what its author wrote: at the end of a section, in its indentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

_INSIDE = re.compile(r"[ \t]+\S")


class SectionIsElsewhere(ValueError):
    """The file has no section of this name that is written in lines."""


def added(text: str, section: str, lines: Sequence[str]) -> str:
    """The text with these lines, written with two spaces, below the last line of a top-level section.

    Raises SectionIsElsewhere.
    """
    rows = text.splitlines()
    head = next((n for n, row in enumerate(rows) if re.match(rf"{section}:\s*(#.*)?$", row)), None)
    if head is None:
        raise SectionIsElsewhere(section)
    last = head
    for number in range(head + 1, len(rows)):
        if _INSIDE.match(rows[number]):
            last = number
        elif rows[number].strip() and not rows[number].startswith("#"):
            break
    if last == head:
        raise SectionIsElsewhere(section)
    first = next(row for row in rows[head + 1 :] if _INSIDE.match(row) and not row.lstrip().startswith("#"))
    indent = first[: len(first) - len(first.lstrip())]
    put = [indent + line for line in lines]
    return "\n".join([*rows[: last + 1], *put, *rows[last + 1 :], ""])
