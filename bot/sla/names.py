"""Names that desk.yaml defines and rows of the database carry: their sorts, what they were called before, who uses one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple, assert_never

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from bot.yamlfiles.fitting import Authored
from bot.yamlfiles.zone_names import is_zone


class Section(StrEnum):
    """Where a name is defined, by its key in the file."""

    CATEGORIES = "categories"
    TEAMS = "teams"
    PRIORITIES = "priorities"
    IMPACT = "impact"
    URGENCY = "urgency"


class Renamed(Authored):
    """What names were called before, by section: {former: name of today}. Whatever is open under a former name follows."""

    categories: dict[str, str] = Field(default_factory=dict)
    teams: dict[str, str] = Field(default_factory=dict)
    priorities: dict[str, str] = Field(default_factory=dict)
    impact: dict[str, str] = Field(default_factory=dict)
    urgency: dict[str, str] = Field(default_factory=dict)

    def of(self, section: Section) -> Mapping[str, str]:
        """The former names of one section, each with what it is called today."""
        match section:
            case Section.CATEGORIES:
                return self.categories
            case Section.TEAMS:
                return self.teams
            case Section.PRIORITIES:
                return self.priorities
            case Section.IMPACT:
                return self.impact
            case Section.URGENCY:
                return self.urgency
            case _:
                assert_never(section)


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


def _zone(text: str) -> str:
    if not is_zone(text):
        raise PydanticCustomError("E344", "no zone", {"written": text})
    return text


ZoneText = Annotated[str, AfterValidator(_zone)]
"""The name of an IANA zone."""
NO_POLICY = {
    "name",
    "teams",
    "offices",
    "categories",
    "renamed",
    "calendars",
    "classes",
    "rates",
    "replies",
    "quotas",
    "privacy",
    "reports",
}
"""Sections of desk.yaml that do not change a deadline or an alert."""
