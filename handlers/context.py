"""Around every update: who is it, in which language, what time - and what they read when a verb refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery, Chat, InlineQuery, Message, Update, User
from sqlalchemy import Connection

from bot.clock import Clock
from bot.config.config import Config, Work
from bot.keys import RawChat
from bot.observe.metrics import RATE_LIMITED
from bot.people import directory, strangers
from bot.people.access import NotAllowed
from bot.people.directory import Person
from bot.people.quota import Quota, QuotaVerdict
from bot.people.roster import NOBODY
from bot.selfservice.effects import PendingCheck
from bot.storage.unit import Units
from bot.teamdesk import inline
from bot.telegram import chats, inbox, outbox
from bot.telegram.api import Api, TelegramError
from bot.telegram.inbox import StoredUpdate
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets.actions import NoWords
from bot.tickets.quotas import TooMany
from bot.tickets.store import NoSuchTicket, Outrun
from bot.tickets.ticket import Impossible
from handlers import build_router, news
from handlers.visit import FileActions, Visit

log = structlog.get_logger()


class Doors:
    """Takes one stored update through the doors. What a button's presser reads, and what an inline query finds, goes out
    directly, best effort: both expire within seconds."""

    def __init__(
        self,
        units: Units[Config],
        api: Api,
        clock: Clock,
        bot: Bot,
        start_checks: Callable[[Sequence[PendingCheck]], None],
        files: FileActions,
    ) -> None:
        self._units, self._api, self._clock, self._bot = units, api, clock, bot
        self._start_checks, self._files = start_checks, files
        self._quota = Quota()
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.include_router(build_router())
        self._answers: set[asyncio.Task[None]] = (
            set()
        )  # to presses and inline queries: what Telegram waits for

    async def handle(self, stored: StoredUpdate) -> None:
        """Everything one update causes. Raises what a door raised unexpectedly: the worker tries again."""
        update = Update.model_validate(stored.raw, context={"bot": self._bot})
        told = news.of(update)
        if told is not None:
            await self._units.run(_hear, stored.update_id, told)
            return
        user, chat = _who(update), _where(update)
        if user is None or _hides(user, update.message):
            await self._units.run(_nobody, stored.update_id, update.message)
            if update.callback_query is not None:
                language = await self._units.db.read(chats.language, RawChat(chat.id if chat else 0))
                self._answer(update.callback_query, speak.voice(language), Line("anonymous", alert=True))
            return
        found = await self._units.db.read(_look, user.id, chat.id if chat else None)
        person, key = found
        if person is None:
            person = await self._units.db.run(directory.meet, user.id, user.username)
        if person is None:
            await self._stranger(stored, user, update)
            return
        if not person.language:
            spoken = speak.spoken(user.language_code) or self._units.config.program.defaults.language
            person = await self._units.db.run(directory.hear_language, person.id, spoken)
        private = chat.type == "private" if chat is not None else isinstance(update.event, InlineQuery)
        if person.lost is not None and private and isinstance(update.event, Message | CallbackQuery):
            await self._units.db.run(directory.found_again, person.id)
        if (
            private
            and update.message is not None
            and not await self._within_quota(stored, person, update.message)
        ):
            return
        visit = Visit(
            update_id=stored.update_id,
            units=self._units,
            config=self._units.config,
            person=person,
            voice=speak.voice(person.language),
            chat=person.key if private else key,
            now=self._clock.now(),
            start_checks=self._start_checks,
            files=self._files,
        )
        await self._through(update, visit)
        if not visit.finished:
            await self._units.db.run(inbox.finish, stored.update_id)
        if update.callback_query is not None:
            self._answer(update.callback_query, visit.voice, visit.answer)
        if update.inline_query is not None:
            self._answer_inline(update.inline_query, person)

    async def _within_quota(self, stored: StoredUpdate, person: Person, message: Message) -> bool:
        """Whether this person may write one more message now; they are told once when not."""
        most = self._units.config.desk.file.quotas.messages_per_minute
        verdict = self._quota.take(person.id, most, self._clock.steady(), message.media_group_id)
        if verdict is QuotaVerdict.TAKEN:
            return True
        RATE_LIMITED.labels("messages").inc()
        line = Line("quota.messages", {"most": most}) if verdict is QuotaVerdict.WARNED else None
        await self._units.run(_not_taken, stored.update_id, person, message.message_id, line)
        return False

    async def _through(self, update: Update, visit: Visit) -> None:
        """A refusal is an answer, not a failure: the unit is undone and the person reads one kind sentence."""
        try:
            await self._dispatcher.feed_update(self._bot, update, visit=visit)
        except (NotAllowed, Impossible, Outrun, NoSuchTicket, NoWords, TooMany) as error:
            line = _kindly(error)
            log.info("door.refused", reason=line.key, update_id=visit.update_id)
            visit.answer = line
            message = update.message or update.edited_message
            if message is not None and visit.chat is not None:
                thread = message.message_thread_id if message.is_topic_message else None
                await visit.do(_refuse_message, visit.chat, message.message_id, thread, line)

    async def _stranger(self, stored: StoredUpdate, user: User, update: Update) -> None:
        voice = speak.voice(speak.spoken(user.language_code) or self._units.config.program.defaults.language)
        answer = await self._units.run(_stranger, stored.update_id, user.id, voice, _private(update))
        if update.callback_query is not None:
            self._answer(update.callback_query, voice, Line("stranger", alert=True))
        if update.inline_query is not None:
            self._answer_inline(update.inline_query, None)
        log.info("door.stranger", answered=answer)

    def _answer(self, query: CallbackQuery, voice: speak.Voice, line: Line | None) -> None:
        """Telegram shows a spinner until it hears this; nothing else may wait for it, and it may come too late."""
        params: dict[str, Any] = {"callback_query_id": query.id}
        if line is not None:
            params |= {"text": voice.line(line)[:200], "show_alert": line.alert}
        self._at_once("answerCallbackQuery", params)

    def _answer_inline(self, query: InlineQuery, person: Person | None) -> None:
        """@bot vpn, typed in any chat: articles for an engineer, an empty list for anybody else."""
        answer = inline.answer(self._units.config, person, query.query, query.chat_type)
        self._at_once("answerInlineQuery", {"inline_query_id": query.id} | answer)

    def _at_once(self, method: str, params: dict[str, Any]) -> None:
        task = asyncio.create_task(self._quietly(method, params))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _quietly(self, method: str, params: dict[str, Any]) -> None:
        try:
            await self._api.call(method, params)
        except TelegramError as error:
            log.info("telegram.not_answered", method=method, error=str(error))

    @property
    def answering(self) -> bool:
        """Answers to buttons are still on their way."""
        return bool(self._answers)


def _kindly(error: Exception) -> Line:
    match error:
        case NotAllowed():
            return Line(error.reason, alert=True)
        case Impossible():
            return Line(f"impossible.{error.state}", alert=True)
        case TooMany():
            return Line(error.reason, {"most": error.most}, alert=True)
        case NoWords():
            return Line("no.words", alert=True)
        case Outrun():
            return Line("outrun", alert=True)
        case _:
            return Line("unknown.button", alert=True)


def _look(tx: Connection, telegram_id: int, chat_id: int | None) -> tuple[Person | None, str | None]:
    key = chats.name(tx, chat_id) if chat_id is not None and chat_id < 0 else None
    return directory.known(tx, telegram_id), key


def _hear(work: Work, update_id: int, told: news.Verb) -> None:
    inbox.finish(work.tx, update_id)
    told(work)


def _nobody(work: Work, update_id: int, message: Message | None) -> None:
    """A bot, a channel, or an administrator who hides: a command or a reply of theirs must not vanish unseen."""
    inbox.finish(work.tx, update_id)
    if message is None or message.from_user is None or message.sender_chat is None:
        return
    meant_for_us = (message.text or "").startswith("/") or message.reply_to_message is not None
    if meant_for_us and chats.name(work.tx, message.chat.id) is not None and message.from_user.id != 777000:
        thread = message.message_thread_id if message.is_topic_message else None
        outbox.line(work, RawChat(message.chat.id), "anonymous", {}, thread=thread)


def _stranger(work: Work, update_id: int, telegram_id: int, voice: speak.Voice, private: bool) -> bool:
    inbox.finish(work.tx, update_id)
    answer = strangers.seen(work, telegram_id) and private
    if answer:
        outbox.say(work, RawChat(telegram_id), voice.html("stranger"))
    return answer


def _not_taken(work: Work, update_id: int, person: Person, message_id: int, line: Line | None) -> None:
    inbox.finish(work.tx, update_id)
    if line is not None:
        outbox.line(work, person.key, line.key, line.facts, answers=message_id)


def _refuse_message(work: Work, chat: str, message_id: int, thread: int | None, line: Line) -> None:
    outbox.line(work, chat, line.key, line.facts, answers=message_id, thread=thread)


def _who(update: Update) -> User | None:
    event = update.event
    return getattr(event, "from_user", None)


def _where(update: Update) -> Chat | None:
    event = update.event
    if isinstance(event, CallbackQuery):
        return event.message.chat if event.message is not None else None
    return getattr(event, "chat", None)


def _hides(user: User, message: Message | None) -> bool:
    """A bot, or somebody who speaks for a group or a channel: nobody can tell who it is (T10)."""
    speaks_for_a_chat = message is not None and message.sender_chat is not None
    return user.is_bot or user.id in NOBODY or speaks_for_a_chat


def _private(update: Update) -> bool:
    chat = _where(update)
    return chat is not None and chat.type == "private"
