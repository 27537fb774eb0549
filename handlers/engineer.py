"""Doors of the team's chat: buttons of a ticket's card, words in its topic, the queue."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.tickets import desk_verbs
from handlers.filters import InTeamChat, Pressed
from handlers.reading import incoming
from handlers.visit import Visit


async def pressed(_query: CallbackQuery, visit: Visit, action: str, numbers: list[int]) -> None:
    """Claim, ask, resolve."""
    visit.answer = await visit.do(
        desk_verbs.press, visit.house.desk, action, numbers, visit.person, visit.chat, visit.now
    )


async def queue(_message: Message, visit: Visit) -> None:
    """/queue: what the team has in work."""
    await visit.do(desk_verbs.show_queue, visit.person, visit.chat, visit.now)


async def done(message: Message, command: CommandObject, visit: Visit) -> None:
    """/done and what helped: resolves the ticket of this topic with a word to the employee."""
    await visit.do(
        desk_verbs.resolve_here,
        visit.house.desk,
        visit.person,
        visit.chat,
        incoming(message),
        command.args or "",
    )


async def wrote(message: Message, visit: Visit) -> None:
    """A word in a ticket's topic: inside by default, to the employee when it answers their words or the card."""
    await visit.do(desk_verbs.wrote, visit.house.desk, visit.person, visit.chat, incoming(message), visit.now)


def build() -> Router:
    router = Router(name="engineer")
    router.callback_query.register(pressed, Pressed("t", "claim", "ask", "resolve"))
    router.message.register(queue, Command("queue"), InTeamChat())
    router.message.register(done, Command("done"), InTeamChat())
    router.message.register(wrote, InTeamChat(), ~F.text.startswith("/"))
    return router
