"""The changes of one ticket as its life. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.reports.past.parsing import PastRow
from bot.tickets.chronicle.cases import StayPlace

_ENDED = ("resolved", "closed", "cancelled")
_PLACES = {"open": StayPlace.QUEUE, "claimed": StayPlace.HANDS, "waiting": StayPlace.EMPLOYEE}


@dataclass(slots=True)
class PastTicket:
    """An imported ticket; None is unknown. `stays` are [team, place, from, to] in UTC seconds, None when the export has
    one row for a ticket."""

    number: str
    type: str
    priority: str
    category: str
    team: str
    department: str
    opened_at: int
    claimed_at: int | None = None
    replied_at: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    is_cancelled: bool = False
    handovers: int | None = None
    teams: list[str] | None = None
    reopened: int | None = None
    stars: int | None = None
    met: bool | None = None
    stays: list[tuple[str, str, int, int]] | None = field(default=None)


def of_row(row: PastRow) -> PastTicket:
    """A ticket of an export that has one row for each."""
    at = row.moments.get
    resolved = at("resolved")
    if resolved is None and row.stage != "cancelled":
        resolved = at("closed")
    found = _plain([row], at("opened", 0))
    found.claimed_at, found.replied_at = at("claimed"), at("replied")
    found.resolved_at = None if row.stage == "cancelled" else resolved
    found.closed_at, found.is_cancelled = at("closed"), row.stage == "cancelled"
    found.met = _met(row.met, at("due"), found.resolved_at)
    return found


def of_changes(rows: Sequence[PastRow]) -> PastTicket:
    """A ticket of a log, its changes in their order; the last known value of each column counts."""
    moments = {name: at for row in rows for name, at in row.moments.items()}
    first = rows[0].moments["at"]
    opened = min(moments.get("opened", first), first)
    found = _plain(rows, opened)
    stages = _stages(rows)
    found.is_cancelled = stages[-1] == "cancelled"
    found.resolved_at = None if found.is_cancelled else moments.get("resolved", _since(rows, stages, _ENDED))
    found.closed_at = moments.get("closed", _since(rows, stages, ("closed", "cancelled")))
    claimed = (
        row.moments["at"]
        for row, stage in zip(rows, stages, strict=True)
        if stage == "claimed" or row.has_person
    )
    found.claimed_at = moments.get("claimed", next(claimed, None))
    found.replied_at = moments.get("replied")
    teams = [row.words["team"] for row in rows if row.words.get("team")]
    found.teams = [
        team for number, team in enumerate(teams) if number == 0 or team != teams[number - 1]
    ] or None
    if found.handovers is None and found.teams is not None:
        found.handovers = len(found.teams) - 1
    if found.teams:
        found.team = next(iter(found.teams))
    if found.reopened is None and any(row.stage for row in rows):
        found.reopened = sum(a in _ENDED and b not in _ENDED for a, b in pairwise(stages))
    met = next((row.met for row in reversed(rows) if row.met is not None), None)
    found.met = _met(met, moments.get("due"), found.resolved_at)
    found.stays = _stays(rows, stages, found) if any(row.stage for row in rows) else None
    return found


def _plain(rows: Sequence[PastRow], opened: int) -> PastTicket:
    words = {name: word for row in rows for name, word in row.words.items()}
    counts = {name: count for row in rows for name, count in row.counts.items()}
    kind = words.get("type", "incident")
    priority, category = words.get("priority", ""), words.get("category", "")
    team, department = words.get("team", ""), words.get("department", "")
    found = PastTicket(rows[0].number, kind, priority, category, team, department, opened)
    found.handovers, found.reopened = counts.get("handovers"), counts.get("reopened")
    found.stars = counts.get("stars")
    return found


def _met(said: bool | None, due: int | None, resolved: int | None) -> bool | None:
    """As the export says; else by its due time; unknown without either."""
    if said is not None:
        return said
    return None if due is None or resolved is None else resolved <= due


def _stages(rows: Sequence[PastRow]) -> list[str]:
    """The stage after each change; one that is not named stays as it was."""
    found, stage = [], "open"
    for row in rows:
        stage = row.stage or stage
        found.append(stage)
    return found


def _since(rows: Sequence[PastRow], stages: Sequence[str], wanted: Sequence[str]) -> int | None:
    """When the last unbroken run of these stages began, if it lasts to the end."""
    at = None
    for row, stage in zip(reversed(rows), reversed(stages), strict=True):
        if stage not in wanted:
            break
        at = row.moments["at"]
    return at


def _stays(
    rows: Sequence[PastRow], stages: Sequence[str], found: PastTicket
) -> list[tuple[str, str, int, int]]:
    """Where it was between two changes; before the first one it waited, after the solution it is nowhere."""
    stays: list[tuple[str, str, int, int]] = []
    end = found.resolved_at if found.resolved_at is not None else found.closed_at
    since, team = found.opened_at, found.team
    place: StayPlace | None = StayPlace.QUEUE
    for row, stage in zip(rows, stages, strict=True):
        at = row.moments["at"] if end is None else min(row.moments["at"], end)
        if place is not None and at > since:
            stays.append((team, place.value, since, at))
        since = max(since, at)
        team = row.words.get("team", team)
        held = _PLACES.get(stage)
        place = StayPlace.HANDS if held is StayPlace.QUEUE and row.has_person else held
    if place is not None and end is not None and end > since:
        stays.append((team, place.value, since, end))
    return stays
