"""Doors of those who look after the desk: what the weekly digest taught, and a former scenario file put back."""

from __future__ import annotations

from typing import get_args

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.accounts import forgetting, proving
from bot.selfservice import learning
from bot.selfservice.learning import LessonButton
from bot.teamdesk import scenario_versions
from bot.telegram.buttons import KeepVersion, RollBack
from handlers.filters import AtHome, Pressed
from handlers.visit import Visit


async def decided(_query: CallbackQuery, visit: Visit, press: LessonButton) -> None:
    """A message of the weekly digest becomes a phrase, or does not; the router knows it at once."""
    visit.answer = await visit.do(learning.decide, visit.person, visit.chat, press)
    if visit.answer == learning.LEARNT:
        await visit.files.relearn()


async def proved(_query: CallbackQuery, visit: Visit, press: proving.AccountButton) -> None:
    """Whose account it is that a user name has let in."""
    visit.answer = await visit.do(proving.press, visit.person, visit.chat, press)


async def erased(_query: CallbackQuery, visit: Visit, press: forgetting.EraseButton) -> None:
    """Whether a person is to be erased."""
    visit.answer = await visit.do(forgetting.decide, visit.person, press)


async def roll_back(_query: CallbackQuery, visit: Visit, press: RollBack) -> None:
    """Yes: the former file is judged, played and written into its place."""
    line = await visit.files.roll_back(visit.person, press.version)
    await visit.do(scenario_versions.answered, visit.person, press.version, line)


async def keep(_query: CallbackQuery, visit: Visit, press: KeepVersion) -> None:
    """No: everything stays as it is."""
    await visit.do(scenario_versions.answered, visit.person, press.version, None)


def build() -> Router:
    router = Router(name="admin")
    router.callback_query.register(decided, Pressed(*get_args(LessonButton)))
    router.callback_query.register(proved, Pressed(*get_args(proving.AccountButton)))
    router.callback_query.register(erased, AtHome(), Pressed(*get_args(forgetting.EraseButton)))
    router.callback_query.register(roll_back, AtHome(), Pressed(RollBack))
    router.callback_query.register(keep, AtHome(), Pressed(KeepVersion))
    return router
