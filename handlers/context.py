"""One stored update on its way: through the gates to a door, and back to Telegram with what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from aiogram import Bot, Dispatcher

from bot.clock import Clock
from bot.config.config import Config
from bot.selfservice.effects import PendingCheck
from bot.storage.unit import Units
from bot.telegram import group_rights, inbox
from bot.telegram.api import Api
from bot.telegram.inbox import StoredUpdate
from bot.texts import speak
from handlers import build_router, middlewares
from handlers.answers import Answers
from handlers.update import read as update_of
from handlers.visit import FileActions, Visit


class Doors:
    """Takes stored updates through the doors, one call for each."""

    def __init__(
        self,
        units: Units[Config],
        api: Api,
        clock: Clock,
        bot: Bot,
        start_checks: Callable[[Sequence[PendingCheck]], None],
        files: FileActions,
    ) -> None:
        self._units, self._clock, self._bot = units, clock, bot
        self._start_checks, self._files, self._api = start_checks, files, api
        self.answers = Answers(api)
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.include_router(build_router())
        for gate in middlewares.gates(clock):
            self._dispatcher.update.outer_middleware(gate)

    async def handle(self, stored: StoredUpdate) -> None:
        """Everything one update causes. Raises what a door raised unexpectedly: the worker tries again."""
        update = update_of(stored.raw, self._bot)
        visit = self._visit(stored)
        with self.answers.in_time(update.callback_query, visit.voice):
            await self._dispatcher.feed_update(self._bot, update, visit=visit)
        if not visit.finished:
            await self._units.db.run(inbox.finish, stored.update_id)
        if update.callback_query is not None:
            self.answers.to_press(update.callback_query, visit.voice, visit.answer)
        if update.inline_query is not None and visit.found is not None:
            self.answers.to_inline(update.inline_query, visit.found)

    def _visit(self, stored: StoredUpdate) -> Visit:
        config = self._units.config
        return Visit(
            update_id=stored.update_id,
            units=self._units,
            config=config,
            voice=speak.voice(config.program.defaults.language),
            now=self._clock.now(),
            start_checks=self._start_checks,
            files=self._files,
            ask_rights=partial(group_rights.ask, self._api),
        )
