"""What every message of the bot goes through: keyboard, chat, topic, reply, limits."""

from typing import Any

from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import Args
from sandbox.core.world import Json, Message, World
from sandbox.rules import entities, ephemeral
from sandbox.rules.gates import allowed_kind, open_thread, writable_chat
from sandbox.rules.keyboards import read_markup
from sandbox.rules.links import link_fault
from sandbox.rules.posting import post
from sandbox.rules.replies import place

PREVIEW_FLAGS = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def deliver(box: Box, args: Args, content: Json) -> Message:
    """Send `content` to the chat of `args`. Raises ApiError."""
    markup = read_markup(args.get("reply_markup"))
    if (receiver := ephemeral.receiver(args)) is not None:
        return ephemeral.deliver(box, args, content, markup, receiver)
    chat = writable_chat(box.world, args)
    allowed_kind(box.world, chat, content)
    thread, reply = place(box.world, chat, args)
    open_thread(box.world, chat, thread)
    box.flood.spend(chat)
    if args.get("protect_content"):
        content["has_protected_content"] = True
    bot = box.world.bot
    return post(box, chat, bot, box.world.bot_id, content, thread=thread, reply=reply, markup=markup)


def text_content(world: World, args: Args) -> Json:
    """The content of a text message from text, parse_mode, entities and link preview options."""
    raw = args.get("text", "")
    if not raw:
        raise refuse("text_empty")
    text, found = entities.formatted(raw, args.get("parse_mode"), args.get("entities"), world.users)
    entities.check_text(text)
    content: Json = {"text": text}
    if found:
        content["entities"] = found
    if preview := _preview(args):
        content["link_preview_options"] = preview
    return content


def caption_content(world: World, args: Json) -> Json:
    """The caption part of a media message."""
    raw = args.get("caption") or ""
    if not raw:
        return {}
    text, found = entities.formatted(
        str(raw), args.get("parse_mode"), args.get("caption_entities"), world.users
    )
    entities.check_caption(text)
    content: Json = {"caption": text} if text else {}
    if text and found:
        content["caption_entities"] = found
    if args.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def _preview(args: Args) -> Json | None:
    given: Any = args.get("link_preview_options")
    if given is None:
        return {"is_disabled": True} if args.get("disable_web_page_preview") else None
    if not isinstance(given, dict):
        raise refuse("json_field", field="link preview options")
    for flag in PREVIEW_FLAGS:
        if given.get(flag) is not None and not isinstance(given[flag], bool):
            raise refuse("field_boolean", field=flag)
    if given.get("url") and link_fault(given["url"]):
        raise refuse("preview_url")
    return {name: value for name, value in given.items() if value not in (None, False, "")} or None
