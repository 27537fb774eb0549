"""The reference: the smallest aiogram bot that copies between people and topics of a team's chat. It stores nothing."""

from __future__ import annotations

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from benchmarks.stage import TEAM

topics: dict[int, int] = {}  # of each person
people: dict[int, int] = {}  # of each topic


async def relay(message: Message, bot: Bot) -> None:
    """To the topic of its author, or to the person of its topic."""
    if message.text is None:
        return
    if message.chat.id == TEAM:
        await message.copy_to(people[message.message_thread_id or 0])
        return
    if message.chat.id not in topics:
        opened = await bot.create_forum_topic(TEAM, message.chat.full_name)
        topics[message.chat.id] = opened.message_thread_id
        people[opened.message_thread_id] = message.chat.id
    await message.copy_to(TEAM, message_thread_id=topics[message.chat.id])


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_ROOT"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher()
    dispatcher.message.register(relay)
    await dispatcher.start_polling(bot)


asyncio.run(main())
