"""The contract, checked by a library that is not ours: a bot written with python-telegram-bot.

aiogram is what the product speaks; checking the sandbox with aiogram alone would be a circle.
"""

from collections.abc import AsyncIterator

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, ReplyParameters, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from sandbox.core.files import plain_picture
from tests.sandbox.conftest import ANNA, FORUM, OLEG, TOKEN, Client

Bot = Application  # type: ignore[type-arg]


async def on_start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes")]])
    await update.message.reply_text("<b>Печатает?</b>", parse_mode=ParseMode.HTML, reply_markup=keys)


async def on_press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Записали", show_alert=True)
    await query.edit_message_text(f"Ответ: {query.data}")


async def on_photo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    file = await update.message.photo[-1].get_file()
    data = await file.download_as_bytearray()
    await update.message.reply_text(
        f"{len(data)} байт", reply_parameters=ReplyParameters(update.message.message_id)
    )


@pytest.fixture
async def other(desk: Client) -> AsyncIterator[Bot]:
    app = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(f"{desk.root}/bot")
        .base_file_url(f"{desk.root}/file/bot")
        .build()
    )
    app.add_handler(CommandHandler("start", on_start))
    app.add_handler(CallbackQueryHandler(on_press))
    app.add_handler(MessageHandler(filters.PHOTO, on_photo))
    async with app:
        yield app


@pytest.fixture
async def polling(other: Bot) -> AsyncIterator[Bot]:
    await other.start()
    assert other.updater is not None
    await other.updater.start_polling(poll_interval=0, timeout=5)
    yield other
    await other.updater.stop()
    await other.stop()


async def test_a_whole_conversation_by_polling(desk: Client, polling: Bot) -> None:
    await desk.sim("send", sender=ANNA, text="/start")
    asked = await desk.last_text(ANNA, "Печатает?")
    assert asked["entities"][0]["type"] == "bold"
    answer = await desk.sim("press", sender=ANNA, message_id=asked["message_id"], button="Да")
    assert (answer["answered"], answer["text"], answer["show_alert"]) == (True, "Записали", True)
    assert "reply_markup" not in await desk.last_text(ANNA, "Ответ: yes")
    await desk.sim("send", sender=ANNA, photo={})
    assert "photo" in (await desk.last_text(ANNA, f"{len(plain_picture())} байт"))["reply_to_message"]


async def test_its_own_models_read_everything_the_sandbox_returns(desk: Client, other: Bot) -> None:
    bot = other.bot
    topic = await bot.create_forum_topic(FORUM, "1042")
    message = await bot.send_message(FORUM, "x", message_thread_id=topic.message_thread_id)
    assert (message.is_topic_message, message.reply_to_message.forum_topic_created.name) == (True, "1042")  # type: ignore[union-attr]
    assert (await bot.edit_message_text("y", FORUM, message.message_id)).edit_date is not None  # type: ignore[union-attr]
    assert await bot.set_message_reaction(FORUM, message.message_id, "👌")
    assert await bot.pin_chat_message(FORUM, message.message_id)
    full = await bot.get_chat(FORUM)
    assert (full.is_forum, full.pinned_message.text) == (True, "y")  # type: ignore[union-attr]
    assert (await bot.get_chat_member(FORUM, OLEG)).status == "creator"
    assert len(await bot.get_chat_administrators(FORUM)) == 2
    album = await bot.send_media_group(
        FORUM, [InputMediaPhoto(plain_picture()), InputMediaPhoto(plain_picture(9, 9))]
    )
    assert len({one.media_group_id for one in album}) == 1
    copy = await bot.copy_message(FORUM, FORUM, message.message_id)
    forward = await bot.forward_message(FORUM, FORUM, message.message_id)
    assert forward.forward_origin.sender_user.id == bot.id  # type: ignore[union-attr]
    assert await bot.delete_messages(FORUM, [copy.message_id, forward.message_id])
    for sent in (
        await bot.send_document(FORUM, b"abc", filename="a.txt"),
        await bot.send_voice(FORUM, b"abc"),
        await bot.send_video(FORUM, b"abc"),
        await bot.send_sticker(FORUM, b"abc"),
        await bot.send_contact(FORUM, "+7", "Олег"),
        await bot.send_location(FORUM, 55.7, 37.6),
    ):
        assert sent.effective_attachment is not None
    await bot.set_my_commands([("menu", "Меню")])
    assert (await bot.get_my_commands())[0].command == "menu"
    assert (await bot.get_webhook_info()).url == ""


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_refusals_become_its_own_exceptions(desk: Client, other: Bot) -> None:
    bot = other.bot
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(OLEG, "x")
    with pytest.raises(BadRequest, match="Can't parse entities: unsupported start tag"):
        await bot.send_message(ANNA, "5 < 6", parse_mode=ParseMode.HTML)
    message = await bot.send_message(ANNA, "x")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("x", ANNA, message.message_id)
    await desk.sim("faults", kind="retry_after", seconds=3)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(ANNA, "x")
    assert "Retry in 3" in str(caught.value)
