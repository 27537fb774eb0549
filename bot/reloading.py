"""Scenarios change while the bot runs: a new file is read, checked and rehearsed, then swapped in whole; or told about."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.opening import Opened, known_names, leads_to, router_of
from bot.scenarios import reload
from bot.scenarios.program import Program
from bot.scenarios.reload import Verdict
from bot.scenarios.test import RouteOne
from bot.settings import Settings
from bot.storage.db import Database, open_database
from bot.storage.migrate import sqlite_path
from bot.telegram import outbox
from bot.tickets.house import House

EVERY = 2  # real seconds between two looks at the file
log = structlog.get_logger()


class Reloader:
    """Looks after scenarios.yaml. People in the middle of a scenario finish on the version they began with."""

    def __init__(self, house: House, db: Database, clock: Clock, file: Path, language: str) -> None:
        self._house, self._db, self._clock = house, db, clock
        self._file, self._language = file, language
        self._watched = reload.Watched(file, house.program.source)

    async def start(self) -> None:
        """Remember what is played now as good."""
        await self._db.run(reload.accept, self._house.program, self._clock.now())

    async def look(self) -> Verdict | None:
        """Look at the file once; None when it has not changed since."""
        text = await asyncio.to_thread(self._watched.changed)
        return None if text is None else await self.take(text)

    async def take(self, text: str) -> Verdict:
        """Judge a text; play it from now on if it is good, else tell the administrators why not."""
        house = self._house
        known = known_names(Opened(house.desk, house.program, house.library), house.media)
        verdict = await asyncio.to_thread(reload.judge, self._file.name, text, known, self._routes)
        if verdict.program is None:
            log.warning("scenarios.refused", errors=len(verdict.complaints))
            await self._db.run(
                _tell, "reload.refused", {"why": verdict.said(self._language)}, self._clock.now()
            )
        else:
            await self._play(verdict.program)
        return verdict

    async def _play(self, program: Program) -> None:
        """Everything new is made first; then the swap is two assignments in the one thread that serves people."""
        router = await asyncio.to_thread(router_of, program, self._house.library)
        now = self._clock.now()
        await self._db.run(reload.accept, program, now)
        self._house.program, self._house.router = program, router
        log.info("scenarios.reloaded", hash=program.hash, scenarios=len(program.scenarios))
        await self._db.run(
            _tell, "reload.done", {"scenarios": len(program.menu), "hash": program.hash[:8]}, now
        )

    def _routes(self, program: Program) -> RouteOne:
        return partial(leads_to, router_of(program, self._house.library))


def last_good(settings: Settings, opened: Opened) -> Program | None:
    """What a start with a broken scenarios file plays: the newest file that was good, if this desk has had one."""
    file = sqlite_path(settings.database_url.get_secret_value())
    return (
        None if file is not None and not Path(file).exists() else asyncio.run(_remembered(settings, opened))
    )


async def _remembered(settings: Settings, opened: Opened) -> Program | None:
    db = open_database(settings.database_url.get_secret_value())
    try:
        known = known_names(opened, settings.knowledge_dir)
        return await db.read(reload.last_good, settings.scenarios_file.name, known)
    except SQLAlchemyError:  # a database without tables has never accepted anything
        return None
    finally:
        await db.close()


def _tell(tx: Connection, key: str, facts: dict[str, object], now: int) -> None:
    outbox.line(tx, "admins", key, facts, now)
