"""Doors of those who look after the desk: what the weekly digest taught, and a former scenario file put back."""

from __future__ import annotations

from contextlib import suppress
from typing import get_args

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.accounts import forgetting, proving
from bot.selfservice import learning
from bot.selfservice.learning import LessonButton
from bot.teamdesk import chosen_groups, scenario_versions
from bot.telegram.api import Refused
from bot.telegram.buttons import KeepVersion, RollBack
from handlers.filters import AtHome, GroupChosen, Pressed, Private
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


async def group_chosen(message: Message, visit: Visit) -> None:
    """An administrator chose a group by a button of /bind."""
    choice, seen = message.chat_shared, None
    if choice is None:
        return
    with suppress(Refused):  # what it refuses to show is found out at the first ticket
        seen = await visit.ask_rights(choice.chat_id)
    group = chosen_groups.of_choice(choice.chat_id, seen)
    await visit.do(chosen_groups.chosen, visit.person, choice.request_id, group)


def build() -> Router:
    router = Router(name="admin")
    router.message.register(group_chosen, Private(), GroupChosen())
    router.callback_query.register(decided, Pressed(*get_args(LessonButton)))
    router.callback_query.register(proved, Pressed(*get_args(proving.AccountButton)))
    router.callback_query.register(erased, AtHome(), Pressed(*get_args(forgetting.EraseButton)))
    router.callback_query.register(roll_back, AtHome(), Pressed(RollBack))
    router.callback_query.register(keep, AtHome(), Pressed(KeepVersion))
    return router
