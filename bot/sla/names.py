"""The sorts of names that desk.yaml defines and rows of the database carry for as long as they live."""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """Where a name is defined, by its key in the file."""

    CATEGORIES = "categories"
    TEAMS = "teams"
    PRIORITIES = "priorities"
    IMPACT = "impact"
    URGENCY = "urgency"
