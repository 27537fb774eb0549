"""The sender: takes rows from the outbox, waits for the limits, sends them, stores the outcome."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, rest
from bot.observe.metrics import MESSAGES_FAILED, MESSAGES_SENT
from bot.storage.trouble import Trouble
from bot.storage.unit import Units
from bot.telegram import chats, outbox
from bot.telegram.api import CALL_TIMEOUT, Api, Refused, RetryAfter, Unintelligible, Unreachable
from bot.telegram.backlog import Backlog, Closed, Waiting
from bot.telegram.calls import Speech
from bot.telegram.card import C, Renderer
from bot.telegram.connectivity import Weather
from bot.telegram.delivery import RETRY_AFTER, Book, Ending, Hook, Job, Look, close, turn
from bot.telegram.limits import Limits, Meter
from bot.telegram.outbox import Outcome
from bot.telegram.refusals import Meaning, meaning

SLOTS = 16  # deliveries in flight at once
GIVE_UP = 24 * 3600  # seconds: an undelivered message is given up after a day, and reported
KNOCK = 300  # seconds between two tries at a group that removed the bot
NEAR = 3.0  # real seconds: so short a wait counts as work in hand
LAST_WORDS = 5.0  # real seconds that a stop waits for messages in flight
QUICK = 0.005  # seconds: quicker than any answer, so such a pace is no limit
HICCUP = 1.0  # real seconds before a failed database is tried again
TRIES = 3  # of a message to which Telegram answers what is no answer
UNREACHABLE = "unreachable"
HOURS = "tg-time"  # the tag that a refusal names
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ended:
    """A delivery whose outcome is to be stored; `stored` is False when it has to do that by itself."""

    job: Job
    ending: Ending
    stored: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Sender(Generic[C]):
    """Delivers the outbox. At most one row of a chat is in flight, so a chat gets messages in order.

    A message in flight when the process is killed is sent twice. So while Telegram is quick only one message is in
    flight, and the next one beside it only when the answer takes longer than the pace of the limits, which loses no
    throughput.
    """

    def __init__(
        self,
        units: Units[C],
        api: Api,
        clock: Clock,
        renderers: Mapping[str, Renderer[C]],
        hooks: Mapping[str, Hook[C]],
        changed: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        self._units, self._clock = units, clock
        self._speech = Speech(units, api)
        self._book, self._changed = Book(renderers, hooks), changed
        self._limits = limits or Limits()
        self._meter, self._weather = Meter(self._limits), Weather()
        self._backlog, self._changed_chats = Backlog(), {""}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        # Those under way, and those that tidy up after themselves.
        self._tasks: set[asyncio.Task[None]] = set()
        self._to_store: list[_Ended] = []
        self._stores = False  # whether a look will come that stores what has ended
        self._wake, self._ended = asyncio.Event(), asyncio.Event()
        self._began = -math.inf  # the steady second at which the last delivery began
        self._looking = True
        self._release: float | None = None  # steady second at which a waiting row may be sent
        self._more_to_say = True  # a chat waits that may get its turn when a delivery ends
        self._stopping = False
        self._trouble, self._writing = Trouble("outbox"), Trouble("outbox.writing")
        self.last_beat = clock.steady()

    @property
    def busy(self) -> bool:
        """Something is being sent, or will be within moments."""
        soon = self._release is not None and self._release - self._clock.steady() <= NEAR
        return self._looking or bool(self._tasks) or soon

    @property
    def next_due(self) -> int | None:
        """When the limits allow the next waiting row, in UTC seconds."""
        if self._release is None:
            return None
        return self._clock.now() + math.ceil(max(0.0, self._release - self._clock.steady()))

    async def run(self) -> None:
        """Deliver until `stop`."""
        self._units.db.watch(outbox.SIGNAL, self._note)
        self._units.db.listen(outbox.SIGNAL, self.wake)
        self._clock.on_change(self.wake)
        await self._cut_off()
        self._stores = True
        try:
            await self._loop()
        finally:
            self._stores = False
            self._leave_alone()
        self._ended.set()

    async def _loop(self) -> None:
        begun = False
        while not self._stopping:
            self._wake.clear()
            try:
                if not begun:
                    await self._units.db.run(outbox.reclaim)
                    begun = True
                await self._fill()
            except SQLAlchemyError as error:
                await asyncio.sleep(min(HICCUP, self._trouble.met(error)))
                continue
            self._trouble.over()
            self.last_beat = self._clock.steady()
            self._looking = self._wake.is_set()
            self._changed()
            await rest(self._wake, self._pause())

    async def _cut_off(self) -> None:
        """After a failure: deliveries in flight end first, or their rows would be taken for those of a predecessor."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=CALL_TIMEOUT)
        self._backlog, self._changed_chats = Backlog(), {""}

    async def stop(self) -> None:
        """Finish the messages in flight, also those just taken; the rest stays in the outbox."""
        self._stopping = True
        self.wake()
        try:
            async with asyncio.timeout(LAST_WORDS):
                await self._ended.wait()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        except TimeoutError:
            log.error("sender.cut_short", chats=list(self._under_way))

    def _note(self, chats_: set[str]) -> None:
        self._changed_chats |= chats_

    def wake(self) -> None:
        self._looking = True
        self._wake.set()
        self._changed()

    async def _fill(self) -> None:
        """Store what has ended, lease what may be sent now and start its delivery; then compute how long the rest must wait."""
        steady = self._clock.steady()
        ended, self._to_store = self._to_store, []
        busy = self._under_way.keys() - {one.job.row.chat for one in ended}
        room = self._room(steady, busy)
        shut, alarms_only = self._meter.waiting(steady, urgent=True), self._meter.waiting(steady)
        closed = Closed({*busy, *shut}, alarms_only)
        changed, self._changed_chats = self._changed_chats, set()
        endings = [(one.job, one.ending) for one in ended]
        try:
            jobs, waiting = await self._units.run(
                turn, self._book, self._backlog, endings, Look(changed, closed, room)
            )
        except Exception:
            self._to_store += ended
            self._leave_alone()
            raise
        self._backlog.committed()
        for one in ended:
            self._under_way.pop(one.job.row.chat, None)
            one.stored.set_result(True)
        for job in jobs:
            if job.drop is None and job.place is not None:
                how = {"is_group": job.place.is_group, "urgent": job.row.priority == outbox.ALARM}
                for _ in range(job.calls):
                    self._meter.spend(job.row.chat, self._clock.steady(), **how)
            self._began = self._clock.steady()
            task = self._under_way[job.row.chat] = asyncio.create_task(self._deliver(job))
            self._tasks.add(task)
            task.add_done_callback(self._is_over)
        self._release, self._more_to_say = self._earliest(waiting), bool(waiting)

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed()

    def _leave_alone(self) -> None:
        """One outcome that cannot be stored must not hold up the others: each delivery stores its own."""
        for one in self._to_store:
            one.stored.set_result(False)
        self._to_store = []

    def _room(self, steady: float, busy: Collection[str]) -> int:
        """How many deliveries may begin now, beside those to the `busy` chats."""
        room = max(0, min(SLOTS - len(busy), self._meter.overall_room(steady)))
        if self._limits.pace < QUICK:
            return room
        return min(room, 1) if not busy or steady >= self._began + self._limits.pace else 0

    def _earliest(self, waiting: list[Waiting]) -> float | None:
        steady = self._clock.steady()
        limited = {urgent: self._meter.waiting(steady, urgent=urgent) for urgent in (True, False)}
        paced = self._began + self._limits.pace if self._under_way else steady
        overall = max(self._meter.overall_free_at(steady), paced)
        times = [
            max(
                overall,
                limited[one.urgent].get(one.chat, steady),
                steady + self._clock.until(one.not_before),
            )
            for one in waiting
            if one.chat not in self._under_way
        ]
        return min(times, default=None)

    def _pause(self) -> float:
        if self._looking:
            return 0.0
        if self._release is None:
            return 1.0  # other processes write to the same outbox; checking once a second is cheap (R10)
        return min(1.0, max(0.0, self._release - self._clock.steady()))

    async def _deliver(self, job: Job) -> None:
        try:
            ending = await self._try(job)
            await self._write_down(job, ending)
            if ending.former is not None:
                await self._speech.remove(job, ending.former)
        finally:
            if self._under_way.get(job.row.chat) is asyncio.current_task():
                del self._under_way[job.row.chat]
                self._changed_chats.add(job.row.chat)
                if self._more_to_say:  # otherwise there is nothing to find, and new rows wake the sender
                    self.wake()

    async def _try(self, job: Job) -> Ending:
        """Send it, with the remedies for Telegram's refusals; never raises."""
        try:
            try:
                ending = await self._speech.say(job)
            except Refused as refusal:
                ending = await self._remedy(job, refusal)
        except RetryAfter as wait:
            return self._wait(job, wait.seconds)
        except Unintelligible as error:
            # It may have been sent: more tries would only repeat it.
            is_last = job.row.attempts >= TRIES
            return _given_up(job, "unintelligible", str(error)) if is_last else self._later(job, error)
        except Unreachable as error:
            return self._later(job, error)
        except Refused as refusal:  # the remedy was refused as well
            return _given_up(job, "remedy", refusal.description)
        except SQLAlchemyError as error:
            self._writing.met(error)
            return _again(job, self._clock.now() + math.ceil(HICCUP), "database")
        except Exception as error:
            log.exception("outbox.delivery_failed", row=job.row.id)
            return _given_up(job, "fault", f"{type(error).__name__}: {error}")
        if job.place is not None and self._weather.succeeded(job.row.chat):
            await self._surely(partial(self._units.db.run, outbox.hurry, UNREACHABLE))
        if job.row.reason == chats.GONE and ending.outcome.is_done:
            await self._surely(partial(self._units.run, chats.regain, job.row.chat))
        return ending

    async def _write_down(self, job: Job, ending: Ending) -> None:
        """Store that it was sent, with the next look if there is one, retrying until the database is back: otherwise it would be
        sent twice."""
        is_stored = False
        if self._stores:
            ended = _Ended(job, ending)
            self._to_store.append(ended)
            self.wake()
            is_stored = await ended.stored
        if not is_stored:
            await self._surely(partial(self._units.run, close, job, ending, self._book.hooks))
        if ending.outcome.is_done:
            MESSAGES_SENT.labels(job.kind).inc()

    async def _surely(self, unit: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await unit()
            except SQLAlchemyError as error:
                await asyncio.sleep(min(HICCUP, self._writing.met(error)))
            else:
                self._writing.over()
                return

    def _wait(self, job: Job, seconds: float) -> Ending:
        log.warning("telegram.retry_after", chat=job.row.chat, seconds=seconds)
        steady = self._clock.steady()
        self._meter.refused(job.row.chat, steady, steady + seconds, is_group=job.in_group)
        return _again(job, self._clock.now() + math.ceil(seconds), RETRY_AFTER)

    def _later(self, job: Job, error: Unreachable) -> Ending:
        row, now = job.row, self._clock.now()
        if now - row.created_at > GIVE_UP:
            return _given_up(job, UNREACHABLE, str(error))
        pause = self._weather.failed(row.chat)
        log.warning("telegram.unreachable", chat=row.chat, attempt=row.attempts, error=str(error))
        if self._weather.is_outage:
            self._meter.close(None, self._clock.steady() + pause)
        else:
            self._meter.close(row.chat, self._clock.steady() + pause, is_group=job.in_group)
        return _again(job, now + math.ceil(pause), UNREACHABLE)

    async def _remedy(self, job: Job, refusal: Refused) -> Ending:
        """Apply the refusal's remedy. The same remedy is not applied twice in a row; without one the row is dead,
        which is reported."""
        row, now, what = job.row, self._clock.now(), meaning(refusal)
        log.warning(
            "telegram.refused", row=row.id, chat=row.chat, meaning=what.value, text=refusal.description
        )
        first = row.reason != what.value
        moved_to = refusal.parameters.get("migrate_to_chat_id")
        if what is Meaning.UNCHANGED:
            return Ending(Outcome("sent", reason="unchanged"))
        if what is Meaning.TOPIC_GONE and row.topic is not None and first:
            await self._units.run(outbox.show_again, row.chat, row.topic)
            return _again(job, now, what.value)
        if what is Meaning.TOPIC_CLOSED and job.thread is not None and first and await self._reopened(job):
            return _again(job, now, what.value)
        if what is Meaning.NO_TOPICS:
            await self._units.run(chats.without_topics, row.chat, refusal.description)
        if what in _NO_PLACE_OF_ITS_OWN and (job.thread is not None or job.new_topic is not None):
            return await self._speech.say(job.in_general)
        if what is Meaning.MOVED and job.place is not None and moved_to is not None and first:
            await self._units.run(chats.move, job.place.chat_id, int(moved_to))
            return _again(job, now, what.value)
        if what is Meaning.MOVED and moved_to is None and now - row.created_at < GIVE_UP:
            return _again(job, now + KNOCK, what.value)  # the new id comes as an update too
        if what is Meaning.BAD_MARKUP and HOURS in refusal.description and job.drawing is not None:
            self._speech.stop_marking_hours()
            return await self._speech.say(job)
        if what is Meaning.BAD_MARKUP and not job.is_plain:
            return await self._speech.say(job.plainly)
        if what is Meaning.BAD_QUOTE and job.is_quoting:
            return await self._speech.say(job.without_quote)
        if what is Meaning.LONG_CAPTION and job.is_copy and job.is_answer:
            ending = await self._speech.say(job.without_reply)
            return replace(ending, outcome=replace(ending.outcome, reason=outbox.UNATTACHED))
        if what is Meaning.BAD_PICTURE and job.picture is not None:
            self._speech.forget(job.picture)
            return _again(job, now, what.value) if first else await self._speech.say(job.without_picture)
        if what is Meaning.KIND_FORBIDDEN:
            await self._units.run(chats.without_kind, row.chat, refusal.description)
            if job.picture is not None:
                return await self._speech.say(job.without_picture)
        if row.kind == "hide" and what is Meaning.OTHER:
            await self._speech.unbutton(job, job.params["message_id"])
            return Ending(Outcome("sent", reason="unbuttoned"))
        if what in (Meaning.CHAT_GONE, Meaning.PERSON_GONE):
            is_ours = await self._units.run(chats.lose, row.chat, refusal.description)
            if is_ours and now - row.created_at < GIVE_UP:
                return _again(job, now + KNOCK, chats.GONE)
        return _given_up(job, what.value, refusal.description)

    async def _reopened(self, job: Job) -> bool:
        try:
            await self._speech.reopen(job)
        except Refused as refusal:
            log.warning("telegram.topic_stays_closed", chat=job.row.chat, text=refusal.description)
            return False
        return True


_NO_PLACE_OF_ITS_OWN = (Meaning.TOPIC_GONE, Meaning.TOPIC_CLOSED, Meaning.NO_TOPICS)


def _given_up(job: Job, why: str, words: str) -> Ending:
    """It can never be sent: `why` is counted, the words of Telegram or of an error are stored."""
    MESSAGES_FAILED.labels(job.kind, why).inc()
    return Ending(Outcome("dead", reason=words[:200]))


def _again(job: Job, not_before: int, reason: str) -> Ending:
    return Ending(Outcome("pending", reason=reason), not_before=not_before)
