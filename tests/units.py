"""Units of work for tests: a transaction, a moment, and as much of the configuration as the verb needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from bot.config.config import Config, Work
from bot.knowledge.articles import Library
from bot.people.directory import Person
from bot.scenarios.language.program import Program
from bot.sla.policy import Desk
from bot.storage.db import Database
from bot.storage.unit import Unit, Units
from bot.telegram.incoming import Incoming
from bot.tickets.invocation import Invocation

PARTS = {Desk: "desk", Program: "program", Library: "library"}


def work(tx: Connection, now: int, *parts: Any) -> Work:
    """A unit at `now` (UTC seconds) with a whole Config, or only with the given parts."""
    return Unit(tx, now, config_of(*parts))


def config_of(*parts: Any) -> Any:
    if parts and isinstance(parts[0], Config):
        return parts[0]
    named: dict[str, Any] = dict.fromkeys(Config.__slots__) | {PARTS[type(part)]: part for part in parts}
    return Config(**named)


def typed(
    person: Person, chat: str, text: str, *, place: int = -1000, ticket: int | None = None
) -> Invocation:
    """A command typed in `chat`; `ticket` is that of its topic."""
    name, _, words = text.removeprefix("/").partition(" ")
    message = Incoming(70, text, "text", None, None, None, 0, place=place)
    return Invocation(name, words, person, chat, message, ticket)


def as_unit(verb: Callable[..., Any], now: int, *parts: Any) -> Callable[..., Any]:
    """The verb as a plain function of a transaction, for `Database.run`."""
    return lambda tx, *args, **kwargs: verb(work(tx, now, *parts), *args, **kwargs)


def units(db: Database, now: Callable[[], int], *parts: Any) -> Units[Config]:
    """What the product's loops run their verbs with."""
    config = config_of(*parts)
    return Units(db, now, lambda: config)
