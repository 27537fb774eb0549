"""Files change while the bot runs: a new one is read, checked and rehearsed, then swapped in whole, or its faults reported."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.app import names, renaming
from bot.app.files import Opened, audiences, known_names, leads_to, router_of, said_by
from bot.clock import Clock
from bot.config.config import Config, Current, Work
from bot.escalation import editions, migration
from bot.keys import ADMINS
from bot.knowledge import search
from bot.knowledge.articles import Library, load_library
from bot.knowledge.company import phrasebook, sayings
from bot.observe import metrics
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.rehearsal import RouteOne
from bot.scenarios.language.program import Program
from bot.scenarios.library import reload
from bot.scenarios.library.reload import Verdict
from bot.settings import Settings
from bot.sla.check import horizon, load_desk
from bot.sla.policy import Desk
from bot.storage.audit_trail import BOT
from bot.storage.db import open_database
from bot.storage.migrate import sqlite_path
from bot.storage.unit import Units
from bot.teamdesk import scenario_versions
from bot.teamdesk.scenario_versions import SHOWN
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import absence
from bot.tickets.clocks import revised_eta
from bot.yamlfiles import Complaint, bundle, show

DAY, WEEK = 86_400, 7 * 86_400  # seconds
INSTRUCTIONS = ("E350", "E351")  # what desk.yaml says of articles that are not there, or not for engineers
NAMED = 20  # articles named in one message
EVERY = 2  # real seconds between two looks at the file
LEARN = 30  # real seconds between two looks at what people say
UNIT = 0.02  # seconds that a unit of recounting may take, for someone's press waits behind it
log = structlog.get_logger()


class Reloader:
    """Looks after scenarios.yaml. People in the middle of a scenario finish on the version they began with."""

    def __init__(self, current: Current, units: Units[Config], file: Path, language: str) -> None:
        self._current, self._units = current, units
        self._file, self._language = file, language
        self._watched = reload.Watched(file, current.config.program.source)
        self._refused_beside: Library | None = (
            None  # the articles beside which this version of the file was refused
        )
        self._learnt_from: tuple[int, ...] | None = None
        self.turn = asyncio.Lock()  # what is judged last is played last, the file or its articles

    async def start(self) -> None:
        """Remember what is played now as good."""
        await self._units.run(reload.accept, self._current.config.program)
        await self.relearn()

    async def relearn(self) -> None:
        """Route by what was learnt; what the file says by now is no longer an administrator's phrase."""
        config = self._current.config
        before = await self._units.db.run(phrasebook.overlay)
        learnt = await self._units.run(phrasebook.settle, said_by(config.program))
        if before or learnt.sayings or config.router.company.words:
            router = await asyncio.to_thread(router_of, config.program, config.library, learnt)
            await asyncio.to_thread(router.warm)
            self._current.change(router=router)

    async def look_at_words(self) -> None:
        """Learn again when what people say has changed, or a day has passed: words fade."""
        async with self.turn:
            stamp = await self._units.read(_stamp)
            if self._learnt_from not in (None, stamp):
                await self.relearn()
            self._learnt_from = stamp

    async def look(self) -> Verdict | None:
        """Look at the file once; None when it has not changed since. The administrators hear what came of a change."""
        async with self.turn:
            text = await asyncio.to_thread(self._watched.changed)
            if text is None and self._refused_beside not in (None, self._current.config.library):
                text = await asyncio.to_thread(self._watched.now)  # what it lacked may have come
            if text is None:
                return None
            try:
                return await self._take(text)
            except SQLAlchemyError:
                self._watched.forget()
                raise

    async def reload(self, person: Person) -> Line:
        """/reload: judge the file as it is, changed or not; returns what came of it. Raises NotAllowed."""
        authorize(person, "reload", Object())
        async with self.turn:
            text = await asyncio.to_thread(self._watched.now)
            if text is None:
                return Line("reload.away", {"file": str(self._file)})
            if text == self._current.config.program.source:
                return Line("reload.same", {"hash": self._current.config.program.hash[:SHOWN]})
            verdict = await self._take(text, person.key)
            return self._refused(verdict) if verdict.program is None else self._taken(verdict.program)

    async def roll_back(self, person: Person, hash_: str) -> Line:
        """Play a former good file again and put it in the place of the present one; returns what came of it.

        It is judged again: teams and articles may have gone since. Raises NotAllowed.
        """
        authorize(person, "reload", Object())
        async with self.turn:
            row = await self._units.db.read(scenario_versions.kept, hash_)
            if row is None:
                return Line("rollback.unknown", {"hash": hash_[:SHOWN]})
            verdict = await asyncio.to_thread(self._judge, row.source)
            if verdict.program is None:
                return self._refused(verdict)
            facts = {"file": self._file.name, "hash": hash_[:SHOWN]}
            self._watched.expect(row.source)
            try:
                backup = await asyncio.to_thread(bundle.put_back, self._file, row.source)
                line = Line("rollback.played", facts | {"backup": backup.name})
            except OSError as error:
                line = Line("rollback.unwritten", facts | {"problem": str(error)})
            log.warning("scenarios.rolled_back", by=person.id, hash=hash_)
            await self._play(verdict.program, person.key, AuditAction.ROLLED_BACK)
            return line

    async def _take(self, text: str, actor: str = BOT) -> Verdict:
        """Judge a text; play it from now on if it is good. Either way the administrators are notified."""
        verdict = await asyncio.to_thread(self._judge, text)
        self._refused_beside = self._current.config.library if verdict.program is None else None
        if verdict.program is None:
            log.warning("scenarios.refused", errors=len(verdict.complaints))
            metrics.refused("scenarios")
            await self._units.run(_tell, self._refused(verdict))
        else:
            await self._play(verdict.program, actor, AuditAction.RELOADED)
        return verdict

    def _judge(self, text: str) -> Verdict:
        config = self._current.config
        known = known_names(Opened(config.desk, config.program, config.library), config.media)
        return reload.judge(self._file.name, text, known, self._routes)

    async def _play(self, program: Program, actor: str, action: AuditAction) -> None:
        """Everything new is made first, then put in force at once."""
        program = program.for_engineers(self._current.config.program.engineers)
        learnt = await self._units.run(phrasebook.settle, said_by(program))
        router = await asyncio.to_thread(router_of, program, self._current.config.library, learnt)
        await self._units.run(reload.accept, program)
        self._current.change(program=program, router=router)
        metrics.reloaded("scenarios")
        log.info("scenarios.reloaded", hash=program.hash, scenarios=len(program.scenarios))
        await self._units.run(_tell, self._taken(program))
        await self._units.run(trail.note, actor, action, self._file.name, {"hash": program.hash[:SHOWN]})

    def _refused(self, verdict: Verdict) -> Line:
        return Line("reload.refused", {"why": verdict.said(self._language)})

    def _taken(self, program: Program) -> Line:
        return Line("reload.done", {"scenarios": len(program.menu), "hash": program.hash[:SHOWN]})

    def _routes(self, program: Program) -> RouteOne:
        return partial(leads_to, router_of(program, self._current.config.library, phrasebook.Learnt()))


