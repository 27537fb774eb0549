"""Doors of the teams' and the supervisors' chats: a ticket's buttons, words in its topic, corrections."""

from __future__ import annotations

from typing import get_args

from aiogram import Router
from aiogram.filters import or_f
from aiogram.types import CallbackQuery, InlineQuery, Message

from bot.conversation import edits
from bot.teamdesk import guides, inline, menu_presses, presses
from bot.teamdesk.board import own_desk
from handlers.filters import AtHome, InTeamChat, Pressed, Private
from handlers.reading import incoming
from handlers.visit import Visit


async def pressed(query: CallbackQuery, visit: Visit, press: presses.CardButton) -> None:
    """A button of a ticket's card or alert."""
    shown = query.message.message_id if query.message is not None else None
    visit.answer = await visit.do(presses.press_on, press, visit.person, visit.chat, shown)


async def opened(_query: CallbackQuery, visit: Visit, press: menu_presses.Opening) -> None:
    """A button that opens a menu below a ticket's card."""
    visit.answer = await visit.do(menu_presses.open_menu, press, visit.person, visit.chat)


async def chose(_query: CallbackQuery, visit: Visit, press: menu_presses.Choice) -> None:
    """A button of such a menu."""
    visit.answer = await visit.do(menu_presses.choose, press, visit.person, visit.chat)


async def outdated(_query: CallbackQuery, visit: Visit, press: menu_presses.Former) -> None:
    """A button of version 0.1 that carries a place in a list."""
    visit.answer = await visit.do(menu_presses.show_present, press, visit.person, visit.chat)


async def guided(_query: CallbackQuery, visit: Visit, press: guides.GuideButton) -> None:
    """The instructions that fit a ticket, and sending one to the employee."""
    visit.answer = await visit.do(guides.press, press, visit.person, visit.chat)


async def at_desk(_query: CallbackQuery, visit: Visit, press: own_desk.DeskButton) -> None:
    """A button of the engineer's own desk."""
    visit.answer = await visit.do(own_desk.press, press, visit.person)


async def looked_up(query: InlineQuery, visit: Visit) -> None:
    """@bot vpn, typed in any chat: articles for an engineer, an empty list for all others."""
    visit.found = inline.answer(visit.config, visit.person, query.query, query.chat_type)


async def wrote(message: Message, visit: Visit) -> None:
    """A word in a ticket's topic: inside by default, to the employee when it answers their words or the card."""
    await visit.do(presses.wrote, visit.person, visit.chat, incoming(message))


async def edited(message: Message, visit: Visit) -> None:
    """A word in a topic was corrected: so is its copy, if it has one. Without a date of the edit nobody edited it: a reaction
    makes such an update too (tdlib/telegram-bot-api#388)."""
    if message.edit_date is None:
        return
    await visit.do(edits.edited, visit.person, visit.chat or "", incoming(message))


def build() -> Router:
    router = Router(name="engineer")
    router.callback_query.register(pressed, Pressed(*get_args(presses.CardButton)))
    router.callback_query.register(opened, Pressed(*get_args(menu_presses.Opening)))
    router.callback_query.register(chose, Pressed(*get_args(menu_presses.Choice)))
    router.callback_query.register(outdated, Pressed(*get_args(menu_presses.Former)))
    router.callback_query.register(guided, Pressed(*get_args(guides.GuideButton)))
    router.callback_query.register(at_desk, AtHome(), Pressed(*get_args(own_desk.DeskButton)))
    router.inline_query.register(looked_up)
    router.message.register(wrote, InTeamChat())
    router.edited_message.register(edited, or_f(InTeamChat(), Private()))
    return router
