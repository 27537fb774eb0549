"""A press whose work takes long: Telegram forgets it after some fifteen seconds."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiogram.types import CallbackQuery

from bot.texts import speak
from handlers import answers
from handlers.answers import Answers

QUERY = cast(CallbackQuery, SimpleNamespace(id="17"))


class Calls:
    def __init__(self) -> None:
        self.made: list[tuple[str, Mapping[str, Any]]] = []

    async def call(self, method: str, params: Mapping[str, Any]) -> None:
        self.made.append((method, params))


async def pressed(patience: float, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    monkeypatch.setattr(answers, "PATIENCE", patience)
    api = Calls()
    with Answers(cast(Any, api)).in_time(QUERY, speak.voice("ru")):
        for _ in range(3):
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    return api.made


async def test_a_press_that_takes_long_is_answered_before_telegram_forgets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await pressed(0, monkeypatch) == [("answerCallbackQuery", {"callback_query_id": "17"})]


async def test_a_quick_press_is_answered_once_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await pressed(60, monkeypatch) == []