class ArticleReloader:
    """Looks after knowledge_base/ beside the files that name its articles: all of it is taken as it is, or nothing."""

    def __init__(
        self, current: Current, units: Units[Config], desk: Path, language: str, turn: asyncio.Lock
    ) -> None:
        """`turn` is the scenarios' own: one router is made of both."""
        self._current, self._units = current, units
        self._desk, self._language, self._turn = desk, language, turn
        self._folder = current.config.media
        self._seen = reload.snapshot(self._folder)
        self._refused_beside: tuple[Program, Desk] | None = None

    async def look(self) -> None:
        """Look at the folder once; the administrators hear what came of a change."""
        async with self._turn:
            seen, beside = await asyncio.to_thread(reload.snapshot, self._folder), self._beside()
            if seen == self._seen and self._refused_beside in (None, beside):
                return
            library, complaints = await asyncio.to_thread(self._judge)
            errors = [complaint for complaint in complaints if not complaint.is_warning]
            self._refused_beside = beside if errors else None
            if errors:
                log.warning("articles.refused", errors=len(errors))
                metrics.refused("articles")
                line = Line("reload.articles_refused", {"why": await asyncio.to_thread(self._said, errors)})
                await self._units.run(_tell, line)
            elif changed := library.changed_since(self._current.config.library):
                await self._take(library, changed)
            self._seen = seen  # last: what could not be taken is a change at the next look again

    async def _take(self, library: Library, changed: list[str]) -> None:
        """As with the scenarios: everything new is made first, then swapped."""
        config = self._current.config
        learnt = await self._units.read(phrasebook.learnt)
        router = await asyncio.to_thread(router_of, config.program, library, learnt)
        await asyncio.to_thread(search.warm, library)
        self._current.change(library=library, router=router)
        metrics.reloaded("articles")
        log.info("articles.reloaded", articles=len(library), changed=len(changed))
        names = ", ".join(changed[:NAMED]) + (" …" if len(changed) > NAMED else "")
        line = Line("reload.articles_done", {"articles": len(library), "names": names})
        await self._units.run(_tell, line)
        facts = {"hash": f"+{len(changed)}"}
        await self._units.run(trail.note, BOT, AuditAction.RELOADED, self._folder.name, facts)

    def _beside(self) -> tuple[Program, Desk]:
        return self._current.config.program, self._current.config.desk

    def _judge(self) -> tuple[Library, list[Complaint]]:
        """The articles as they stand, and what is wrong with them or would be with those who name them."""
        program, desk = self._beside()
        library, complaints = load_library(self._folder, program.facts)
        known = known_names(Opened(desk, program, library), self._folder)
        of_scenarios = compile_scenarios(program.name, program.source, known).complaints
        text = self._desk.read_text("utf-8-sig", errors="replace")
        _, of_desk = load_desk(self._desk.name, text, audiences(library))
        return library, [*complaints, *of_scenarios, *(c for c in of_desk if c.code in INSTRUCTIONS)]

    def _said(self, errors: list[Complaint]) -> str:
        program = self._current.config.program
        files = {path.name: path for path in (*self._folder.glob("*.md"), self._desk)}
        texts = {name: path.read_text("utf-8", errors="replace") for name, path in files.items()}
        return reload.told(errors, texts | bundle.texts(program.name, program.source), self._language)


