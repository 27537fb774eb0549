"""The other intake: Telegram brings the updates. Stored and committed first, and only then answered, which confirms them (R1)."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.errors import FirstlineError
from bot.keys import ADMINS
from bot.observe import metrics
from bot.settings import Settings
from bot.storage.trouble import Trouble
from bot.storage.unit import Unit, Units
from bot.telegram import inbox, outbox
from bot.telegram.api import Api, Refused, RetryAfter, TelegramError
from bot.telegram.polling import ALLOWED

LOOK = 60.0  # real seconds between two looks at what Telegram says of the webhook
LARGEST = 1 << 20  # bytes of an update
HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOUR = 3600  # seconds
log = structlog.get_logger()


class BadWebhook(FirstlineError):
    """Telegram does not accept WEBHOOK_URL."""


class Reception:
    """Receives updates while `run` runs. `offer` and `before_confirm` are as in Polling."""

    def __init__(
        self,
        settings: Settings,
        units: Units[object],
        api: Api,
        clock: Clock,
        offer: Callable[[Sequence[inbox.StoredUpdate]], None],
        before_confirm: Callable[[], Awaitable[None]],
    ) -> None:
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        self._url, self._secret = (
            settings.webhook_url.get_secret_value(),
            settings.webhook_secret.get_secret_value(),
        )
        self._place = (settings.webhook_host, settings.webhook_port)
        self._units, self._api, self._clock = units, api, clock
        self._offer, self._before_confirm = offer, before_confirm
        self.last_answer = clock.steady()
        self.caught_up = asyncio.Event()  # Telegram has had nothing more for us at least once
        self._trouble = Trouble("webhook", clock)
        self._taken_since: float | None = None  # the steady second since which the webhook is not ours

    @property
    def contested_for(self) -> float:
        """Steady seconds for which another process has had the token's webhook, or has polled; 0 when none does."""
        return 0.0 if self._taken_since is None else self._clock.steady() - self._taken_since

    async def run(self) -> None:
        """Listen, and watch what Telegram says of it. Raises BadWebhook when it refuses the address."""
        runner = web.AppRunner(self.application(), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._place).start()
            while True:
                try:
                    await self._look()
                    self._trouble.over()
                    pause = LOOK
                except RetryAfter as wait:
                    pause = wait.seconds
                except Refused as refusal:
                    raise BadWebhook(f"{BadWebhook.__doc__} {refusal.description}") from None
                except (TelegramError, SQLAlchemyError) as error:
                    pause = self._trouble.met(error)
                await asyncio.sleep(pause)
        finally:
            await runner.cleanup()

    def application(self) -> web.Application:
        application = web.Application(client_max_size=LARGEST)
        application.router.add_post(urlsplit(self._url).path or "/", self._receive)
        return application

    async def _look(self) -> None:
        """Set the webhook where it is not ours; report what Telegram cannot deliver. What waits is kept in either case."""
        info = await self._api.call("getWebhookInfo")
        info = info if isinstance(info, dict) else {}
        if info.get("url") != self._url:
            if self._taken_since is None and info.get("url"):
                self._taken_since = self._clock.steady()
            wanted = {"url": self._url, "secret_token": self._secret, "allowed_updates": ALLOWED}
            await self._api.call("setWebhook", wanted | {"drop_pending_updates": False})
            log.info("webhook.set", host=urlsplit(self._url).hostname)
        else:
            self._taken_since = None
        waiting, failed = info.get("pending_update_count"), info.get("last_error_date")
        metrics.WEBHOOK_PENDING.set(waiting if isinstance(waiting, int) else 0)
        if isinstance(failed, int) and self._clock.now() - failed < 2 * LOOK and waiting:
            reason = str(info.get("last_error_message") or "?")[:200]
            log.error("webhook.undelivered", waiting=waiting, reason=reason)
            await self._units.run(_say_undelivered, waiting, reason)
        self.last_answer = self._clock.steady()
        self.caught_up.set()

    async def _receive(self, request: web.Request) -> web.Response:
        """401 before anything is read, 413 for a body that is too large, 503 for one that could not be stored: Telegram
        brings it again."""
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            metrics.AUTH_DENIED.labels("webhook").inc()
            return web.Response(status=401)
        try:
            raw: Any = json.loads(await request.read())
        except (ValueError, RecursionError):
            raw = None
        if not inbox.is_update(raw):
            metrics.UPDATES_MALFORMED.inc()
            log.error("update.malformed", kind=type(raw).__name__)
            return web.Response()  # brought again, it would be no better
        try:
            fresh = await self._units.run(inbox.store, [raw])
            await self._before_confirm()
        except (SQLAlchemyError, TelegramError) as error:
            self._trouble.met(error)
            return web.Response(status=503)
        self.last_answer = self._clock.steady()
        for stored in fresh:
            metrics.UPDATES_RECEIVED.labels(stored.kind).inc()
        self._offer(fresh)
        return web.Response()


def _say_undelivered(unit: Unit[object], waiting: int, reason: str) -> None:
    facts = {"waiting": waiting, "reason": reason}
    outbox.line(unit, ADMINS, "webhook.undelivered", facts, dedupe=f"webhook:{unit.now // HOUR}")
