"""Policies to start from: blocks of desk.yaml beside this file, and the whole file that one of them makes of another."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
# What names the rules of the former policy and cannot be kept without them.
BOUND = ("classes",)
_SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)
_ABOVE = re.compile(r"(?:^#.*\n|^[ \t]*\n)*\Z", re.MULTILINE)
_ZONE = re.compile(r"(?<=tz: )[A-Za-z_/+-]+[A-Za-z0-9]")
_HOLIDAYS = re.compile(r"(?<=production_calendar: )[a-z]+")
_HOURS = re.compile(r'(?<=week: \{mon-fri: \[")[0-9:]+-[0-9:]+(?="\])')


def names() -> tuple[str, ...]:
    """The policies, by name."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def block(name: str) -> str:
    """A policy as its author wrote it: some sections of a desk.yaml, with comments."""
    return (FOLDER / f"{name}.yaml").read_text("utf-8")


def about(name: str) -> str:
    """What a policy promises, in one line: its first comment."""
    return block(name).splitlines()[0].removeprefix("# ")


def adapted(text: str, zone: str | None, hours: str | None, holidays: str | None) -> str:
    """The block with another zone, other hours from Monday to Friday, other holidays; None leaves what is written."""
    for written, meant in ((_ZONE, zone), (_HOURS, hours), (_HOLIDAYS, holidays)):
        text = text if meant is None else written.sub(meant, text)
    return text


def applied(desk: str, policy: str) -> str:
    """A whole desk.yaml with the sections of a policy instead of its own; what names the former rules goes with them."""
    wanted, kept = _sections(policy), _sections(desk)
    for name in BOUND:
        if name not in wanted:
            kept.pop(name, None)
    kept |= {name: text for name, text in wanted.items() if name}
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in kept.values())


def _sections(text: str) -> dict[str, str]:
    """The top-level sections in their order, each with the comments above it; "" is what comes before the first."""
    starts = [found.start() for found in _SECTION.finditer(text)]
    if not starts:
        return {"": text}
    edges = [_begin_of_comments(text, start) for start in starts]
    parts = [text[start:end] for start, end in zip(edges, [*edges[1:], len(text)], strict=True)]
    named = {_SECTION.findall(part)[0]: part for part in parts}
    return {"": text[: edges[0]], **named}


def _begin_of_comments(text: str, start: int) -> int:
    above = _ABOVE.search(text[:start])
    return above.start() if above is not None else start
