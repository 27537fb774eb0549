"""sendPhoto and similar methods, sendMediaGroup."""

from typing import Any

from sandbox.api.deliver import caption_content, deliver
from sandbox.api.table import CAPTIONED, SENDING, Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import FILE, FLAG, INT, JSON, TEXT, Args, Spec, attached
from sandbox.core.world import Json, Message
from sandbox.rules.gates import allowed_kind, open_thread, writable_chat
from sandbox.rules.media import NUMBERS, SHAPES, check_album, media, media_kind
from sandbox.rules.posting import post
from sandbox.rules.replies import place

METHODS = Methods()


def _sender(name: str, kind: str, captioned: bool) -> None:
    fields: Spec = {**SENDING, kind: FILE, "has_spoiler": FLAG, "thumbnail": FILE}
    fields |= {field: INT if field in NUMBERS else TEXT for field in SHAPES.get(kind, ())}
    if captioned:
        fields |= CAPTIONED

    @METHODS.add(name, _fields=fields)
    def send(box: Box, args: Args) -> Message:
        content = caption_content(box.world, args)
        content |= media(box.files, kind, args.get(kind), args)
        if args.get("has_spoiler"):
            content["has_media_spoiler"] = True
        return deliver(box, args, content)


for _name, _kind, _captioned in (
    ("sendPhoto", "photo", True),
    ("sendDocument", "document", True),
    ("sendVideo", "video", True),
    ("sendAnimation", "animation", True),
    ("sendAudio", "audio", True),
    ("sendVoice", "voice", True),
    ("sendVideoNote", "video_note", False),
    ("sendSticker", "sticker", False),
):
    _sender(_name, _kind, _captioned)


def input_media(box: Box, given: Any, uploads: Json) -> Json:
    """Content from one InputMedia object."""
    if not isinstance(given, dict) or "type" not in given:
        raise refuse("media_bad", why='Can\'t find field "type"')
    kind = given["type"]
    if kind != "photo" and kind not in SHAPES:
        raise refuse("media_bad", why="Unsupported type specified")
    if not given.get("media"):
        raise refuse("media_bad", why='Can\'t find field "media"')
    content = caption_content(box.world, given)
    content |= media(box.files, kind, attached(str(given["media"]), uploads), given)
    if given.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


@METHODS.add("sendMediaGroup", _sending=SENDING, media=JSON)
def send_media_group(box: Box, args: Args) -> list[Json]:
    given = args.get("media")
    if not isinstance(given, list):
        raise refuse("json_field", field="media")
    if len(given) < 2:
        raise refuse("album_small")
    if len(given) > 10:
        raise refuse("album_big")
    contents = [input_media(box, one, args.uploads) for one in given]
    check_album([media_kind(content) for content in contents])
    chat = writable_chat(box.world, args)
    for content in contents:
        allowed_kind(box.world, chat, content)
    thread, reply = place(box.world, chat, args)
    open_thread(box.world, chat, thread)
    box.flood.spend(chat, len(contents))
    together: Json = {"media_group_id": box.world.new_album()}
    if args.get("protect_content"):
        together["has_protected_content"] = True
    bot = box.world.bot
    sent = [
        post(box, chat, bot, box.world.bot_id, {**together, **content}, thread=thread, reply=reply)
        for content in contents
    ]
    return [message.picture() for message in sent]
