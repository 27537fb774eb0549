"""How the doors are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import CallableObject, HandlerObject
from aiogram.types import Chat, Message

from bot.problems import buttons as problem_buttons
from bot.telegram import buttons, former_buttons
from bot.telegram.buttons import Button, Claim, Resolve
from bot.telegram.desk import buttons as desk_buttons
from handlers import build_router
from handlers.filters import DoorSpoke, Introduced, Pressed
from tests.cast import TOKEN

OURS = frozenset(module.__name__ for module in (buttons, former_buttons, desk_buttons, problem_buttons))


def test_no_update_waits_for_a_thread_before_a_door_opens() -> None:
    """aiogram runs functions that are not coroutines in another thread, which costs more than the door."""
    handlers = [
        handler
        for router in build_router().chain_tail
        for observer in router.observers.values()
        for handler in observer.handlers
    ]
    assert len(handlers) > 10
    called: list[CallableObject] = [
        called for handler in handlers for called in (handler, *(handler.filters or ()))
    ]
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


def test_every_button_has_exactly_one_door() -> None:
    doors = doors_of(build_router())
    assert [kind.__name__ for kind, count in doors.items() if count > 1] == []
    without = [kind for kind in buttons._BY_FORM.values() if kind.__module__ in OURS and not doors[kind]]
    assert [kind.__name__ for kind in without] == []


def test_a_button_with_two_doors_and_one_without_any_are_noticed() -> None:
    root, inner = Router(), Router()
    root.include_router(inner)
    for router in (root, inner):
        router.callback_query.register(_nowhere, Pressed(Claim))
    assert doors_of(root) == {Claim: 2}
    assert not doors_of(root)[Resolve]


def doors_of(root: Router) -> Counter[type[Button]]:
    """The number of doors of each button."""
    return Counter(kind for door in _pressed(root) for one in _filters(door) for kind in one.kinds)


def _pressed(root: Router) -> Iterator[HandlerObject]:
    for router in root.chain_tail:
        yield from router.callback_query.handlers


def _filters(door: HandlerObject) -> list[Pressed]:
    return [one.callback for one in door.filters or () if isinstance(one.callback, Pressed)]


async def _nowhere(*_: object) -> None:
    """The door of a planted button."""
