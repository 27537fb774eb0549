"""What a door asks of an update before it opens. Written out, for aiogram sends each `F.…` of its own to another thread."""

from __future__ import annotations

from typing import Any, NoReturn

from aiogram import Bot, filters
from aiogram.client.session.base import BaseSession
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message, User

from bot.errors import FirstlineError
from bot.telegram import chats
from handlers.visit import Visit


class Private(BaseFilter):
    """A message in the private chat with a person we know."""

    async def __call__(self, message: Message) -> bool:
        return message.chat.type == "private"


class InGroup(BaseFilter):
    """A message in any group, ours or not."""

    async def __call__(self, message: Message) -> bool:
        return message.chat.type != "private"


class InTeamChat(BaseFilter):
    """A message in the chat of one of our teams, or of the supervisors."""

    async def __call__(self, message: Message, visit: Visit) -> bool:
        return visit.chat is not None and (visit.chat.startswith("team:") or visit.chat == chats.SUPERVISORS)


class InOurGroup(BaseFilter):
    """A message in any group that has a name of ours."""

    async def __call__(self, message: Message, visit: Visit) -> bool:
        return visit.chat is not None and message.chat.type != "private"


class SaidPastTheOutbox(FirstlineError):
    """A door called Telegram by itself: what is said goes through the outbox."""


def _refuse(_session: BaseSession, _bot: Bot, method: object, **_: object) -> NoReturn:
    raise SaidPastTheOutbox(f"{SaidPastTheOutbox.__doc__} ({type(method).__name__})")


# Without a network `message.answer` in a door fails at its first test. A real session would also read the machine's certificates
# at every start, which takes 30 ms.
Mute = type("Mute", (BaseSession,), dict.fromkeys(("make_request", "stream_content", "close"), _refuse))


class Introduced(Bot):
    """A bot that knows its name: aiogram asks Telegram for it when a command names a bot, as those from a group's menu do,
    and no door may wait for Telegram."""

    def __init__(self, token: str, username: str) -> None:
        super().__init__(token, Mute())
        self._username = username

    async def me(self) -> User:
        return User(id=self.id, is_bot=True, first_name=self._username, username=self._username)


class Command(filters.Command):
    """A command that its sender typed: a forwarded one is somebody else's word, and commands nothing."""

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        return message.forward_origin is None and await super().__call__(message, bot)


class NoCommand(BaseFilter):
    """Words, a file: anything that does not begin with a slash, and whatever was forwarded."""

    async def __call__(self, message: Message) -> bool:
        return message.forward_origin is not None or not (message.text or "").startswith("/")


class Answering(BaseFilter):
    """A message that answers another one."""

    async def __call__(self, message: Message) -> bool:
        return message.reply_to_message is not None


class AtHome(BaseFilter):
    """A button below a message of the presser's own chat with us, where alone such buttons are shown (T8)."""

    async def __call__(self, query: CallbackQuery) -> bool:
        return query.message is not None and query.message.chat.type == "private"


class Begins(BaseFilter):
    """A button whose data begins so: "r|" is a scenario's step."""

    def __init__(self, start: str) -> None:
        self._start = start

    async def __call__(self, query: CallbackQuery) -> bool:
        return (query.data or "").startswith(self._start)


class Pressed(BaseFilter):
    """A button of this kind ("t" = a ticket's) and one of these actions; hands the numbers behind it to the door.

    Anything may be written in callback data, by anyone (T6): what is not exactly ours is not ours.
    """

    def __init__(self, kind: str, *actions: str) -> None:
        self._kind, self._actions = kind, actions

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        kind, action, *rest = [*(query.data or "").split("|"), ""]
        numbers = [part for part in rest if part]
        if kind != self._kind or action not in self._actions or len(numbers) > 3:
            return False
        if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in numbers):
            return False
        return {"action": action, "numbers": [int(part) for part in numbers]}
