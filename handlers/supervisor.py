"""Doors of the supervisors' chat: the buttons of an alert."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.tickets import desk_verbs
from handlers.filters import Pressed
from handlers.visit import Visit


async def pressed(_query: CallbackQuery, visit: Visit, action: str, numbers: list[int]) -> None:
    """Take control, call the assignee, reassign - and whom to."""
    visit.answer = await visit.do(
        desk_verbs.press, visit.house.desk, action, numbers, visit.person, visit.chat, visit.now
    )


def build() -> Router:
    router = Router(name="supervisor")
    router.callback_query.register(pressed, Pressed("t", "take", "call", "reassign", "assign", "unassign"))
    return router
