"""How many tickets one person may have: beyond that something is wrong, and a call helps more than another ticket (T19)."""

from __future__ import annotations

from bot.config.config import Work
from bot.errors import FirstlineError
from bot.people.directory import Person
from bot.tickets import store

DAY = 86_400  # seconds


class TooMany(FirstlineError):
    """This person has as many tickets as one may have."""

    def __init__(self, reason: str, most: int) -> None:
        super().__init__()
        self.reason, self.most = reason, most  # a sentence of the catalogues, and its number


def check(work: Work, person: Person) -> None:
    """Raises TooMany when this person may not open another ticket at `now` (UTC seconds)."""
    most = work.config.desk.file.quotas
    if len(store.open_of(work.tx, person.id)) >= most.open_tickets:
        raise TooMany("quota.open", most.open_tickets)
    if store.opened_since(work.tx, person.id, work.now - DAY) >= most.tickets_per_day:
        raise TooMany("quota.day", most.tickets_per_day)
