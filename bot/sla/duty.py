"""The duty rota: who of a team is called by name this week. Swaps and absences decide before the turn does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

TURN = 7  # days


@dataclass(frozen=True, slots=True)
class Rota:
    """People (staff ids) take turns of a week from `start` on, handing over at `handover_m` minutes of local time.

    `swaps` name who does the turn that holds a date; `absent` are first and last days, both included.
    """

    start: date
    people: Sequence[str]
    handover_m: int = 9 * 60
    swaps: Mapping[date, str] = field(default_factory=dict)
    absent: Mapping[str, Sequence[tuple[date, date]]] = field(default_factory=dict)


def on_duty(rota: Rota, local: datetime) -> str | None:
    """Who is on duty at a moment of the team's wall clock; the next one present stands in; None when nobody is there."""
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
