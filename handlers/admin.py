"""Doors of those who look after the desk: groups bound to its names, scenarios reloaded and rolled back, figures."""

from __future__ import annotations

import asyncio

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.reports import scenario_figures
from bot.selfservice import learning
from bot.teamdesk import groups, scenario_versions
from handlers.filters import AtHome, Begins, Command, InGroup, Pressed, Private
from handlers.visit import Visit


async def bind(message: Message, command: CommandObject, visit: Visit) -> None:
    """/bind NAME in a group: the group is that team's chat, or the supervisors', from now on."""
    place = groups.Group(message.chat.id, is_forum=bool(message.chat.is_forum))
    await visit.do(groups.bind, visit.person, place, (command.args or "").strip())


async def figures(message: Message, command: CommandObject, visit: Visit) -> None:
    """/figures for all scenarios; /figures printer for the picture of one (a table where nothing draws)."""
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


async def decided(_query: CallbackQuery, visit: Visit, action: str, numbers: list[int]) -> None:
    """A message of the weekly digest becomes a phrase, or does not; the router knows it at once."""
    visit.answer = await visit.do(learning.decide, visit.person, visit.chat, action, numbers)
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


async def roll_back(query: CallbackQuery, visit: Visit) -> None:
    """Yes: the former file is judged, played and written into its place."""
    hash_ = (query.data or "").removeprefix(scenario_versions.BACK)
    line = await visit.files.roll_back(visit.person, hash_)
    await visit.do(scenario_versions.answered, visit.person, hash_, line)


async def keep(query: CallbackQuery, visit: Visit) -> None:
    """No: everything stays as it is."""
    hash_ = (query.data or "").removeprefix(scenario_versions.KEEP)
    await visit.do(scenario_versions.answered, visit.person, hash_, None)


def build() -> Router:
    router = Router(name="admin")
    for command, door in (("reload", reload), ("versions", list_versions), ("rollback", ask_to_roll_back)):
        router.message.register(door, Command(command), Private())
    router.callback_query.register(decided, Pressed("l", *learning.DECISIONS))
    router.callback_query.register(roll_back, AtHome(), Begins(scenario_versions.BACK))
    router.callback_query.register(keep, AtHome(), Begins(scenario_versions.KEEP))
    router.message.register(bind, Command("bind"), InGroup())
    router.message.register(figures, Command("figures"), Private())
    return router
