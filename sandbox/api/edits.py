"""editMessage... and deleteMessage(s)."""

from sandbox.api.deliver import caption_content, text_content
from sandbox.api.media import input_media
from sandbox.api.table import CAPTIONED, TEXTUAL, Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, INT, JSON, TEXT, Args
from sandbox.core.world import Json, Message
from sandbox.rules.gates import message_ids, message_of, writable_chat
from sandbox.rules.keyboards import read_markup
from sandbox.rules.media import SHAPES
from sandbox.rules.posting import removed, show

METHODS = Methods()

EDIT = {"chat_id": CHAT, "message_id": INT, "inline_message_id": TEXT, "reply_markup": JSON}
TEXT_PARTS = ("text", "entities", "link_preview_options")
CAPTION_PARTS = ("caption", "caption_entities", "show_caption_above_media")
MEDIA_PARTS = ("photo", "has_media_spoiler", *SHAPES)
DELETABLE = 48 * 3600  # virtual seconds


def _own(box: Box, args: Args) -> Message:
    """A message of the bot that can be edited."""
    if args.get("inline_message_id"):
        raise refuse("not_implemented", what="editing inline messages")
    chat = writable_chat(box.world, args)
    message = message_of(chat, args.get("message_id"), "edit_unknown")
    if message.by != box.world.bot_id or message.service or message.markup is not None:
        raise refuse("not_editable")
    if "forward_origin" in message.body:
        raise refuse("not_editable")
    return message


def _change(box: Box, args: Args, message: Message, content: Json, drop: tuple[str, ...]) -> Message:
    """Replace the parts `drop` by `content`; a keyboard that is not given again disappears."""
    markup = read_markup(args.get("reply_markup"), inline_only=True)
    old = message.body
    body = {
        name: value
        for name, value in old.items()
        if name not in drop and name not in ("reply_markup", "edit_date")
    }
    body |= content
    if markup is not None:
        body["reply_markup"] = markup
    edited = old.get("edit_date")
    if body == {name: value for name, value in old.items() if name != "edit_date"}:
        raise refuse("not_modified")
    box.flood.spend(message.chat, edit=True)
    if content or drop:
        edited = box.clock.date()
    if edited is not None:
        body["edit_date"] = edited
    message.body = body
    show(box.events, message)
    return message


@METHODS.add("editMessageText", _edit=EDIT, _text=TEXTUAL)
def edit_message_text(box: Box, args: Args) -> Message:
    content = text_content(box.world, args)
    message = _own(box, args)
    if "text" not in message.body:
        raise refuse("no_text")
    return _change(box, args, message, content, TEXT_PARTS)


@METHODS.add("editMessageCaption", _edit=EDIT, _caption=CAPTIONED)
def edit_message_caption(box: Box, args: Args) -> Message:
    content = caption_content(box.world, args)
    message = _own(box, args)
    if not any(kind in message.body for kind in MEDIA_PARTS):
        raise refuse("no_caption")
    return _change(box, args, message, content, CAPTION_PARTS)


@METHODS.add("editMessageMedia", _edit=EDIT, media=JSON)
def edit_message_media(box: Box, args: Args) -> Message:
    content = input_media(box, args.get("media"), args.uploads)
    message = _own(box, args)
    if not any(kind in message.body for kind in MEDIA_PARTS) and "text" not in message.body:
        raise refuse("no_media")
    return _change(box, args, message, content, (*TEXT_PARTS, *CAPTION_PARTS, *MEDIA_PARTS))


@METHODS.add("editMessageReplyMarkup", _edit=EDIT)
def edit_message_reply_markup(box: Box, args: Args) -> Message:
    return _change(box, args, _own(box, args), {}, ())


def _check_deletable(box: Box, message: Message) -> None:
    chat, body = message.chat, message.body
    if "forum_topic_created" in body or "supergroup_chat_created" in body:
        raise refuse("not_deletable")
    may = box.world.bot_may(chat, "can_delete_messages")
    if not chat.private and message.by != box.world.bot_id and not may:
        raise refuse("not_deletable")
    if box.clock.date() - body["date"] >= DELETABLE and not may:
        raise refuse("not_deletable_all")


@METHODS.add("deleteMessage", chat_id=CHAT, message_id=INT)
def delete_message(box: Box, args: Args) -> bool:
    chat = writable_chat(box.world, args)
    message = message_of(chat, args.get("message_id", 0), "delete_unknown")
    _check_deletable(box, message)
    removed(box.events, message)
    return True


@METHODS.add("deleteMessages", chat_id=CHAT, message_ids=JSON)
def delete_messages(box: Box, args: Args) -> bool:
    numbers = message_ids(args.get("message_ids"))
    chat = writable_chat(box.world, args)
    found = [chat.messages[number] for number in numbers if number in chat.messages]
    present = [message for message in found if not message.deleted]
    for message in present:
        _check_deletable(box, message)
    for message in present:
        removed(box.events, message)
    return True
