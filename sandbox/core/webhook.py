"""Webhook delivery: in order per chat or presser, others in parallel, retries until the update expires."""

import asyncio
import json
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.core.clock import SandboxClock, Signal
from sandbox.core.faults import Faults
from sandbox.core.refusals import refuse
from sandbox.core.updates import Update, Updates
from sandbox.core.world import Json

log = logging.getLogger("firstline.sandbox")
PORTS = (80, 88, 443, 8443)
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
LOCAL = ("127.0.0.1", "localhost", "::1")
DEFAULT_CONNECTIONS = 40
PATIENCE = 60.0  # real seconds for one delivery
LONGEST_PAUSE = 60.0
LONGEST_WISH = 3600.0
NOT_AS_REPLY = ("getupdates", "setwebhook", "deletewebhook", "close", "logout")


class Webhook:
    """One deque per queue and a set of queues in progress: an acknowledgement takes constant time."""

    def __init__(
        self,
        updates: Updates,
        faults: Faults,
        clock: SandboxClock,
        stirred: Signal,
        execute: Callable[[str, Json], Awaitable[None]],
    ) -> None:
        self.updates, self.faults, self.clock, self.stirred = updates, faults, clock, stirred
        self.execute = execute
        self.url = ""
        self.secret = ""
        self.max_connections = DEFAULT_CONNECTIONS
        self.last_error: Json = {}
        self.in_flight = 0
        self.set_at = -10.0
        self._queues: dict[str, deque[Update]] = {}
        self._ready: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def start(self, url: str, secret: str, max_connections: int) -> None:
        """Deliver to `url` from now on, beginning with waiting updates. Raises ApiError."""
        check_url(url)
        if secret and not SECRET.match(secret):
            raise refuse("secret_long" if len(secret) > 256 else "secret_chars")
        self.stop()
        self.url, self.secret = url, secret
        self.max_connections = min(max(max_connections or DEFAULT_CONNECTIONS, 1), 100)
        self.last_error = {}
        self.updates.listener = self.take
        for update in list(self.updates.oldest()):
            self.take(update)

    def stop(self) -> None:
        self.url = ""
        self.updates.listener = None
        self._queues.clear()
        self._ready.clear()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        self.stop()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def take(self, update: Update) -> None:
        queue = self._queues.get(update.queue)
        if queue is None:
            self._queues[update.queue] = deque([update])
            self._ready.append(update.queue)
            self._spread()
        else:
            queue.append(update)

    def _spread(self) -> None:
        while self._ready and len(self._tasks) < self.max_connections:
            task = asyncio.get_running_loop().create_task(self._work(self._ready.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.error("webhook delivery broke", exc_info=failure)
        if self.url:
            self._spread()

    async def _work(self, name: str) -> None:
        """Deliver one queue in order until it is empty, or until others wait for a connection."""
        queue = self._queues[name]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
            if self._ready and queue:
                self._ready.append(name)
                return
        del self._queues[name]

    async def _deliver(self, update: Update) -> None:
        """Deliver one update until acknowledged or expired: the first retry at once, then 2, 4, 8 ... seconds (S).

        Retry-After of a receiver is respected, up to an hour.
        """
        pause = 0.0
        while True:
            self.updates.purge()
            if update.id not in self.updates.pending:
                return
            asked = await self._post(update)
            if asked is None:
                if self.faults.waiting and self.faults.duplicates(update.kind, update.chat):
                    await self._post(update)
                self.updates.forget(update.id)
                self.stirred.fire()
                return
            if asked or pause:
                await self.clock.sleep(asked or pause)
            pause = min(pause * 2 or 2.0, LONGEST_PAUSE)

    async def _post(self, update: Update) -> float | None:
        """None when acknowledged, else the steady seconds that the receiver asks to wait."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, ssl=False)
            self._session = aiohttp.ClientSession(connector=connector)
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        self.in_flight += 1
        try:
            async with self._session.post(
                self.url,
                data=update.text.encode(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
            ) as answer:
                body = await answer.read()
                if 200 <= answer.status < 300:
                    await self._obey(body)
                    return None
                self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                wished = answer.headers.get("Retry-After", "")
                return min(float(wished), LONGEST_WISH) if wished.isdecimal() else 0.0
        except (aiohttp.ClientError, TimeoutError) as failure:
            self._failed(f"Connection failed: {failure}")
        finally:
            self.in_flight -= 1
        return 0.0

    def _failed(self, why: str) -> None:
        self.last_error = {"last_error_date": self.clock.date(), "last_error_message": why}

    async def _obey(self, body: bytes) -> None:
        """A JSON answer with "method" is executed as a call; its result is not returned."""
        if not body.lstrip().startswith(b"{"):
            return
        try:
            wanted: Any = json.loads(body)
        except ValueError:
            return
        if isinstance(wanted, dict) and (name := str(wanted.pop("method", "")).lower()):
            if name.startswith("get") or name in NOT_AS_REPLY:
                return
            await self.execute(name, wanted)

    def picture(self) -> Json:
        """WebhookInfo."""
        shown: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }
        if self.url:
            shown |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1", **self.last_error}
        if self.updates.allowed:
            shown["allowed_updates"] = self.updates.allowed
        return shown


def check_url(url: str) -> None:
    """HTTPS on one of four ports; plain HTTP and any port only on this machine, as in local mode."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise refuse("webhook_bad", why="invalid webhook URL specified")
    try:
        port = parts.port
    except ValueError:
        raise refuse("webhook_bad", why="invalid webhook URL specified") from None
    if parts.hostname in LOCAL:
        return
    if parts.scheme != "https":
        raise refuse("webhook_bad", why="An HTTPS URL must be provided for webhook")
    if port is not None and port not in PORTS:
        raise refuse("webhook_bad", why="Webhook can be set up only on ports 80, 88, 443 or 8443")
