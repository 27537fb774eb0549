"""What every update passes before a door opens: news of a chat, a hidden sender, who it is, in which language, how much.

Each asks one question and fills in the `Visit`. An update that does not pass ends there, with its answer.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Chat, InlineQuery, Message, TelegramObject, Update, User
from sqlalchemy import Connection

from bot.accounts import consent, invites, proving
from bot.accounts.invites import Knock, Opening
from bot.clock import Clock
from bot.config.config import Work
from bot.keys import InviteRef, RawChat
from bot.observe.metrics import RATE_LIMITED
from bot.people import directory, strangers
from bot.people.directory import Person
from bot.people.quota import Quota, QuotaVerdict
from bot.people.roster import NOBODY
from bot.teamdesk import groups, inline
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import unreachable
from handlers import news
from handlers.visit import Visit

TELEGRAM = 777000  # the account that repeats a channel's posts in its group
log = structlog.get_logger()


class Gate(BaseMiddleware):
    """A middleware of updates that lets an update pass, or ends it."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        assert isinstance(event, Update)
        return await handler(event, data) if await self.passes(event, data["visit"]) else None

    @abstractmethod
    async def passes(self, update: Update, visit: Visit) -> bool:
        """Whether the update goes on to the next one, and at last to a door."""


class ChatNews(Gate):
    """Telegram's own news about a chat comes from no person."""

    async def passes(self, update: Update, visit: Visit) -> bool:
        told = news.of(update)
        if told is not None:
            await visit.do(told)
        return told is None


class HiddenSender(Gate):
    """A bot, or a person who speaks for a group or a channel: it cannot be known who that is."""

    async def passes(self, update: Update, visit: Visit) -> bool:
        user = sender(update)
        if user is not None and not _hides(user, update.message):
            return True
        await visit.do(_warn_hidden, update.message)
        if update.callback_query is not None:
            chat = place(update)
            key = RawChat(chat.id if chat is not None else 0)
            visit.voice = speak.voice(await visit.units.db.read(chats.language, key))
            visit.answer = Line("anonymous", alert=True)
        return False


class KnownPerson(Gate):
    """Only people of the directory come in; an account is bound to its person at the first contact."""

    async def passes(self, update: Update, visit: Visit) -> bool:
        user, chat = sender(update), place(update)
        assert user is not None
        token = _token(update.message)
        if token is not None and not await self._opens_link(update, visit, user, token):
            return False
        person, group = await visit.units.db.read(_look, user.id, chat.id if chat is not None else None)
        key = group[0] if group is not None else None
        if chat is not None and group is not None and bool(chat.is_forum) is not (group[1] != chats.PLAIN):
            await visit.units.run(groups.turned, group[0], is_forum=bool(chat.is_forum))
        is_first = person is None
        if person is None:
            person = await visit.units.run(proving.meet, user.id, user.username)
        if person is None:
            await self._turn_away(update, visit, user)
            return False
        if person.username != (user.username.lower() if user.username else None):
            await visit.units.db.run(directory.follow, person, user.username)
        private = is_private(update)
        visit.person, visit.chat = person, person.key if private else key
        speaks = private and isinstance(update.event, Message | CallbackQuery)
        if speaks and person.lost is not None:
            await visit.units.db.run(directory.found_again, person.id)
        has_notice = visit.config.desk.file.privacy.notice is not None
        if speaks and has_notice and await visit.units.read(consent.is_due, person):
            await visit.units.run(consent.ask, person)
        if speaks and (is_first or person.lost is not None):
            await visit.units.run(unreachable.caught_up, person)
        return True

    @staticmethod
    async def _opens_link(update: Update, visit: Visit, user: User, token: str) -> bool:
        """Whether the account is the invited person's now; if not, it reads why."""
        message = update.message
        knock = invites.Knock(user.id, user.username, is_private(update))
        opening = await visit.units.run(invites.open_link, knock, token)
        if not opening.refusal or not opening.invite:  # an unknown token opens nothing
            return True
        log.info("door.invite_refused", reason=opening.refusal)
        voice = speak.voice(_spoken(user, visit))
        await visit.do(_say_refused, knock, opening, voice, message.chat.id if message else 0)
        return False

    @staticmethod
    async def _turn_away(update: Update, visit: Visit, user: User) -> None:
        visit.voice = speak.voice(_spoken(user, visit))
        in_private_chat = is_private(update) and update.inline_query is None
        answered = await visit.do(_turn_away, user.id, visit.voice, in_private_chat)
        visit.answer = Line("stranger", alert=True)
        if (query := update.inline_query) is not None:
            visit.found = inline.answer(visit.config, None, query.query, query.chat_type)
        log.info("door.stranger", answered=answered)


