"""Names that desk.yaml defines and rows of the database carry: their sorts, and who uses one."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Section(StrEnum):
    """Where a name is defined, by its key in the file."""

    CATEGORIES = "categories"
    TEAMS = "teams"
    PRIORITIES = "priorities"
    IMPACT = "impact"
    URGENCY = "urgency"


class Keeper(StrEnum):
    """What keeps a name in use for as long as it is open."""

    TICKET = "ticket"
    RUN = "run"
    OUTAGE = "outage"


class InUse(NamedTuple):
    """One use of a name. `called` is how people know it: a ticket's number, a run's scenario."""

    section: Section
    name: str
    keeper: Keeper
    called: str
