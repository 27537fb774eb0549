"""getUpdates: confirmation by offset, one long poll at a time, conflicts with the server's own texts."""

import asyncio
from typing import Any

from sandbox.core.clock import SandboxClock, Signal
from sandbox.core.faults import Faults
from sandbox.core.refusals import ApiError, refuse
from sandbox.core.updates import Update, Updates
from sandbox.core.webhook import Webhook

LONGEST_POLL = 50.0  # steady seconds
BATCH_BYTES = 4 * 1024 * 1024
GATHER = 0.002  # real seconds a poll waits for more updates after the first, S LONG_POLL_MAX_DELAY
CONFLICT_PAUSE = 3.0


class Poll:
    """One waiting getUpdates."""

    def __init__(self, wake: Signal) -> None:
        self.ended = False
        self.refusal: ApiError | None = None
        self._wake = wake

    def end(self, refusal: ApiError | None) -> None:
        self.ended, self.refusal = True, refusal
        self._wake.fire()


class PollingServer:
    def __init__(
        self, updates: Updates, faults: Faults, webhook: Webhook, clock: SandboxClock, stirred: Signal
    ) -> None:
        self.updates, self.faults, self.webhook = updates, faults, webhook
        self.clock, self.stirred = clock, stirred
        self._poll: Poll | None = None
        self._again: list[Update] = []
        self._again_served: list[Update] = []
        self._last_offset: int | None = None
        self._last_start = -10.0
        self._last_finish = -10.0
        self._conflict_at = -10.0

    @property
    def unconfirmed(self) -> int:
        return len(self._again) + len(self._again_served)

    async def get(self, offset: int, limit: int, seconds: float, allowed: Any) -> str:
        """The answer as JSON text of an array. Raises ApiError."""
        if self.webhook.url:
            raise refuse("conflict_webhook")
        await self._take_over("conflict_poll")
        if isinstance(allowed, list):
            self.updates.allowed = [kind for kind in allowed if isinstance(kind, str)]
        limit = 100 if limit <= 0 else min(limit, 100)
        now = self.clock.steady()
        seconds = min(max(seconds, 0.0), LONGEST_POLL)
        if (
            offset == self._last_offset
        ):  # S process_get_updates_query: a client that repeats its offset is slowed down
            if seconds < CONFLICT_PAUSE and now < self._last_start + 3.0:
                seconds = CONFLICT_PAUSE
            if now < self._last_finish + 0.5:
                limit = 1
        self._last_offset, self._last_start = offset, now
        self._confirm(offset)
        return await self._wait(limit, seconds)

    def _confirm(self, offset: int) -> None:
        self._again_served = []
        if offset < 0:
            self.updates.keep_last(-offset)
        elif offset > 0:
            self.updates.confirm(offset)
        self.stirred.fire()

    async def _wait(self, limit: int, seconds: float) -> str:
        until = self.clock.steady() + seconds
        poll = self._poll = Poll(self.updates.came)
        try:
            while not poll.ended:
                self.updates.purge()
                if self.updates.pending or self._again:
                    await asyncio.sleep(GATHER if seconds else 0)
                    break
                left = until - self.clock.steady()
                if left <= 0:
                    break
                await self.updates.came.wait(left)  # fired by updates, by jumps of the clock and by end()
        finally:
            if self._poll is poll:
                self._poll = None
                self._last_finish = self.clock.steady()
        if poll.refusal is not None:
            raise poll.refusal
        return self._serve(limit)

    def _serve(self, limit: int) -> str:
        """Oldest first. A `duplicate_update` fault repeats an update in a later answer."""
        served, self._again = self._again[:limit], self._again[limit:]
        self._again_served = served
        texts = [update.text for update in served]
        size = sum(map(len, texts))
        for update in self.updates.oldest():
            if len(texts) >= limit or (texts and size + len(update.text) > BATCH_BYTES):
                break
            texts.append(update.text)
            size += len(update.text)
            if self.faults.waiting and self.faults.duplicates(update.kind, update.chat):
                self._again.append(update)
        return f"[{','.join(texts)}]"

    async def _take_over(self, why: str) -> None:
        """End the waiting poll; a second conflict within three seconds is answered late (S)."""
        if self._poll is None:
            return
        poll, now = self._poll, self.clock.steady()
        self._poll = None
        wait = CONFLICT_PAUSE if now < self._conflict_at + CONFLICT_PAUSE else 0.0
        self._conflict_at = now
        refusal = refuse(why)
        if wait:
            asyncio.get_running_loop().call_later(wait, poll.end, refusal)
        else:
            poll.end(refusal)

    async def interrupt(self) -> None:
        """setWebhook ends a waiting poll."""
        await self._take_over("conflict_set")

    def end(self) -> None:
        """End a waiting poll with an empty answer."""
        if self._poll is not None:
            self._poll.end(None)
            self._poll = None
