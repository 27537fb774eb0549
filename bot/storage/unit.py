"""A unit of work: one transaction, the moment it began, and the configuration it runs with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.storage.db import Database

C_co = TypeVar("C_co", covariant=True)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unit(Generic[C_co]):
    """What a verb is handed. `now` is UTC seconds; `config` is one snapshot, which a reload does not change."""

    tx: Connection
    now: int
    config: C_co

    def at(self, moment: int) -> Unit[C_co]:
        """The same unit for an event that happened at `moment` (UTC seconds)."""
        return replace(self, now=moment)


class Units(Generic[C_co]):
    """Runs verbs on a database, each as a unit of work. `db` runs what needs the transaction alone."""

    def __init__(self, db: Database, now: Callable[[], int], config: Callable[[], C_co]) -> None:
        self.db, self._now, self._config = db, now, config

    @property
    def config(self) -> C_co:
        """The configuration in force at this moment, for what is no unit of work."""
        return self._config()

    async def run(
        self, verb: Callable[Concatenate[Unit[C_co], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run the verb in a transaction of its own, with the configuration as it is when the transaction begins."""
        now = self._now()
        return await self.db.run(lambda tx: verb(Unit(tx, now, self._config()), *args, **kwargs))

    async def read(
        self, query: Callable[Concatenate[Unit[C_co], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query that writes nothing."""
        now = self._now()
        return await self.db.read(lambda tx: query(Unit(tx, now, self._config()), *args, **kwargs))
