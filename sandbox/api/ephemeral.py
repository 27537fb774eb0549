"""editEphemeralMessage... and deleteEphemeralMessage."""

from sandbox.api.deliver import caption_content, text_content
from sandbox.api.table import CAPTIONED, TEXTUAL, Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, INT, JSON, Args
from sandbox.core.world import Json, Message
from sandbox.rules import ephemeral
from sandbox.rules.gates import writable_chat
from sandbox.rules.keyboards import read_markup

METHODS = Methods()

NAMED = {"chat_id": CHAT, "receiver_user_id": INT, "ephemeral_message_id": INT}


def _change(box: Box, args: Args, message: Message, content: Json, drop: tuple[str, ...]) -> bool:
    markup = read_markup(args.get("reply_markup"), inline_only=True)
    body = {
        name: value
        for name, value in message.body.items()
        if name not in (*drop, "reply_markup", "edit_date")
    }
    body |= content
    if markup is not None:
        body["reply_markup"] = markup
    if body == {name: value for name, value in message.body.items() if name != "edit_date"}:
        raise refuse("not_modified")
    message.body = body | {"edit_date": box.clock.date()}
    ephemeral.tell(box.events, message)
    return True


@METHODS.add("editEphemeralMessageText", _named=NAMED, _text=TEXTUAL, reply_markup=JSON)
def edit_text(box: Box, args: Args) -> bool:
    content = text_content(box.world, args)
    message = ephemeral.find(writable_chat(box.world, args), args)
    if "text" not in message.body:
        raise refuse("no_text")
    return _change(box, args, message, content, ("text", "entities", "link_preview_options"))


@METHODS.add("editEphemeralMessageCaption", _named=NAMED, _caption=CAPTIONED, reply_markup=JSON)
def edit_caption(box: Box, args: Args) -> bool:
    content = caption_content(box.world, args)
    message = ephemeral.find(writable_chat(box.world, args), args)
    if "text" in message.body:
        raise refuse("no_caption")
    return _change(box, args, message, content, ("caption", "caption_entities", "show_caption_above_media"))


@METHODS.add("editEphemeralMessageReplyMarkup", _named=NAMED, reply_markup=JSON)
def edit_markup(box: Box, args: Args) -> bool:
    return _change(box, args, ephemeral.find(writable_chat(box.world, args), args), {}, ())


@METHODS.add("deleteEphemeralMessage", _named=NAMED)
def delete(box: Box, args: Args) -> bool:
    message = ephemeral.find(writable_chat(box.world, args), args)
    message.deleted = True
    ephemeral.tell(box.events, message)
    return True
