"""The door of an outage's buttons: those of supervisors, and those of everybody who is notified of it; of findings."""

from __future__ import annotations

from typing import get_args

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.reports.advice import weekly
from bot.reports.advice.weekly import FindingButton
from bot.selfservice import outage_presses
from bot.selfservice.outage_presses import OutageButton
from handlers.filters import Pressed
from handlers.visit import Visit


async def pressed(_query: CallbackQuery, visit: Visit, press: OutageButton) -> None:
    """A button of an outage."""
    visit.answer = await visit.do(outage_presses.press, visit.person, visit.chat, press)


async def decided(_query: CallbackQuery, visit: Visit, press: FindingButton) -> None:
    """A button of a finding."""
    visit.answer = await visit.do(weekly.press, visit.person, visit.chat or visit.person.key, press)


def build() -> Router:
    router = Router(name="problems")
    router.callback_query.register(pressed, Pressed(*get_args(OutageButton)))
    router.callback_query.register(decided, Pressed(*get_args(FindingButton)))
    return router
