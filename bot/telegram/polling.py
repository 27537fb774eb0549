"""The intake: getUpdates, store raw, commit - and only then ask for the next, which confirms them (R1)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from bot.clock import Clock
from bot.observe.metrics import UPDATES_RECEIVED
from bot.storage.db import Database
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
        db: Database,
        api: Api,
        clock: Clock,
        offer: Callable[[Sequence[inbox.Stored]], None],
        before_confirm: Callable[[], Awaitable[None]],
    ) -> None:
        self._db, self._api, self._clock = db, api, clock
        self._offer, self._before_confirm = offer, before_confirm
        self.last_answer = clock.steady()

    async def run(self) -> None:
        """Read for ever. Cancelling it is safe at any moment: what was not committed was not confirmed."""
        offset, failures = 0, 0
        while True:
            try:
                updates = await self._fetch(offset)
                failures = 0
            except TelegramError as error:
                failures += 1
                log.warning("intake.failed", error=str(error), kind=type(error).__name__)
                await asyncio.sleep(_pause(error, failures))
                continue
            self.last_answer = self._clock.steady()
            if updates:
                await self._keep(updates)
                offset = int(updates[-1]["update_id"]) + 1
                await self._before_confirm()

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        params = {"offset": offset, "limit": 100, "timeout": LONG_POLL, "allowed_updates": ALLOWED}
        updates: list[dict[str, Any]] = await self._api.call("getUpdates", params, timeout_s=SILENCE)
        return updates

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        fresh = await self._db.run(inbox.store, updates, self._clock.now())
        for raw in updates:
            kind = next((key for key in raw if key != "update_id"), "unknown")
            UPDATES_RECEIVED.labels(kind).inc()
        self._offer(fresh)


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return error.seconds
    if isinstance(error, Conflict):
        return 3.0
    return min(30.0, 0.2 * 2.0**failures) if isinstance(error, Unreachable) else 5.0
