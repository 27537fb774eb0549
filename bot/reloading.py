"""Files change while the bot runs: a new one is read, checked and rehearsed, then swapped in whole; or told about."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.authored import Complaint, show
from bot.clock import Clock
from bot.escalation import editions, migration
from bot.knowledge import phrasebook
from bot.opening import Opened, audiences, known_names, leads_to, router_of, said_by
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios import reload
from bot.scenarios.check import compile_scenarios
from bot.scenarios.program import Program
from bot.scenarios.reload import Verdict
from bot.scenarios.test import RouteOne
from bot.settings import Settings
from bot.sla.check import horizon, load_desk
from bot.sla.policy import Desk
from bot.storage.db import Database, open_database
from bot.storage.migrate import sqlite_path
from bot.telegram import chats, outbox
from bot.texts.speak import Line
from bot.tickets import absence, pledge, versions
from bot.tickets.house import House

WEEK = 7 * 86_400  # seconds
EVERY = 2  # real seconds between two looks at the file
log = structlog.get_logger()


class Reloader:
    """Looks after scenarios.yaml. People in the middle of a scenario finish on the version they began with."""

    def __init__(self, house: House, db: Database, clock: Clock, file: Path, language: str) -> None:
        self._house, self._db, self._clock = house, db, clock
        self._file, self._language = file, language
        self._watched = reload.Watched(file, house.program.source)
        self._one_at_a_time = asyncio.Lock()  # what is judged last is played last

    async def start(self) -> None:
        """Remember what is played now as good."""
        await self._db.run(reload.accept, self._house.program, self._clock.now())
        await self.relearn()

    async def relearn(self) -> None:
        """Route by the phrases that administrators have added; what the file says by now is no longer theirs."""
        house = self._house
        before = await self._db.run(phrasebook.overlay)
        learnt = await self._db.run(phrasebook.settle, said_by(house.program), self._clock.now())
        if before:
            house.router = await asyncio.to_thread(router_of, house.program, house.library, learnt)

    async def look(self) -> Verdict | None:
        """Look at the file once; None when it has not changed since. The administrators hear what came of a change."""
        async with self._one_at_a_time:
            text = await asyncio.to_thread(self._watched.changed)
            return None if text is None else await self._take(text)

    async def reload(self, person: Person) -> Line:
        """/reload: judge the file as it stands, changed or not; returns what came of it. Raises Refused."""
        authorize(person, "reload", Object())
        async with self._one_at_a_time:
            text = await asyncio.to_thread(self._watched.now)
            if text is None:
                return Line("reload.away", {"file": str(self._file)})
            if text == self._house.program.source:
                return Line("reload.same", {"hash": self._house.program.hash[: versions.SHOWN]})
            verdict = await self._take(text)
            return self._refused(verdict) if verdict.program is None else self._taken(verdict.program)

    async def roll_back(self, person: Person, hash_: str) -> Line:
        """Play a former good file again and put it in the place of the present one; returns what came of it.

        It is judged anew: teams and articles may have gone since. Raises Refused.
        """
        authorize(person, "reload", Object())
        async with self._one_at_a_time:
            row = await self._db.read(versions.kept, hash_)
            if row is None:
                return Line("rollback.unknown", {"hash": hash_[: versions.SHOWN]})
            verdict = await asyncio.to_thread(self._judge, row.source)
            if verdict.program is None:
                return self._refused(verdict)
            facts = {"file": self._file.name, "hash": hash_[: versions.SHOWN]}
            self._watched.expect(row.source)
            try:
                backup = await asyncio.to_thread(reload.put_back, self._file, row.source)
                line = Line("rollback.played", facts | {"backup": backup.name})
            except OSError as error:
                line = Line("rollback.unwritten", facts | {"problem": str(error)})
            log.warning("scenarios.rolled_back", by=person.id, hash=hash_)
            await self._play(verdict.program)
            return line

    async def _take(self, text: str) -> Verdict:
        """Judge a text; play it from now on if it is good. Either way the administrators are told."""
        verdict = await asyncio.to_thread(self._judge, text)
        if verdict.program is None:
            log.warning("scenarios.refused", errors=len(verdict.complaints))
            await self._db.run(_tell, self._refused(verdict), self._clock.now())
        else:
            await self._play(verdict.program)
        return verdict

    def _judge(self, text: str) -> Verdict:
        house = self._house
        known = known_names(Opened(house.desk, house.program, house.library), house.media)
        return reload.judge(self._file.name, text, known, self._routes)

    async def _play(self, program: Program) -> None:
        """Everything new is made first; then the swap is two assignments in the one thread that serves people."""
        now = self._clock.now()
        learnt = await self._db.run(phrasebook.settle, said_by(program), now)
        router = await asyncio.to_thread(router_of, program, self._house.library, learnt)
        await self._db.run(reload.accept, program, now)
        self._house.program, self._house.router = program, router
        log.info("scenarios.reloaded", hash=program.hash, scenarios=len(program.scenarios))
        await self._db.run(_tell, self._taken(program), now)

    def _refused(self, verdict: Verdict) -> Line:
        return Line("reload.refused", {"why": verdict.said(self._language)})

    def _taken(self, program: Program) -> Line:
        return Line("reload.done", {"scenarios": len(program.menu), "hash": program.hash[: versions.SHOWN]})

    def _routes(self, program: Program) -> RouteOne:
        return partial(leads_to, router_of(program, self._house.library, {}))


class DeskReloader:
    """Looks after desk.yaml. Running promises keep their targets; a corrected calendar recounts them."""

    def __init__(self, house: House, db: Database, clock: Clock, file: Path, language: str) -> None:
        self._house, self._db, self._clock = house, db, clock
        self._file, self._language = file, language
        self._watched = reload.Watched(file, "")

    async def start(self) -> None:
        """The file may have changed while nobody was up."""
        self._watched.changed()
        await self.warn()
        await self._db.run(editions.remember, self._house.desk, self._clock.now())
        await self._recount()

    async def warn(self) -> None:
        """Tell the administrators which calendars end soon; of each once a week at the most, however often we look."""
        text, now = await asyncio.to_thread(self._file.read_text, "utf-8"), self._clock.now()
        for ending in horizon(self._file.name, text, now):
            await self._db.run(_warn_of, dict(ending.facts), now)

    async def look(self) -> None:
        """Look at the file once; work by it from now on if it is good, else tell the administrators why not."""
        text = await asyncio.to_thread(self._watched.changed)
        if text is None:
            return
        desk, complaints = await asyncio.to_thread(self._judge, text)
        errors = [complaint for complaint in complaints if not complaint.is_warning]
        if desk is None or errors:
            texts = {self._file.name: text, self._house.program.name: self._house.program.source}
            why = show(errors, texts, self._language)[: reload.TOLD]
            await self._db.run(_tell, Line("reload.desk_refused", {"why": why}), self._clock.now())
            return
        now = self._clock.now()
        moved = await self._db.read(migration.rehearse, desk, now)
        self._house.desk = desk
        log.info("desk.reloaded", policy=desk.policy_hash, moved=moved.count)
        await self._db.run(editions.remember, desk, now)
        await self._db.run(_tell, Line("reload.desk_done", {"hash": desk.policy_hash[:8]}), now)
        if moved.count:
            await self._db.run(_tell, Line("reload.desk_moves", moved.told(desk)), now)
        waiting = await self._db.read(migration.rehearse_rules, desk, now)
        if waiting.count:
            await self._db.run(_tell, Line("reload.rules_wait", waiting.told(desk)), now)
        await self._recount()

    def _judge(self, text: str) -> tuple[Desk | None, list[Complaint]]:
        """The desk of a text, with what the scenarios of today would miss in it."""
        desk, complaints = load_desk(self._file.name, text, audiences(self._house.library))
        if desk is None:
            return None, complaints
        house, program = self._house, self._house.program
        known = known_names(Opened(desk, program, house.library), house.media)
        return desk, [*complaints, *compile_scenarios(program.name, program.source, known).complaints]

    async def _recount(self) -> None:
        while await self._db.run(pledge.recount, self._house.desk, self._clock.now()):
            pass
        await self._db.run(absence.foresee, self._house.desk, self._clock.now())


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


def _warn_of(tx: Connection, facts: dict[str, object], now: int) -> None:
    told = f"calendar-ends:{facts['name']}:{facts['last']}:{now // WEEK}"
    plain = facts | {"last": str(facts["last"])}
    outbox.line(tx, chats.ADMINS, "reload.calendar_ends", plain, now, dedupe=told)


def _tell(tx: Connection, line: Line, now: int) -> None:
    outbox.line(tx, chats.ADMINS, line.key, line.facts, now)
