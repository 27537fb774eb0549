"""The one file that knows every room: build the desk, start it, stop it cleanly."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import aiohttp
import structlog
import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.accounts import housekeeping
from bot.app import names, redraw, renaming, web
from bot.app.backing_up import LOOK, Backups
from bot.app.check_runs import Checks
from bot.app.facts_reload import FactsReloader
from bot.app.files import warm
from bot.app.introduce import end_webhook, introduce
from bot.app.names import NamesInUse
from bot.app.registries import hooks, renderers, ringers, watchdog
from bot.app.reload import EVERY, LEARN, ArticleReloader, DeskReloader, Reloader
from bot.app.supervision import Run, Watch, kept, say_it_began_again, say_it_failed
from bot.app.vitals import HEARTBEAT, Vitals, knock
from bot.app.webhook import Reception
from bot.clock import Clock
from bot.config.config import Config, Current
from bot.doctor.in_chat import HouseCall
from bot.errors import FirstlineError
from bot.escalation import audit
from bot.knowledge import readings, reviews, search
from bot.knowledge.company import sayings
from bot.observe import events, health, metrics, pulse
from bot.observe.pulse import Pulse
from bot.people import pending_question
from bot.reports.letters import Letters
from bot.scenarios.library.check_functions import Surroundings
from bot.selfservice import learning
from bot.settings import Settings
from bot.storage.db import open_database
from bot.storage.leader import Role, roles
from bot.storage.migrate import lock_file, migrate, sqlite_path
from bot.storage.trouble import Trouble, is_away, named, spoiled
from bot.storage.unit import Units
from bot.telegram import sweeping
from bot.telegram.api import Api, Unreachable
from bot.telegram.clock_client import ClockFollower, clock_of
from bot.telegram.lean_aiogram import Bot
from bot.telegram.limits import Limits
from bot.telegram.polling import Polling
from bot.telegram.sender import Sender
from bot.telegram.worker import Worker
from bot.texts import speak
from bot.tickets import absence
from bot.timers.ringer import Ringer
from bot.timers.waking import Waking
from bot.yamlfiles.facts import facts_file
from handlers.context import Doors
from handlers.filters import Introduced
from handlers.visit import FileActions

CATCH_UP = 20.0  # real seconds that timers wait at the start for updates of before
WORK_IN_HAND = 20.0  # real seconds that a stop waits for updates in hand (P5)
LAST_RESORT = 40.0  # real seconds: a stop that hangs says where, and ends; nothing is lost by it (P1, P2)
log = structlog.get_logger()


def run(started: tuple[Settings, Config]) -> None:
    """Run the bot with what `bot.app.start` found in order, until it is asked to stop. Exit 1 when it cannot go on, 2 when the
    database, once it is upgraded, turns out to use names that desk.yaml lacks."""
    try:
        asyncio.run(_until_signalled(*started))
    except NamesInUse as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except FirstlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


async def _until_signalled(settings: Settings, config: Config) -> None:
    gc.freeze()  # what is here for good is never searched for garbage: that held a press back for 80 ms
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, _signalled, sign, stop)
    guard = asyncio.create_task(pulse.guard(stop), name="guard")
    try:
        await serve(settings, config, stop)
    finally:
        guard.cancel()


def _signalled(sign: signal.Signals, stop: asyncio.Event) -> None:
    """The first signal asks for a clean end, the second one will not wait for it."""
    if stop.is_set():
        os._exit(128 + sign)
    faulthandler.dump_traceback_later(LAST_RESORT, exit=True)
    stop.set()


async def serve(
    settings: Settings, config: Config, stop: asyncio.Event, limits: Limits | None = None
) -> None:
    """Be the bot until `stop`. `settings.bot_token` must be there. Raises FirstlineError when it cannot go on.

    `limits` are Telegram's unless someone measures what lies behind them. A database that goes away is waited for, and when
    another replica has taken over meanwhile this one waits again. SQLite that cannot be opened at the start is an error.
    """
    trouble, began = Trouble("database"), False
    current = Current(config)
    while not stop.is_set():
        try:
            await _serve_once(settings, current, stop, limits)
        except SQLAlchemyError as error:
            file = sqlite_path(settings.database_url.get_secret_value())
            began = began or file is None
            if file is not None and (spoiled(error) or not began):
                facts = {"file": file, "reason": str(getattr(error, "orig", error))}
                raise FirstlineError(
                    speak.voice(settings.language).say("run.bad_database", **facts)
                ) from error
            if not is_away(error):
                raise
            with suppress(TimeoutError):
                async with asyncio.timeout(trouble.met(error)):
                    await stop.wait()
        else:
            trouble.over()
        began = True


async def _serve_once(
    settings: Settings, current: Current, stop: asyncio.Event, limits: Limits | None
) -> None:
    """Be the bot until `stop`, or until another replica has the role."""
    assert settings.bot_token is not None
    token = settings.bot_token.get_secret_value()
    url = settings.database_url.get_secret_value()
    async with AsyncExitStack() as stack:
        if (file := sqlite_path(url)) is not None:
            stack.enter_context(lock_file(file))
        with named():
            revisions = await migrate(url)
        for revision in revisions:
            log.info("schema.upgraded", revision=revision)
        db = open_database(url, metrics.DB_SECONDS.time)
        db.watch(events.SIGNAL, events.count)
        stack.push_async_callback(db.close)
        await names.admit(db, current.config.desk, settings.desk_file, settings.language)
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        clock, follower = await clock_of(session, settings.clock_url)
        api = Api(session, settings.telegram_api_root, token)
        units = Units(db, clock.now, lambda: current.config)
        username = await introduce(units, api, settings.language, stop)
        if username is None:
            return
        if settings.webhook_url is None:
            await end_webhook(units, api)
        bot = Introduced(token, username)
        await Firstline(settings, units, api, bot, clock, follower, current, limits).live(stop)


class Firstline:
    """The parts of a running bot, and the order in which they begin and end."""

    def __init__(
        self,
        settings: Settings,
        units: Units[Config],
        api: Api,
        bot: Bot,
        clock: Clock,
        follower: ClockFollower | None,
        current: Current,
        limits: Limits | None,
    ) -> None:
        self._settings, self._units = settings, units
        self._clock, self._follower = clock, follower
        self._current = current
        changed: Callable[[], None] = follower.changed if follower else lambda: None
        self._waking = Waking()
        self._checks = Checks(units, clock, Surroundings(settings.printer_domain), changed)
        self._reloader = Reloader(current, units, settings.scenarios_file, settings.language)
        self._desk_reloader = DeskReloader(current, units, clock, settings.desk_file, settings.language)
        self._article_reloader = ArticleReloader(
            current, units, settings.desk_file, settings.language, self._reloader.turn
        )
        self._facts_reloader = FactsReloader(
            current,
            units,
            facts_file(settings.scenarios_file, settings.knowledge_dir),
            settings.language,
            self._reloader.turn,
        )
        house_call, its = HouseCall(settings, units, api, clock), self._reloader
        files = FileActions(its.reload, its.roll_back, its.relearn, house_call)
        self._doors = Doors(units, api, clock, bot, self._checks.start, files)
        self._worker = Worker(units, self._doors.handle, say_it_failed, changed)
        self._sender = Sender(units, api, clock, renderers(), hooks(), changed, limits)
        self._ringer = Ringer(units, clock, self._waking, ringers(), changed, watchdog())
        self._intake = self._way_in(settings, api)
        self._backups = Backups(settings, units, clock)
        self._letters = Letters(units, changed)
        file = sqlite_path(settings.database_url.get_secret_value())
        folder = file.parent if file is not None else None
        self._vitals = Vitals(units, clock, self._loops, self._conditions, self._backups, folder)
        self._pulse = Pulse()
        self._stopping = False
        self._audited = 0  # the last clock that the auditor has looked at
        if follower is not None:
            follower.state = self._state

    def _way_in(self, settings: Settings, api: Api) -> Polling | Reception:
        """Updates are asked for, unless Telegram is to bring them."""
        hands = (self._units, api, self._clock, self._worker.offer, self._before_confirm)
        return Polling(*hands) if settings.webhook_url is None else Reception(settings, *hands)

    async def live(self, stop: asyncio.Event) -> None:
        """Work until `stop`, until another replica has the role, or until a part fails for good; then end in order (P5)."""
        async with AsyncExitStack() as stack:
            beating = asyncio.create_task(self._pulse.run(), name="pulse")
            stack.callback(beating.cancel)
            if self._settings.health_port:
                endpoints = web.Endpoints(self._pulse, self._ready)
                server = web.HealthServer(endpoints, self._settings.health_host, self._settings.health_port)
                stack.push_async_callback(server.close)
            url = self._settings.database_url.get_secret_value()
            async with roles(url, stop, self._get_ready_meanwhile) as role:
                if not stop.is_set():
                    await self._work(stop, role)

    async def _work(self, stop: asyncio.Event, role: Role) -> None:
        await self._units.run(renaming.follow)  # before anything is said or done under a former name
        loops = [self._kept("sender", self._sender.run)]
        if self._follower is not None:
            loops.append(asyncio.create_task(self._follower.listen(), name="clock"))
            loops.append(asyncio.create_task(self._follower.report(), name="report"))
        try:
            await self._begin()
        except SQLAlchemyError:
            await self._end([], loops)
            raise
        intake = self._kept("intake", self._intake.run)
        stopped = asyncio.create_task(stop.wait(), name="stop")
        lost = asyncio.create_task(role.lost(), name="role")
        log.info("firstline.ready")
        # A second of training; who writes meanwhile waits for it, and updates are read all the time.
        warming = asyncio.create_task(asyncio.to_thread(self._current.config.router.warm), name="warming")
        parts = {*loops, intake, stopped, lost}
        caught_up = asyncio.create_task(self._caught_up(), name="caught_up")
        await asyncio.wait({*parts, caught_up}, timeout=CATCH_UP, return_when=asyncio.FIRST_COMPLETED)
        caught_up.cancel()
        self._ringer.start()
        watch = asyncio.create_task(Watch(self._ready, ("sender", "ringer")).run(), name="watch")
        loops.append(watch)
        ended, _ = await asyncio.wait({*parts, watch}, return_when=asyncio.FIRST_COMPLETED)
        await self._end([intake, lost], [*loops, warming])
        for task in ended - {stopped}:
            if task is lost and task.exception() is None:
                continue
            if isinstance(failure := task.exception(), FirstlineError):
                raise failure
            log.critical("part.ended", part=task.get_name(), exc_info=task.exception())
            raise FirstlineError(f"{task.get_name()}: {task.exception()!r}")

    def _get_ready_meanwhile(self) -> None:
        """What takes seconds at the beginning of the work is done while another replica works."""
        asyncio.get_running_loop().run_in_executor(None, warm, self._current.config)

    def _kept(self, part: str, run: Run) -> asyncio.Task[None]:
        return asyncio.create_task(kept(part, run, self._say_it_began_again), name=part)

    async def _say_it_began_again(self, part: str, error: str) -> None:
        try:
            await self._units.run(say_it_began_again, part, error)
        except SQLAlchemyError as away:
            log.error("part.unreported", part=part, kind=type(away).__name__)

    async def _begin(self) -> None:
        # What was written before the stop counts from when it was written: so the inbox goes first, timers after it.
        await asyncio.to_thread(search.warm, self._current.config.library)
        await self._worker.start()
        await self._checks.resume()
        desk = self._current.config.desk
        await self._units.run(reviews.arm, desk.usual)
        await self._letters.begin()
        await self._reloader.start()
        await self._desk_reloader.start()
        await self._units.run(redraw.after_upgrade)
        of_texts = (self._facts_reloader.look, self._reloader.look, self._article_reloader.look)
        for look in (*of_texts, self._desk_reloader.look):
            self._every(EVERY, look)
        self._every(3600, self._desk_reloader.warn)
        self._every(3600, self._sweep)
        self._every(LEARN, self._reloader.look_at_words)
        self._every(60 * audit.EVERY, self._audit)
        self._every(60, self._reclaim)
        if self._settings.heartbeat_url is not None:
            self._every(HEARTBEAT, self._knock)
        if self._backups.are_made:
            self._every(LOOK, self._backups.look)
        self._waking.start()

    async def _caught_up(self) -> None:
        """Wait until what people did while the bot was down is handled: an answer given in time stops its clock."""
        await self._intake.caught_up.wait()
        await self._worker.handled()

    def _every(self, seconds: int, job: Callable[[], Awaitable[object]]) -> None:
        """Do something again and again. A stop in the middle of it is no failure of the job, nor is a database that is away."""
        trouble = Trouble("job")

        async def once() -> None:
            try:
                with suppress(asyncio.CancelledError):
                    await job()
            except SQLAlchemyError as error:
                if not is_away(error):
                    raise
                trouble.met(error)
            else:
                trouble.over()
                self._vitals.cycled(job.__qualname__)

        self._vitals.expect(job.__qualname__, seconds)
        self._waking.every(seconds, once, job.__qualname__)

    async def _end(self, first: list[asyncio.Task[None]], loops: list[asyncio.Task[None]]) -> None:
        self._stopping = True
        for task in first:
            task.cancel()
        await asyncio.gather(*first, return_exceptions=True)
        self._waking.stop()
        await self._worker.stop(WORK_IN_HAND)
        await self._checks.stop()
        await self._letters.stop()
        await self._sender.stop()
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    async def _sweep(self) -> None:
        for sweep in (sweeping.sweep, readings.sweep):
            while await self._units.run(sweep) > 0:
                pass
        await self._units.run(pending_question.sweep)
        kept = self._settings.lessons_kept_days * 86400
        for sweep_old in (learning.sweep, sayings.sweep):
            await self._units.run(sweep_old, kept)
        await housekeeping.keep_house(self._units)

    async def _reclaim(self) -> None:
        await self._units.run(absence.reclaim)

    async def _audit(self) -> None:
        found = await self._units.read(audit.look, self._audited)
        self._audited = found.last
        counted = {"silent": len(found.silent), "wrong": len(found.wrong), "late": found.late}
        for kind, number in counted.items():
            metrics.AUDITOR_FINDINGS.labels(kind).set(number)
        if found.is_bad:
            log.error("audit.found", **counted)
            await self._units.run(audit.mend, found)

    async def _before_confirm(self) -> None:
        """The person who drives our clock must know that we are at work before Telegram hears that the updates are ours."""
        if self._follower is not None:
            try:
                await self._follower.tell()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise Unreachable(f"the clock: {type(error).__name__}") from None

    def _state(self) -> tuple[bool, int | None]:
        parts = (self._worker, self._sender, self._ringer, self._checks, self._letters)
        busy = any(part.busy for part in parts) or self._doors.answers.busy
        due = [part.next_due for part in (self._sender, self._ringer) if part.next_due is not None]
        return busy, min(due, default=None)

    async def _ready(self) -> health.Readiness:
        return await self._vitals.look(stopping=self._stopping)

    async def _knock(self) -> None:
        assert self._settings.heartbeat_url is not None
        await knock(self._settings.heartbeat_url.get_secret_value(), await self._ready())

    def _loops(self) -> list[health.Sign]:
        steady = self._clock.steady()
        return [
            health.Sign("intake", steady - self._intake.last_answer, health.INTAKE),
            health.Sign("sender", steady - self._sender.last_beat, health.SENDER),
            health.Sign("ringer", steady - self._ringer.last_beat, health.RINGER),
        ]

    def _conditions(self) -> list[health.Sign]:
        return [health.Sign("another reader", self._intake.contested_for, health.CONTESTED)]
