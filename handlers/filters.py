"""What a door asks of an update before it opens. Written out, for aiogram sends each `F.…` of its own to another thread."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Mapping
from typing import Any, TypeVar

from aiogram import Bot, filters
from aiogram.client.session.base import BaseSession
from aiogram.filters import BaseFilter
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message, User

from bot.errors import FirstlineError
from bot.keys import SUPERVISORS, TeamChat
from bot.telegram.buttons import Button, parse
from handlers.visit import Visit

T = TypeVar("T")


class Private(BaseFilter):
    """A message in the private chat with a person we know."""

    async def __call__(self, message: Message) -> bool:
        return message.chat.type == "private"


class GroupChosen(BaseFilter):
    """A group was chosen by a button that asks for one."""

    async def __call__(self, message: Message) -> bool:
        return message.chat_shared is not None


class InTeamChat(BaseFilter):
    """A message in the chat of one of our teams, or of the supervisors."""

    async def __call__(self, message: Message, visit: Visit) -> bool:
        return visit.chat is not None and (TeamChat.names(visit.chat) or visit.chat == SUPERVISORS)


class Refusing(BaseSession):
    """A session that calls nothing. aiogram's own would reach Telegram past the outbox, its limits and the sandbox."""

    def make_request(
        self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None
    ) -> Coroutine[Any, Any, T]:
        """Raises DoorSpoke."""
        raise DoorSpoke(type(method).__name__)

    def stream_content(
        self,
        url: str,
        headers: Mapping[str, Any] | None = None,
        timeout: int = 0,
        chunk_size: int = 0,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Raises DoorSpoke."""
        raise DoorSpoke("getFile")

    async def close(self) -> None:
        """Nothing is open."""


class DoorSpoke(FirstlineError):
    """A door called Telegram by itself; what is said is a row of the outbox."""

    def __init__(self, method: str) -> None:
        super().__init__(f"{DoorSpoke.__doc__} {method}")


class Introduced(Bot):
    """A bot that knows its name: aiogram asks Telegram for it when a command names a bot, as those from a group's menu do,
    and no door may wait for Telegram. It refuses to call anything."""

    def __init__(self, token: str, username: str) -> None:
        super().__init__(token, session=Refusing())
        self._username = username

    async def me(self) -> User:
        return User(id=self.id, is_bot=True, first_name=self._username, username=self._username)


class AnySlash(BaseFilter):
    """Whatever begins with a slash and was typed by its sender."""

    async def __call__(self, message: Message) -> bool:
        return message.forward_origin is None and (message.text or "").startswith("/")


class Slash(filters.Command):
    """One of these commands, typed by its sender: a forwarded one is someone else's word, and commands nothing."""

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        return message.forward_origin is None and await super().__call__(message, bot)


class AtHome(BaseFilter):
    """A button below a message of the presser's own chat with us, where alone such buttons are shown (T8)."""

    async def __call__(self, query: CallbackQuery) -> bool:
        return query.message is not None and query.message.chat.type == "private"


class Pressed(BaseFilter):
    """A button of these types; hands it to the door, parsed."""

    def __init__(self, *kinds: type[Button]) -> None:
        self.kinds = kinds

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        button = parse(query.data or "")
        return {"press": button} if isinstance(button, self.kinds) else False


class Begins(BaseFilter):
    """A button whose data begins so: "r|" is a scenario's step."""

    def __init__(self, start: str) -> None:
        self._start = start

    async def __call__(self, query: CallbackQuery) -> bool:
        return (query.data or "").startswith(self._start)
