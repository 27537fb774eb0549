"""How the doors are built."""

from __future__ import annotations

import pytest
from aiogram.types import Chat, Message

from handlers import build_router
from handlers.filters import DoorSpoke, Introduced
from tests.cast import TOKEN


def test_no_update_waits_for_a_thread_before_a_door_opens() -> None:
    """What is not a coroutine aiogram sends to another thread, which costs more than the door itself."""
    handlers = [
        handler
        for router in build_router().chain_tail
        for observer in router.observers.values()
        for handler in observer.handlers
    ]
    assert len(handlers) > 10
    called = [called for handler in handlers for called in (handler, *(handler.filters or ()))]
    assert [one.callback for one in called if not one.awaitable] == []


async def test_a_door_that_answers_by_itself_reaches_no_telegram() -> None:
    bot = Introduced(TOKEN, "firstline_bot")
    message = Message(message_id=1, date=0, chat=Chat(id=1, type="private")).as_(bot)
    for call in (message.answer("hello"), message.delete(), bot.send_message(1, "hello"), bot.get_me()):
        with pytest.raises(DoorSpoke):
            await call
    with pytest.raises(DoorSpoke):
        await bot.download_file("a.txt")
    assert (await bot.me()).username == "firstline_bot"
