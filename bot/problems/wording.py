"""Parses a supervisor's line about an outage: the time of the next message, the workaround, the place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.knowledge.slots import find_slots

_AT = re.compile(
    r"[,;]?\s*(?:\b(?:следующее(?:\s+сообщение)?|next(?:\s+message)?)\b\s*)?"
    r"\b(?:до|к|в|till|until|by|at)?\s*\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b",
    re.IGNORECASE,
)
_PROMISED = re.compile(
    r"[,;]?\s*\b(?:до|к|till|until|by|следующее(?:\s+сообщение)?(?:\s+в)?|next(?:\s+message)?(?:\s+at)?)\s+"
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"[,;]?\s*\b(?:через|in)\s+(?P<count>\d{1,3})\s*(?:(?P<hours>час\w*|ч\b|h\w*)|мин\w*|м\b|m\w*)",
    re.IGNORECASE,
)
_SOON_PROMISED = re.compile(
    r"(?:\A|[,;.]?\s*\b(?:следующее(?:\s+сообщение)?|новости|next(?:\s+message)?|news)\b)\s*"
    r"(?:через|in)\s+(?P<count>\d{1,3})\s*(?:(?P<hours>час\w*|ч\b|h\w*)|мин\w*|м\b|m\w*)",
    re.IGNORECASE,
)
_WORKAROUND = re.compile(
    r"\b(?:обход|пока|workaround|meanwhile)\s*:\s*(?P<words>.+)", re.IGNORECASE | re.DOTALL
)
_OFFICE = re.compile(r"\b(?:офис|office)\s*[=:]?\s*(?P<name>[a-z][\w-]*)\b", re.IGNORECASE)
_PUNCTUATION = ".,;!?\n"
_NOTHING = re.compile(r"\W*(?:нет|никак|no|none|nothing)?\W*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What was found; None for missing parts. `next_at` is in UTC seconds."""

    words: str
    workaround: str | None
    next_at: int | None
    floor: int | None
    office: str


def understand(text: str, zone: str, now: int, *, begins_with_time: bool = True) -> Said:
    """Parse a line. Times without a date are the next such time in `zone`; only a promised one counts ("till 11:15").

    It is left out of the words only where punctuation sets it apart; within a sentence it stays. `begins_with_time`: what
    follows a time at the beginning is a sentence of its own, as in a typed command.
    """
    promised = list(_PROMISED.finditer(text))[-1:] or list(_SOON_PROMISED.finditer(text))[-1:]
    next_at = None
    if promised:
        next_at = _instant(promised[0], zone, now)
        if _stands_apart(text, promised[0], begins_with_time=begins_with_time):
            text = text[: promised[0].start()] + text[promised[0].end() :]
    found = _WORKAROUND.search(text)
    workaround = found["words"].strip() if found else None
    words = (text[: found.start()] if found else text).strip(" ,;\n")
    office = _OFFICE.search(words)
    return Said(words, workaround, next_at, find_slots(words.lower()).floor, office["name"] if office else "")


def _stands_apart(text: str, found: re.Match[str], *, begins_with_time: bool) -> bool:
    """Whether a sentence stays whole without the time: punctuation, or nothing, on both sides of it."""
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    ends = not after or after[0] in _PUNCTUATION or _WORKAROUND.match(after) is not None
    if not before:
        return ends or begins_with_time or not after[0].islower()
    return ends and (before[-1] in _PUNCTUATION or found[0][0] in _PUNCTUATION)


def moment(text: str, zone: str, now: int) -> int | None:
    """The instant of an answer to "when?", in UTC seconds: 11:15, in 30 minutes, or only 30."""
    found = _AT.search(text) or _SOON.search(text)
    if found is not None:
        return _instant(found, zone, now)
    bare = text.strip()
    return now + int(bare) * 60 if bare.isdecimal() and 0 < int(bare) < 1000 else None


def without_workaround(text: str) -> tuple[str, str]:
    """A text divided at "Workaround:"; the second part is "" where it has none."""
    found = _WORKAROUND.search(text)
    return (text[: found.start()].strip(" ,;\n"), found["words"].strip()) if found else (text.strip(), "")


def without_nothing(text: str) -> str:
    """An answer, or the empty string for "there is none"."""
    return "" if _NOTHING.match(text) else text.strip()


def _instant(found: re.Match[str], zone: str, now: int) -> int:
    parts = found.groupdict()
    if "count" in parts:
        return now + int(parts["count"]) * (3600 if parts["hours"] else 60)
    here = dt.datetime.fromtimestamp(now, ZoneInfo(zone))
    then = here.replace(hour=int(parts["hour"]), minute=int(parts["minute"]), second=0)
    if then <= here:
        then += dt.timedelta(days=1)
    return int(then.timestamp())
