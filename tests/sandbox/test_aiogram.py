"""The library of the product against the sandbox, by polling and by webhook."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from sandbox.core.files import plain_picture
from tests.sandbox.conftest import ANNA, FORUM, OLEG, TOKEN, Client

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Взять", callback_data="claim", style="success")],
        [InlineKeyboardButton(text="Код", copy_text=CopyTextButton(text="0x80"))],
    ]
)


def conversation() -> Dispatcher:
    """Greets, asks, and says what was pressed."""
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer("<b>Кто возьмёт?</b>", reply_markup=KEYS, parse_mode=ParseMode.HTML)

    @dispatcher.callback_query(F.data == "claim")
    async def claim(query: CallbackQuery) -> None:
        await query.answer("Ваша")
        if query.message is None or isinstance(query.message, InaccessibleMessage):
            return
        await query.message.edit_text(f"Взял {query.from_user.first_name}")

    return dispatcher


@pytest.fixture
async def library(desk: Client) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(desk.root)))
    yield bot
    await bot.session.close()


async def talk(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="/start")
    asked = await desk.last_text(ANNA, "Кто возьмёт?")
    assert asked["reply_markup"]["inline_keyboard"][0][0]["style"] == "success"
    answer = await desk.sim("press", sender=ANNA, message_id=asked["message_id"], button="Взять")
    assert answer["text"] == "Ваша"
    assert "reply_markup" not in await desk.last_text(ANNA, "Взял Анна")


async def test_a_whole_conversation_by_polling(desk: Client, library: Bot) -> None:
    dispatcher = conversation()
    task = asyncio.create_task(
        dispatcher.start_polling(library, handle_signals=False, close_bot_session=False)
    )
    await talk(desk)
    await dispatcher.stop_polling()
    await task


async def test_a_whole_conversation_by_webhook(desk: Client, library: Bot) -> None:
    app = web.Application()
    SimpleRequestHandler(conversation(), library, secret_token="s").register(app, path="/hook")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await library.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s")
    await talk(desk)
    await library.delete_webhook()
    await runner.cleanup()


async def test_its_models_read_everything_the_product_uses(desk: Client, library: Bot) -> None:
    assert (await library.me()).username == "firstline_sandbox_bot"
    topic = await library.create_forum_topic(FORUM, "1042 принтер")
    thread = topic.message_thread_id
    card = await library.send_message(
        FORUM,
        'Ответить до <tg-time unix="1795417200" format="t">10:00</tg-time>\n<blockquote expandable>пробовали</blockquote>',
        message_thread_id=thread,
        parse_mode=ParseMode.HTML,
        reply_markup=KEYS,
    )
    assert [one.type for one in card.entities or []] == ["date_time", "expandable_blockquote"]
    photo = await library.send_photo(
        FORUM, BufferedInputFile(plain_picture(), "x.png"), message_thread_id=thread
    )
    assert photo.photo is not None
    assert await library.download(photo.photo[-1].file_id) is not None
    reply = await library.send_message(ANNA, "x", reply_parameters=None)
    assert await library.set_message_reaction(ANNA, reply.message_id, [ReactionTypeEmoji(emoji="👌")])
    quoted = ReplyParameters(message_id=reply.message_id, quote="x")
    assert (await library.send_message(ANNA, "y", reply_parameters=quoted)).quote is not None
    assert await library.edit_message_reply_markup(
        chat_id=FORUM, message_id=card.message_id, reply_markup=None
    )
    assert (await library.copy_message(ANNA, FORUM, photo.message_id)).message_id
    assert await library.close_forum_topic(FORUM, thread)
    assert (await library.get_chat_member(FORUM, OLEG)).status == "creator"
    hint = await library.send_message(FORUM, "только вам", receiver_user_id=OLEG)
    assert hint.ephemeral_message_id == 1
    assert hint.receiver_user is not None


async def test_refusals_become_its_own_exceptions(desk: Client, library: Bot) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation with a user"):
        await library.send_message(OLEG, "x")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await library.send_message(FORUM, "x", message_thread_id=1)
    await desk.sim("flood", group_per_minute=1)
    await library.send_message(FORUM, "x")
    with pytest.raises(TelegramRetryAfter) as caught:
        await library.send_message(FORUM, "y")
    assert 50 < caught.value.retry_after <= 60
