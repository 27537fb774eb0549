"""Readiness: a verdict over the ages of signs of life. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# How old a sign may be, in seconds: three cycles of a loop, or what a person would notice.
INTAKE = 90.0  # since Telegram last answered getUpdates
CONTESTED = 30.0  # since another process began to read this bot's updates
SENDER = 5.0  # since the sender last read the outbox, which it does once a second
RINGER = 30.0  # since the timers were last checked, which happens at least every ten seconds
TIMERS = 300.0  # since the nearest timer was due
INBOX = 60.0  # age of the oldest unhandled update
ALERTS = 120.0  # for how long an alert that may be sent has been waiting
OUTBOX = 600.0  # the same for any message: the limits let 180 through in a group meanwhile
PULSE = 5.0  # since the event loop last turned
DISK = 95.0  # per cent of the disk in use


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of life: its age and its limit, in seconds unless `unit` says otherwise."""

    name: str
    age: float
    limit: float
    unit: str = "s"

    @property
    def good(self) -> bool:
        """A sign from far in the future is none: the clock it was taken from has been set back."""
        return abs(self.age) <= self.limit


@dataclass(frozen=True, slots=True)
class Readiness:
    """`ok` decides between 200 and 503; `lines` say why, one per sign, late ones marked."""

    ok: bool
    lines: tuple[str, ...]


def ready(signs: Sequence[Sign], *, stopping: bool = False) -> Readiness:
    """Ready: every sign is recent and the process is not stopping."""
    lines = [
        f"{'ok  ' if sign.good else 'LATE'} {sign.name}: {max(0.0, sign.age):.0f} {sign.unit} of {sign.limit:.0f}"
        for sign in signs
    ]
    if stopping:
        lines.append("LATE stopping: the intake is closed")
    return Readiness(all(sign.good for sign in signs) and not stopping, tuple(lines))
