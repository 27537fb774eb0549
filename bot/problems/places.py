"""Where an outage is, and who is there.

An office of the directory is "Moscow, 312": the part before the comma is the site. A floor belongs to a site: floor 3 of
one city is not floor 3 of another.
"""

from __future__ import annotations

from bot.people.directory import Person
from bot.problems.outages import Outage


def site(office: str) -> str:
    """The site of an office, for comparisons: "moscow"."""
    return office.partition(",")[0].strip().casefold()


def site_name(office: str) -> str:
    """The same as people read it: "Moscow"."""
    return office.partition(",")[0].strip()


def floor_of(person: Person) -> int | None:
    """The floor that the person's profile names."""
    told = str(person.profile.get("floor", ""))
    return int(told) if told.isdecimal() else None


def is_there(row: Outage, person: Person) -> bool:
    """Whether an outage may affect this person; if their place is unknown, it may."""
    floor = floor_of(person)
    same_floor = row.floor is None or floor is None or floor == row.floor
    return same_floor and (not row.office or not person.office or site(person.office) == site(row.office))
