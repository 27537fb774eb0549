"""A command as it was typed, and what a verb reads of it: a number, words, the ticket of the place."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import FirstlineError
from bot.people.directory import Person
from bot.telegram.incoming import Incoming
from bot.tickets.store import NoSuchTicket

DIGITS = 9  # of a ticket's number: more than a database's integer holds is no ticket


class Misused(FirstlineError):
    """A command lacks an argument, or has one that says nothing. The person reads how it is written, with an example."""

    def __init__(self, name: str, facts: dict[str, object]) -> None:
        super().__init__(name)
        self.name, self.facts = name, facts


class Misplaced(FirstlineError):
    """A command about a ticket was typed where no ticket is meant."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Invocation:
    """`/name words`, typed by `person` in `chat`. `here` is the ticket in whose topic it was typed, or to whose message it is
    an answer."""

    name: str
    words: str
    person: Person
    chat: str
    message: Incoming
    here: int | None = None

    @property
    def ticket(self) -> int:
        """The ticket of the place. Raises Misplaced."""
        if self.here is None:
            raise Misplaced(self.name)
        return self.here

    @property
    def meant(self) -> int:
        """The ticket whose number was written, else that of the place. Raises Misused or NoSuchTicket."""
        if self.words or self.here is None:
            return self.number
        return self.here

    @property
    def number(self) -> int:
        """The number that the words begin with. Raises Misused, and NoSuchTicket for one that no ticket can have."""
        first = self.first
        if not first.isdecimal():
            raise self.misused()
        if len(first) > DIGITS:
            raise NoSuchTicket(first)
        return int(first)

    @property
    def first(self) -> str:
        """The first of the words."""
        return self.words.split(maxsplit=1)[0] if self.words else ""

    @property
    def rest(self) -> str:
        """What comes after the first of the words."""
        return self.words.removeprefix(self.first).strip()

    def misused(self, **facts: object) -> Misused:
        """To be raised: `facts` are those of the sentence that says how the command is written."""
        return Misused(self.name, facts)
