"""The duty rota: which engineer of a team is mentioned this week. Swaps and absences take precedence over turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

TURN = 7  # days


@dataclass(frozen=True, slots=True)
class Rota:
    """People (staff ids) take weekly turns from `start` on, handing over at `handover_m` minutes of local time.

    `swaps` name who does the turn that includes a date; `absent` are first and last days, both included.
    """

    start: date
    people: Sequence[str]
    handover_m: int = 9 * 60
    swaps: Mapping[date, str] = field(default_factory=dict)
    absent: Mapping[str, Sequence[tuple[date, date]]] = field(default_factory=dict)


def on_duty(rota: Rota, local: datetime) -> str | None:
    """Who is on duty at a moment of the team's wall clock; if absent, the next one present; None when all are absent."""
    shifted = (local - timedelta(minutes=rota.handover_m)).date()
    turn = (shifted - rota.start).days // TURN
    begin = rota.start + timedelta(days=turn * TURN)
    for day, person in rota.swaps.items():
        if begin <= day < begin + timedelta(days=TURN) and not _away(rota, person, shifted):
            return person
    for step in range(len(rota.people)):
        person = rota.people[(turn + step) % len(rota.people)]
        if not _away(rota, person, shifted):
            return person
    return None


def _away(rota: Rota, person: str, day: date) -> bool:
    return any(first <= day <= last for first, last in rota.absent.get(person, ()))
