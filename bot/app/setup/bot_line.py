"""The bot's line to Telegram while the bot itself does not run: one call at a time, and updates that are kept for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, TypeVar

import aiohttp

from bot.accounts.offline import beside_the_bot
from bot.app.setup import arrivals
from bot.app.setup.arrivals import Arrival
from bot.settings import Settings
from bot.storage.migrate import DatabaseInUse, lock_file, sqlite_path
from bot.telegram import inbox
from bot.telegram.api import Api
from bot.telegram.polling import ALLOWED

T = TypeVar("T")


class BotLine:
    """Calls from code that waits for a person at the terminal in between. A context manager; not for use in an event loop."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None
        self._next = 0  # the update to ask for; all before it are stored

    def __enter__(self) -> BotLine:
        self._session = self._runner.run(_session())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.close()

    def api(self, root: str, token: str) -> Api:
        assert self._session is not None
        return Api(self._session, root, token)

    def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run asynchronous work to its end."""
        return self._runner.run(work())

    def call(self, api: Api, method: str, params: Mapping[str, object] | None = None) -> Any:
        return self._runner.run(api.call(method, params))

    def arrivals(self, api: Api, settings: Settings) -> list[Arrival]:
        """What has arrived since the last time. Each update is stored before it is confirmed: the bot handles it at its start."""
        found: list[Arrival] = []
        while batch := self.call(api, "getUpdates", self._asked()):
            beside_the_bot(settings, inbox.store, batch)
            self._next = max(int(raw["update_id"]) for raw in batch) + 1
            found += [one for raw in batch if (one := arrivals.read(raw)) is not None]
        return found

    def _asked(self) -> dict[str, object]:
        return {"offset": self._next, "timeout": 0, "limit": 100, "allowed_updates": ALLOWED}


def is_running(settings: Settings) -> bool:
    """Whether a bot works on the SQLite file: it reads the updates then, and two readers disturb each other."""
    path = sqlite_path(settings.database_url.get_secret_value())
    if path is None:
        return False
    try:
        lock_file(path).close()
    except DatabaseInUse:
        return True
    return False


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
