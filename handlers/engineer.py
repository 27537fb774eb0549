"""Doors of the teams' and the supervisors' chats: a ticket's buttons, words in its topic, commands, corrections."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject, or_f
from aiogram.types import CallbackQuery, Message

from bot.conversation import edits
from bot.teamdesk import commands, guides, presses
from handlers.filters import Command, InOurGroup, InTeamChat, NoCommand, Pressed, Private
from handlers.reading import incoming
from handlers.visit import Visit


async def pressed(_query: CallbackQuery, visit: Visit, action: str, numbers: list[int]) -> None:
    """A button of a ticket's card or of a menu below it."""
    visit.answer = await visit.do(presses.press, action, numbers, visit.person, visit.chat)


async def guided(_query: CallbackQuery, visit: Visit, action: str, numbers: list[int]) -> None:
    """The instructions that fit a ticket, and sending one to the employee."""
    visit.answer = await visit.do(guides.press, visit.person, visit.chat, action, numbers)


async def typed(message: Message, command: CommandObject, visit: Visit) -> None:
    """A command: /done, /to, /prio ... about the ticket of this topic, /queue and /find about all of them."""
    await visit.do(
        commands.run, visit.person, visit.chat or "", incoming(message), command.command, command.args or ""
    )


async def mistyped(message: Message, visit: Visit) -> None:
    """A command that nobody has, unless it names another bot."""
    name = (message.text or "").split()[0].removeprefix("/")
    if "@" not in name:
        await visit.do(commands.mistyped, visit.chat or "", incoming(message), name)


async def wrote(message: Message, visit: Visit) -> None:
    """A word in a ticket's topic: inside by default, to the employee when it answers their words or the card."""
    await visit.do(presses.wrote, visit.person, visit.chat, incoming(message))


async def edited(message: Message, visit: Visit) -> None:
    """A word in a topic was corrected: so is its copy, if it has one."""
    await visit.do(edits.edited, visit.person, visit.chat or "", incoming(message))


def build() -> Router:
    router = Router(name="engineer")
    router.callback_query.register(pressed, Pressed("t", *presses.PRESSES))
    router.callback_query.register(guided, Pressed("k", *guides.PRESSES))
    router.message.register(typed, Command(*commands.IN_TOPIC, *commands.ANYWHERE), InOurGroup())
    router.message.register(typed, Command(*commands.IN_TOPIC, *commands.ANYWHERE), Private())
    router.message.register(wrote, InTeamChat(), NoCommand())
    router.message.register(mistyped, InTeamChat())
    router.edited_message.register(edited, or_f(InTeamChat(), Private()))
    return router
