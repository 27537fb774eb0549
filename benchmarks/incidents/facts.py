"""What a history consists of: reports, which a detector may see, and the truth, which it may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["ticket", "step_failed", "words_of_scope"]
DETECTABLE = 5  # distinct people: a plant with fewer is neither required nor a false alarm


@dataclass(frozen=True, slots=True)
class Report:
    """What one person said at one moment. Ids follow the order of time and mean nothing else.

    `time` is aware, UTC, in whole seconds. `service` is what the person chose: it may be wrong or `None`. `site` and
    `floor` are those of the person as far as they are known. `scenario` and `step` are set where self-help failed.
    """

    id: int
    time: datetime
    requester: int
    kind: Kind
    service: str | None
    category: str
    site: str | None
    floor: int | None
    scenario: str | None
    step: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Plant:
    """A mass incident: `reports` are the ids it caused, `people` how many distinct requesters they have.

    `shape` is how it was noticed, `services` what was broken in truth (empty where only the words are alike).
    """

    shape: str
    services: tuple[str, ...]
    site: str | None
    floor: int | None
    begun: datetime
    ended: datetime
    people: int
    reports: frozenset[int]

    @property
    def detectable(self) -> bool:
        return self.people >= DETECTABLE


@dataclass(frozen=True, slots=True)
class Decoy:
    """Many reports without a mass incident: a detector keeps silent about them."""

    shape: str
    begun: datetime
    ended: datetime
    reports: frozenset[int]


@dataclass(frozen=True, slots=True)
class History:
    """Reports ordered by time, and the calendar, which the desk knows; `plants` and `decoys` are for the judge only.

    `first` is a Monday, `holidays` are days without work from Monday to Friday.
    """

    seed: int
    zone: ZoneInfo
    first: date
    days: int
    holidays: tuple[date, ...]
    reports: tuple[Report, ...]
    plants: tuple[Plant, ...]
    decoys: tuple[Decoy, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a detector raised: when (aware), and the ids of the reports it lists."""

    time: datetime
    reports: frozenset[int]
