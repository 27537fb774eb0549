"""Consent before work: some requests go first to whoever must agree, with a reminder and a deputy.

Its waiting is a clock of its own, not a pause of the desk's promise: the desk's clocks begin with the consent.
"""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people.directory import Person
from bot.texts.speak import Line


def answered(tx: Connection, ticket_id: int, person: Person, action: str, words: str, now: int) -> Line:
    """The reason for a denial, or a question to the requester."""
    return Line("access.unknown")
