"""A unit of work: one transaction, its moment, and its configuration."""

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
    """A verb's first argument. `now` is UTC seconds; `config` is one snapshot, unaffected by reloads."""

    tx: Connection
    now: int
    config: C_co

    def at(self, moment: int) -> Unit[C_co]:
        """The same unit for an event at `moment` (UTC seconds)."""
        return replace(self, now=moment)


class Units(Generic[C_co]):
    """Runs verbs on a database, each as a unit of work. `db` runs what needs only the transaction."""

    def __init__(self, db: Database, now: Callable[[], int], config: Callable[[], C_co]) -> None:
        self.db, self._now, self._config = db, now, config

    @property
    def config(self) -> C_co:
        """The configuration in force now, for code outside a unit of work."""
        return self._config()

    async def run(
        self, verb: Callable[Concatenate[Unit[C_co], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run the verb in its own transaction, with the configuration in force when the transaction begins."""
        now = self._now()
        return await self.db.run(lambda tx: verb(Unit(tx, now, self._config()), *args, **kwargs))

    async def read(
        self, query: Callable[Concatenate[Unit[C_co], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        now = self._now()
        return await self.db.read(lambda tx: query(Unit(tx, now, self._config()), *args, **kwargs))
