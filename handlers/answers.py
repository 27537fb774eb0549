"""What Telegram waits for and forgets within seconds: the answer to a press and to an inline query. Sent at once, best effort."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from aiogram.types import CallbackQuery, InlineQuery

from bot.telegram.api import Api, TelegramError
from bot.texts.speak import Line, Voice

PATIENCE = 5.0  # real seconds; Telegram forgets a press after some fifteen
LONGEST = 200  # characters of an answer to a press (Bot API)
log = structlog.get_logger()


class Answers:
    """Sends answers beside whatever else goes on. One that fails is a line in the log."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Answers are still on their way."""
        return bool(self._tasks)

    def to_press(self, query: CallbackQuery, voice: Voice, line: Line | None) -> None:
        """Take the spinner from the button, with a line where there is one to read."""
        params: dict[str, object] = {"callback_query_id": query.id}
        if line is not None:
            params |= {"text": voice.line(line)[:LONGEST], "show_alert": line.alert}
        self._at_once("answerCallbackQuery", params)

    @contextmanager
    def in_time(self, query: CallbackQuery | None, voice: Voice) -> Iterator[None]:
        """Take the spinner away without words when the work takes long: what came of it is a message then."""
        if query is None:
            yield
            return
        waiting = asyncio.get_running_loop().call_later(PATIENCE, self.to_press, query, voice, None)
        try:
            yield
        finally:
            waiting.cancel()

    def to_inline(self, query: InlineQuery, found: Mapping[str, object]) -> None:
        """Fill the list below `@bot words`."""
        self._at_once("answerInlineQuery", {"inline_query_id": query.id, **found})

    def _at_once(self, method: str, params: Mapping[str, object]) -> None:
        task = asyncio.create_task(self._quietly(method, params))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, method: str, params: Mapping[str, object]) -> None:
        try:
            await self._api.call(method, params)
        except TelegramError as error:
            log.info("telegram.not_answered", method=method, error=str(error))
