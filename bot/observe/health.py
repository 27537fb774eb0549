"""Whether the process does its work: a verdict over the ages of its signs of life. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# How old a sign may be, in seconds (reliability.md 5): three cycles of a loop, or what a person would notice.
INTAKE = 90.0  # since Telegram last answered getUpdates
SENDER = 5.0  # since the sender last looked into the outbox; it looks once a second
RINGER = 30.0  # since the timers were last looked at; the safety beat is ten seconds
TIMERS = 300.0  # how long the nearest timer has been due
INBOX = 60.0  # age of the oldest update nobody has taken


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of life: how many seconds ago it was given, and how many are still healthy."""

    name: str
    age: float
    limit: float

    @property
    def good(self) -> bool:
        return self.age <= self.limit


@dataclass(frozen=True, slots=True)
class Readiness:
    """`ok` decides between 200 and 503; `lines` say why, one sign each, the bad ones marked."""

    ok: bool
    lines: tuple[str, ...]


def ready(signs: Sequence[Sign], *, stopping: bool = False) -> Readiness:
    """Ready for work: every sign is young enough and nobody has asked the process to stop."""
    lines = [
        f"{'ok  ' if sign.good else 'LATE'} {sign.name}: {sign.age:.0f} s of {sign.limit:.0f}"
        for sign in signs
    ]
    if stopping:
        lines.append("LATE stopping: the intake is closed")
    return Readiness(all(sign.good for sign in signs) and not stopping, tuple(lines))
