"""Doors of outages: declared and listed by supervisors, seen and answered by everybody."""

from __future__ import annotations

from typing import get_args

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.problems import declaring
from bot.selfservice import outage_presses
from bot.selfservice.outage_presses import OutageButton
from handlers.filters import Command, Pressed, Private
from handlers.visit import Visit


async def declare(_message: Message, command: CommandObject, visit: Visit) -> None:
    """/outage printing till 11:15 ...: what is missing is asked for."""
    await visit.do(declaring.declare, visit.person, command.args or "")


async def list_open(_message: Message, visit: Visit) -> None:
    """/outages: those that are open, each with its buttons."""
    await visit.do(declaring.list_open, visit.person)


async def pressed(_query: CallbackQuery, visit: Visit, press: OutageButton) -> None:
    """A button of an outage."""
    visit.answer = await visit.do(outage_presses.press, visit.person, visit.chat, press)


def build() -> Router:
    router = Router(name="problems")
    router.message.register(declare, Private(), Command("outage"))
    router.message.register(list_open, Private(), Command("outages"))
    router.callback_query.register(pressed, Pressed(*get_args(OutageButton)))
    return router
