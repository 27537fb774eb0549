"""The reference: the smallest aiogram bot that edits a message and answers a press. It stores nothing."""

from __future__ import annotations

import asyncio
import os
from itertools import count

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

taps = count(1)


def keyboard(number: int) -> InlineKeyboardMarkup:
    """One button, with the tap's number in its data, so that the presser sees that it was answered."""
    button = InlineKeyboardButton(text="tap", callback_data=f"tap|{number}")
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


async def begun(message: Message) -> None:
    await message.answer("tap 0", reply_markup=keyboard(0))


async def tapped(query: CallbackQuery) -> None:
    number = next(taps)
    if isinstance(query.message, Message):
        await query.message.edit_text(f"tap {number}", reply_markup=keyboard(number))
    await query.answer()


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_ROOT"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher()
    dispatcher.message.register(begun)
    dispatcher.callback_query.register(tapped)
    await dispatcher.start_polling(bot)


asyncio.run(main())
