"""The intake: getUpdates, store raw, commit - and only then ask for the next batch, which confirms this one (R1)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import FirstlineError
from bot.keys import ADMINS
from bot.observe.metrics import UPDATES_MALFORMED, UPDATES_RECEIVED
from bot.storage.trouble import Trouble, is_away
from bot.storage.unit import Unit, Units
from bot.telegram import inbox, outbox
from bot.telegram.api import Api, Conflict, RetryAfter, TelegramError, Unreachable

LONG_POLL = 25  # real seconds; Telegram's most is 50
SILENCE = 90  # real seconds without an answer: the connection is broken, open a new one
CONTESTED = 30  # seconds of conflicts until they are reported: a restart makes one or two
QUIET = 60  # seconds without a conflict: no other process reads any more
ALLOWED = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
log = structlog.get_logger()


class Polling:
    """Reads updates until stopped. `offer` passes stored updates to the worker; `before_confirm` is awaited in between."""

    def __init__(
        self,
        units: Units[object],
        api: Api,
        clock: Clock,
        offer: Callable[[Sequence[inbox.StoredUpdate]], None],
        before_confirm: Callable[[], Awaitable[None]],
    ) -> None:
        self._units, self._api, self._clock = units, api, clock
        self._offer, self._before_confirm = offer, before_confirm
        self.last_answer = clock.steady()
        self.caught_up = asyncio.Event()  # Telegram has had nothing more for us at least once
        self._silence, self._trouble = Trouble("intake", clock), Trouble("inbox", clock)
        self._contest = Contest()
        self._malformed: list[Any] = []  # those of the last batch: what cannot be confirmed comes again

    @property
    def contested_for(self) -> float:
        """Steady seconds for which another process has been reading this bot's updates; 0 when none does."""
        return self._contest.lasts(self._clock.steady())

    async def run(self) -> None:
        """Read for ever. Cancelling is safe at any moment: what is not committed is not confirmed."""
        offset = 0
        while True:
            try:
                given = await self._fetch(offset)
                updates = [raw for raw in given if inbox.is_update(raw)]
                self._put_aside([raw for raw in given if not inbox.is_update(raw)])
                if updates:
                    await self._keep(updates)
                    await self._before_confirm()
                    offset = max(offset, *(raw["update_id"] + 1 for raw in updates))
                elif not given:
                    self.caught_up.set()
                else:
                    raise Unreachable("getUpdates: nothing but what is no update")
            except TelegramError as error:
                if isinstance(error, Conflict):
                    await self._contested(error)
                await self._silence.pause(error, _pause(error))
                continue
            self._silence.over()
            if self._contest.is_over(self._clock.steady()):
                await self._trouble.outlast(partial(self._units.run, _say_alone))

    async def _contested(self, error: Conflict) -> None:
        """Two who read take each other's updates. Say so once, when it lasts (T22)."""
        if self._contest.met(self._clock.steady()):
            await self._trouble.outlast(partial(self._units.run, _say_contested, str(error)))

    async def _fetch(self, offset: int) -> list[Any]:
        waits = LONG_POLL if self.caught_up.is_set() else 0
        params = {"offset": offset, "limit": 100, "timeout": waits, "allowed_updates": ALLOWED}
        updates = await self._api.call("getUpdates", params, timeout_s=SILENCE)
        if not isinstance(updates, list):
            raise Unreachable("getUpdates: no list of updates")
        self.last_answer = self._clock.steady()
        return updates

    def _put_aside(self, malformed: list[Any]) -> None:
        """An update without an id can be neither stored nor confirmed; the next ones must not wait for it."""
        if malformed and malformed != self._malformed:
            UPDATES_MALFORMED.inc(len(malformed))
            log.error(
                "update.malformed", count=len(malformed), kinds=[type(raw).__name__ for raw in malformed]
            )
        self._malformed = malformed

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        """Store the updates, retrying until the database is back; until then nothing is confirmed or fetched."""
        await self._trouble.outlast(partial(self._store, updates))

    async def _store(self, updates: list[dict[str, Any]]) -> None:
        try:
            fresh = await self._units.run(inbox.store, updates)
        except FirstlineError:
            raise
        except Exception as error:
            if is_away(error):
                raise
            if len(updates) > 1:
                for raw in updates:
                    await self._store([raw])
                return
            UPDATES_MALFORMED.inc()
            log.critical(
                "update.cannot_be_kept", update_id=updates[0]["update_id"], kind=type(error).__name__
            )
            return
        for raw in updates:
            kind = next((key for key in raw if key != "update_id"), "unknown")
            UPDATES_RECEIVED.labels(kind).inc()
        self._offer(fresh)


class Contest:
    """Whether another process reads the same updates. Each of the two gets an answer now and then, which ends nothing."""

    def __init__(self) -> None:
        self._began, self._last, self._is_said = math.inf, -math.inf, False

    def met(self, steady: float) -> bool:
        """Another conflict; True when it is to be reported now."""
        if steady - self._last > QUIET:
            self._began = steady
        self._last = steady
        is_news = steady - self._began >= CONTESTED and not self._is_said
        self._is_said = self._is_said or is_news
        return is_news

    def lasts(self, steady: float) -> float:
        return steady - self._began if steady - self._last <= QUIET else 0.0

    def is_over(self, steady: float) -> bool:
        """True once, after a reported one has ended."""
        over = self._is_said and steady - self._last > QUIET
        self._is_said = self._is_said and not over
        return over


def _say_contested(unit: Unit[object], reason: str) -> None:
    outbox.line(unit, ADMINS, "intake.contested", {"reason": reason}, priority=outbox.ALARM)


def _say_alone(unit: Unit[object]) -> None:
    outbox.line(unit, ADMINS, "intake.alone", {})


def _pause(error: TelegramError) -> float | None:
    """Seconds until the next try, if that does not depend on the number of failures."""
    if isinstance(error, RetryAfter):
        return error.seconds
    if isinstance(error, Conflict):
        return 3.0
    return None if isinstance(error, Unreachable) else 5.0