class DeskReloader:
    """Looks after desk.yaml. Running promises keep their targets; a corrected calendar recounts them."""

    def __init__(
        self, current: Current, units: Units[Config], clock: Clock, file: Path, language: str
    ) -> None:
        self._current, self._units, self._clock = current, units, clock
        self._file, self._language = file, language
        self._watched = reload.Watched(file, "")
        self._waiting: Desk | None = None  # sound by itself, refused because what it drops is in use

    async def start(self) -> None:
        """The file may have changed while no one was up."""
        self._watched.changed()
        await self.warn()
        await self._units.run(editions.remember)
        await self._recount()

    async def warn(self) -> None:
        """Tell the administrators which calendars end soon; of each once a week at the most, however often we look."""
        text, now = await asyncio.to_thread(self._file.read_text, "utf-8"), self._clock.now()
        for ending in horizon(self._file.name, text, now):
            await self._units.run(_warn_of, dict(ending.facts))

    async def look(self) -> None:
        """Look at the file once; work by it from now on if it is good, else tell the administrators why not."""
        text = await asyncio.to_thread(self._watched.changed)
        if text is None and self._waiting is not None and not await self._dropped_by(self._waiting):
            text = await asyncio.to_thread(self._watched.now)
        if text is None:
            return
        try:
            await self._take(text)
        except SQLAlchemyError:
            self._watched.forget()
            raise

    async def _take(self, text: str) -> None:
        desk, complaints = await asyncio.to_thread(self._judge, text)
        self._waiting = desk
        if desk is not None:
            found = await self._dropped_by(desk)
            complaints = [*complaints, *names.complaints(self._file.name, text, desk, found)]
        errors = [complaint for complaint in complaints if not complaint.is_warning]
        if desk is None or errors:
            program = self._current.config.program
            texts = {self._file.name: text} | bundle.texts(program.name, program.source)
            why = show(errors, texts, self._language)[: reload.TOLD]
            metrics.refused("desk")
            await self._units.run(_tell, Line("reload.desk_refused", {"why": why}))
            return
        self._waiting = None
        now = self._clock.now()
        moved = await self._units.db.read(migration.rehearse, desk, now)
        self._current.change(desk=desk)
        metrics.reloaded("desk")
        log.info("desk.reloaded", policy=desk.policy_hash, moved=moved.count)
        await self._units.run(editions.remember)
        await self._units.run(renaming.follow)
        facts = {"hash": desk.policy_hash[:SHOWN]}
        await self._units.run(_tell, Line("reload.desk_done", facts))
        await self._units.run(trail.note, BOT, AuditAction.RELOADED, self._file.name, facts)
        if moved.count:
            await self._units.run(_tell, Line("reload.desk_moves", moved.told(desk)))
        waiting = await self._units.db.read(migration.rehearse_rules, desk, now)
        if waiting.count:
            await self._units.run(_tell, Line("reload.rules_wait", waiting.told(desk)))
        await self._recount()

    def _judge(self, text: str) -> tuple[Desk | None, list[Complaint]]:
        """The desk of a text, with what the scenarios of today would miss in it."""
        desk, complaints = load_desk(self._file.name, text, audiences(self._current.config.library))
        if desk is None:
            return None, complaints
        config, program = self._current.config, self._current.config.program
        known = known_names(Opened(desk, program, config.library), config.media)
        return desk, [*complaints, *compile_scenarios(program.name, program.source, known).complaints]

    async def _dropped_by(self, desk: Desk) -> Sequence[names.Dropped]:
        return await self._units.read(names.dropped, desk)

    async def _recount(self) -> None:
        await recount(self._units, self._clock)
        await self._units.run(absence.foresee)


async def recount(units: Units[Config], clock: Clock) -> None:
    """Count every open clock again whose calendar has changed, in units that grow and shrink with how long the last one took:
    a busy or a slow machine gets smaller ones, so that no press waits long behind one."""
    most = 1
    while True:
        began = clock.steady()
        counted = await units.run(revised_eta.recount, most)
        if not counted:
            return
        took = max(clock.steady() - began, 0.001)
        most = max(1, min(revised_eta.RECOUNTED, int(counted * UNIT / took)))


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


def _warn_of(work: Work, facts: dict[str, object]) -> None:
    told = f"calendar-ends:{facts['name']}:{facts['last']}:{work.now // WEEK}"
    plain = facts | {"last": str(facts["last"])}
    outbox.line(work, ADMINS, "reload.calendar_ends", plain, dedupe=told)


def _stamp(work: Work) -> tuple[int, ...]:
    return (work.now // DAY, *sayings.stamp(work.tx))


def _tell(work: Work, line: Line) -> None:
    outbox.line(work, ADMINS, line.key, line.facts)