class ReadingLanguage(Gate):
    """The first word of a person tells in which language they read, until they choose."""

    async def passes(self, update: Update, visit: Visit) -> bool:
        user = sender(update)
        if not visit.person.language and user is not None:
            spoken = _spoken(user, visit)
            visit.person = await visit.units.db.run(directory.hear_language, visit.person.id, spoken)
        visit.voice = speak.voice(visit.person.language)
        return True


class MessageQuota(Gate):
    """So many messages a minute may one person write in private; they are warned once, and what is beyond is not taken."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._quota = clock, Quota()

    async def passes(self, update: Update, visit: Visit) -> bool:
        message = update.message
        if message is None or not is_private(update):
            return True
        most = visit.config.desk.file.quotas.messages_per_minute
        verdict = self._quota.take(visit.person.id, most, self._clock.steady(), message.media_group_id)
        if verdict is QuotaVerdict.TAKEN:
            return True
        RATE_LIMITED.labels("messages").inc()
        if verdict is QuotaVerdict.WARNED:
            await visit.do(_warn_of_quota, visit.person, message.message_id, most)
        return False


def gates(clock: Clock) -> tuple[Gate, ...]:
    """All of them in their order."""
    return ChatNews(), HiddenSender(), KnownPerson(), ReadingLanguage(), MessageQuota(clock)


def sender(update: Update) -> User | None:
    """The account that caused the update."""
    return getattr(update.event, "from_user", None)


def place(update: Update) -> Chat | None:
    """The chat it came from; None for a button below no message, and for an inline query."""
    event = update.event
    if isinstance(event, CallbackQuery):
        return event.message.chat if event.message is not None else None
    return getattr(event, "chat", None)


def is_private(update: Update) -> bool:
    """Whether it is between one person and the bot, as an inline query is too."""
    chat = place(update)
    return chat.type == "private" if chat is not None else isinstance(update.event, InlineQuery)


def _hides(user: User, message: Message | None) -> bool:
    speaks_for_a_chat = message is not None and message.sender_chat is not None
    return user.is_bot or user.id in NOBODY or speaks_for_a_chat


def _token(message: Message | None) -> str | None:
    """The token of an invitation that its sender has opened."""
    typed = message is not None and message.forward_origin is None
    return invites.token_in(message.text or "") if message is not None and typed else None


def _spoken(user: User, visit: Visit) -> str:
    return speak.spoken(user.language_code) or visit.config.program.defaults.language


def _look(
    tx: Connection, telegram_id: int, chat_id: int | None
) -> tuple[Person | None, tuple[str, int] | None]:
    group = chats.named(tx, chat_id) if chat_id is not None and chat_id < 0 else None
    return directory.known(tx, telegram_id), group


def _warn_hidden(work: Work, message: Message | None) -> None:
    """A command or an answer of a hidden sender must not vanish unseen."""
    if message is None or message.from_user is None or message.sender_chat is None:
        return
    meant_for_us = (message.text or "").startswith("/") or message.reply_to_message is not None
    if meant_for_us and chats.name(work.tx, message.chat.id) is not None and message.from_user.id != TELEGRAM:
        thread = message.message_thread_id if message.is_topic_message else None
        outbox.line(work, RawChat(message.chat.id), "anonymous", {}, thread=thread)


def _say_refused(work: Work, knock: Knock, opening: Opening, voice: Voice, chat_id: int) -> None:
    """Why a link does not let them in, once an hour for each link and account."""
    dedupe = f"{InviteRef(opening.invite)}:{knock.account}:{chat_id}:{work.now // strangers.QUIET}"
    said = voice.html(opening.refusal)
    if knock.private or chats.name(work.tx, chat_id) is not None:
        outbox.say(work, RawChat(chat_id), said, dedupe=dedupe)


def _turn_away(work: Work, telegram_id: int, voice: Voice, private: bool) -> bool:
    answer = strangers.seen(work, telegram_id) and private
    if answer:
        outbox.say(work, RawChat(telegram_id), voice.html("stranger"))
    return answer


def _warn_of_quota(work: Work, person: Person, message_id: int, most: int) -> None:
    outbox.line(work, person.key, "quota.messages", {"most": most}, answers=message_id)
