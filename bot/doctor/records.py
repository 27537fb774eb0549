"""What the database says that the doctor compares: whose it is, the groups that are bound, who has a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.keys import ADMINS, SUPERVISORS, TeamChat
from bot.people import directory
from bot.people.directory import Person
from bot.storage import kv
from bot.telegram import chats


@dataclass(frozen=True, slots=True)
class Records:
    """`bot_id` is None until a bot has worked with this database; `groups` maps our names to Telegram's ids."""

    bot_id: str | None
    groups: dict[str, int]
    staff: Sequence[Person]
    people: Sequence[Person]

    def expected(self, key: str) -> list[Person]:
        """The people with an account who should be in the group of this name."""
        return [person for person in self.staff if person.telegram_id is not None and _belongs(person, key)]

    def is_staffed(self, key: str) -> bool:
        """Whether anybody's role makes them one of this group, with an account or without."""
        return any(_belongs(person, key) for person in self.staff)

    @property
    def chiefs(self) -> list[Person]:
        """Supervisors, heads and administrators: alarms reach them in private when the group does not."""
        return [one for one in self.staff if one.is_supervisor or one.is_admin or "head" in one.roles]


def look(tx: Connection) -> Records:
    """What is recorded now."""
    everybody = directory.everybody(tx)
    staff = [person for person in everybody if person.roles]
    return Records(kv.get(tx, "bot_id"), dict(chats.groups(tx)), staff, everybody)


def _belongs(person: Person, key: str) -> bool:
    if TeamChat.names(key):
        return TeamChat.read(key).name in person.teams
    return (key == SUPERVISORS and person.is_supervisor) or (key == ADMINS and person.is_admin)
