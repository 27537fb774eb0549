"""The intake: getUpdates, store raw, commit - and only then ask for the next, which confirms them (R1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import FirstlineError
from bot.observe.metrics import UPDATES_MALFORMED, UPDATES_RECEIVED
from bot.storage.trouble import Trouble, is_away
from bot.storage.unit import Units
from bot.telegram import inbox
from bot.telegram.api import Api, Conflict, RetryAfter, TelegramError, Unreachable

LONG_POLL = 25  # real seconds; Telegram's most is 50
SILENCE = 90  # real seconds without an answer: the connection is half dead, begin a new one
ALLOWED = [
    *("message", "edited_message", "callback_query", "inline_query"),
    *("my_chat_member", "chat_member", "message_reaction"),
]
log = structlog.get_logger()


class Polling:
    """Reads updates until stopped. `offer` hands stored updates to the worker; `before_confirm` is awaited in between."""

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
        self._silence, self._trouble = Trouble("intake", clock), Trouble("inbox", clock)
        self._malformed: list[
            Any
        ] = []  # those of the last batch: what cannot be confirmed comes again and again

    async def run(self) -> None:
        """Read for ever. Cancelling it is safe at any moment: what was not committed was not confirmed."""
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
                elif given:
                    raise Unreachable("getUpdates: nothing but what is no update")
            except TelegramError as error:
                await self._silence.pause(error, _pause(error))
                continue
            self._silence.over()

    async def _fetch(self, offset: int) -> list[Any]:
        params = {"offset": offset, "limit": 100, "timeout": LONG_POLL, "allowed_updates": ALLOWED}
        updates = await self._api.call("getUpdates", params, timeout_s=SILENCE)
        if not isinstance(updates, list):
            raise Unreachable("getUpdates: no list of updates")
        self.last_answer = self._clock.steady()
        return updates

    def _put_aside(self, malformed: list[Any]) -> None:
        """What has no number can be neither kept nor confirmed; those behind it must not wait for it."""
        if malformed and malformed != self._malformed:
            UPDATES_MALFORMED.inc(len(malformed))
            log.error(
                "update.malformed", count=len(malformed), kinds=[type(raw).__name__ for raw in malformed]
            )
        self._malformed = malformed

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        """Store them, however long the database takes to come back; until then nothing is confirmed, nor more asked for."""
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


def _pause(error: TelegramError) -> float | None:
    """How long to wait before asking again, where that does not depend on how often it failed."""
    if isinstance(error, RetryAfter):
        return error.seconds
    if isinstance(error, Conflict):
        return 3.0
    return None if isinstance(error, Unreachable) else 5.0
