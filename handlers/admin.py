"""Doors of administrators: binding a group to one of the desk's names; and Telegram's own news about groups."""

from __future__ import annotations

import asyncio

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.tickets import pictures, rooms
from handlers.visit import Visit


async def bind(message: Message, command: CommandObject, visit: Visit) -> None:
    """/bind NAME in a group: the group is that team's chat, or the supervisors', from now on."""
    place = rooms.Group(message.chat.id, is_forum=bool(message.chat.is_forum))
    await visit.do(rooms.bind, visit.house.desk, visit.person, place, (command.args or "").strip(), visit.now)


async def migrated(message: Message, visit: Visit) -> None:
    """The group became a supergroup: its number changes, our name of it stays."""
    if message.migrate_to_chat_id is not None:
        await visit.do(rooms.migrated, message.chat.id, message.migrate_to_chat_id, visit.now)


async def figures(message: Message, command: CommandObject, visit: Visit) -> None:
    """/figures for all scenarios; /figures printer for the picture of one (a table where nothing draws)."""
    scenario = (command.args or "").strip()
    person, now = visit.person, visit.now
    drawn = await visit.db.read(pictures.source, visit.house, person, scenario, now) if scenario else None
    name = await asyncio.to_thread(pictures.paint, drawn) if drawn is not None else None
    if name is not None:
        await visit.do(pictures.show, person, scenario, name, now)
    elif drawn is not None:
        await visit.do(pictures.in_words, person, scenario, now)
    else:
        await visit.do(pictures.overview, visit.house, person, scenario, now)


def build() -> Router:
    router = Router(name="admin")
    router.message.register(bind, Command("bind"), F.chat.type != "private")
    router.message.register(figures, Command("figures"), F.chat.type == "private")
    router.message.register(migrated, F.migrate_to_chat_id)
    return router
