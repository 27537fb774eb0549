"""Doors of those who look after the desk: groups bound to its names, scenarios reloaded and rolled back, figures."""

from __future__ import annotations

import asyncio
from typing import get_args

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.reports import scenario_figures
from bot.selfservice import learning
from bot.selfservice.learning import LessonButton
from bot.teamdesk import groups, scenario_versions
from bot.telegram.buttons import KeepVersion, RollBack
from handlers.filters import AtHome, Command, InGroup, Pressed, Private
from handlers.visit import Visit


async def bind(message: Message, command: CommandObject, visit: Visit) -> None:
    """/bind NAME in a group: the group is that team's chat, or the supervisors', from now on."""
    place = groups.TelegramGroup(message.chat.id, is_forum=bool(message.chat.is_forum))
    await visit.do(groups.bind, visit.person, place, (command.args or "").strip())


async def figures(message: Message, command: CommandObject, visit: Visit) -> None:
    """/figures for all scenarios; /figures printer for the picture of one (a table when it cannot be drawn)."""
    scenario = (command.args or "").strip()
    person = visit.person
    drawn = await visit.units.read(scenario_figures.source, person, scenario) if scenario else None
    name = await asyncio.to_thread(scenario_figures.paint, drawn) if drawn is not None else None
    if name is not None:
        await visit.do(scenario_figures.show, person, scenario, name)
    elif drawn is not None:
        await visit.do(scenario_figures.in_words, person, scenario)
    else:
        await visit.do(scenario_figures.overview, person, scenario)


async def decided(_query: CallbackQuery, visit: Visit, press: LessonButton) -> None:
    """A message of the weekly digest becomes a phrase, or does not; the router knows it at once."""
    visit.answer = await visit.do(learning.decide, visit.person, visit.chat, press)
    if visit.answer == learning.LEARNT:
        await visit.files.relearn()


async def reload(_message: Message, visit: Visit) -> None:
    """/reload: look at scenarios.yaml now, and say what came of it."""
    line = await visit.files.reload(visit.person)
    await visit.do(scenario_versions.tell, visit.person, line)


async def list_versions(_message: Message, visit: Visit) -> None:
    """/versions: the scenario files that were good."""
    await visit.do(scenario_versions.overview, visit.person)


async def ask_to_roll_back(_message: Message, command: CommandObject, visit: Visit) -> None:
    """/rollback, /rollback 3fa29c1b: ask before a former file is put back."""
    wanted = (command.args or "").strip()
    await visit.do(scenario_versions.offer, visit.person, wanted)


async def roll_back(_query: CallbackQuery, visit: Visit, press: RollBack) -> None:
    """Yes: the former file is judged, played and written into its place."""
    line = await visit.files.roll_back(visit.person, press.version)
    await visit.do(scenario_versions.answered, visit.person, press.version, line)


async def keep(_query: CallbackQuery, visit: Visit, press: KeepVersion) -> None:
    """No: everything stays as it is."""
    await visit.do(scenario_versions.answered, visit.person, press.version, None)


def build() -> Router:
    router = Router(name="admin")
    for command, door in (("reload", reload), ("versions", list_versions), ("rollback", ask_to_roll_back)):
        router.message.register(door, Command(command), Private())
    router.callback_query.register(decided, Pressed(*get_args(LessonButton)))
    router.callback_query.register(roll_back, AtHome(), Pressed(RollBack))
    router.callback_query.register(keep, AtHome(), Pressed(KeepVersion))
    router.message.register(bind, Command("bind"), InGroup())
    router.message.register(figures, Command("figures"), Private())
    return router
