"""The last door: what no other door knew is answered too, or is no one's business."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.texts.speak import Line
from handlers.visit import Visit


async def unknown_button(_query: CallbackQuery, visit: Visit) -> None:
    """A forged button, or one of a version long gone (T6, T7)."""
    visit.answer = Line("unknown.button", alert=True)


def build() -> Router:
    router = Router(name="fallback")
    router.callback_query.register(unknown_button)
    return router
