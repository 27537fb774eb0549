"""Photos, documents, voice and the rest; albums."""

from typing import TYPE_CHECKING, Any

from bot.sandbox.api.deliver import caption_content, deliver
from bot.sandbox.files import SEND_LIMIT, Stored, Upload, check_photo
from bot.sandbox.gates import allowed_kind, open_thread, writable_chat
from bot.sandbox.posting import post
from bot.sandbox.refusals import refuse
from bot.sandbox.replies import place
from bot.sandbox.table import CAPTIONED, SENDING, method
from bot.sandbox.wire import FILE, FLAG, INT, JSON, TEXT, Args, Spec, attached
from bot.sandbox.world import Json, Message

if TYPE_CHECKING:
    from bot.sandbox.box import Box

THUMB = 320
SHAPES: dict[str, tuple[str, ...]] = {
    "document": (),
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "voice": ("duration",),
    "audio": ("duration", "performer", "title"),
    "video_note": ("length", "duration"),
    "sticker": ("width", "height", "emoji"),
}
NUMBERS = ("width", "height", "duration", "length")
DEFAULTS = {"width": 640, "height": 480, "duration": 1, "length": 240}
NAMED = ("document", "video", "animation", "audio")  # these show a file name
ALONE = {"document": "document", "audio": "audio"}  # in an album only with their like
IN_ALBUM = ("photo", "video", "document", "audio")


def media(box: "Box", kind: str, given: Any, shape: Json) -> Json:
    """The media object of a message, from an upload or a file_id. Raises Refused."""
    if not given:
        raise refuse("no_file", kind=kind.replace("_", " "))
    if isinstance(given, Upload):
        if not given.data:
            raise refuse("file_empty")
        if len(given.data) > SEND_LIMIT:
            raise refuse("upload_big")
        if kind == "photo":
            return photo(box, given)
        return described(box.files.keep(kind, given), kind, shape)
    stored = box.files.by_id(str(given))
    if stored is None:
        raise refuse("file_url" if "://" in str(given) else "file_id")
    if stored.kind != kind:
        raise refuse("file_type")
    return {"photo": sizes(stored)} if kind == "photo" else described(stored, kind, shape)


def photo(box: "Box", upload: Upload) -> Json:
    width, height = check_photo(upload.data)
    return {"photo": sizes(box.files.keep("photo", upload, width, height))}


def sizes(stored: Stored) -> list[Json]:
    """PhotoSize list, smallest first. The sandbox does not scale: both sizes name the same bytes."""
    full = {**_file(stored), "width": stored.width, "height": stored.height}
    if max(stored.width, stored.height) <= THUMB:
        return [full]
    ratio = THUMB / max(stored.width, stored.height)
    small = {"width": max(1, round(stored.width * ratio)), "height": max(1, round(stored.height * ratio))}
    return [{**full, "file_unique_id": f"{stored.unique_id}s", **small}, full]


def _file(stored: Stored) -> Json:
    return {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}


def described(stored: Stored, kind: str, shape: Json) -> Json:
    about = _file(stored)
    for field in SHAPES[kind]:
        value = shape.get(field) or DEFAULTS.get(field)
        if value is not None:
            about[field] = int(value) if field in NUMBERS else value
    if kind in NAMED and stored.name:
        about["file_name"] = stored.name
    if kind not in ("video_note", "sticker") and stored.mime:
        about["mime_type"] = stored.mime
    if kind == "sticker":
        about |= {"type": "regular", "is_animated": False, "is_video": False}
    return {kind: about, "document": about} if kind == "animation" else {kind: about}


def _sender(name: str, kind: str, captioned: bool) -> None:
    fields: Spec = {**SENDING, kind: FILE, "has_spoiler": FLAG, "thumbnail": FILE}
    fields |= {field: INT if field in NUMBERS else TEXT for field in SHAPES.get(kind, ())}
    if captioned:
        fields |= CAPTIONED

    @method(name, _fields=fields)
    def send(box: "Box", args: Args) -> Message:
        content = caption_content(box, args)
        content |= media(box, kind, args.get(kind), args)
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


def input_media(box: "Box", given: Any, uploads: Json) -> Json:
    """Content from one InputMedia object."""
    if not isinstance(given, dict) or "type" not in given:
        raise refuse("media_bad", why='Can\'t find field "type"')
    kind = given["type"]
    if kind != "photo" and kind not in SHAPES:
        raise refuse("media_bad", why="Unsupported type specified")
    if not given.get("media"):
        raise refuse("media_bad", why='Can\'t find field "media"')
    content = caption_content(box, given)
    content |= media(box, kind, attached(str(given["media"]), uploads), given)
    if given.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def media_kind(content: Json) -> str:
    return next(kind for kind in ("animation", "photo", *SHAPES) if kind in content)


@method("sendMediaGroup", _sending=SENDING, media=JSON)
def send_media_group(box: "Box", args: Args) -> list[Json]:
    given = args.get("media")
    if not isinstance(given, list):
        raise refuse("json_field", field="media")
    if len(given) < 2:
        raise refuse("album_small")
    if len(given) > 10:
        raise refuse("album_big")
    contents = [input_media(box, one, args.uploads) for one in given]
    check_album([media_kind(content) for content in contents])
    chat = writable_chat(box, args)
    for content in contents:
        allowed_kind(box, chat, content)
    thread, reply = place(box, chat, args)
    open_thread(chat, thread)
    box.flood.spend(chat, len(contents))
    box.albums += 1
    together: Json = {"media_group_id": str(13_000_000_000 + box.albums)}
    if args.get("protect_content"):
        together["has_protected_content"] = True
    bot = box.world.bot
    sent = [
        post(box, chat, bot, box.world.bot_id, {**together, **content}, thread=thread, reply=reply)
        for content in contents
    ]
    return [message.picture() for message in sent]


def check_album(kinds: list[str]) -> None:
    """Photos and videos mix; documents and audio stay among themselves."""
    if any(kind not in IN_ALBUM for kind in kinds) or len({ALONE.get(kind, "picture") for kind in kinds}) > 1:
        raise refuse("album_mix")
