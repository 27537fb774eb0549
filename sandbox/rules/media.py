"""Photos, documents, voice and other media: their objects in messages, and which kinds an album may mix."""

from typing import Any

from sandbox.core.files import SEND_LIMIT, Files, StoredFile, Upload, check_photo
from sandbox.core.refusals import refuse
from sandbox.core.world import Json

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
ALONE = {"document": "document", "audio": "audio"}  # in an album only with the same kind
IN_ALBUM = ("photo", "video", "document", "audio")


def media(files: Files, kind: str, given: Any, shape: Json) -> Json:
    """The media object of a message, from an upload or a file_id. Raises ApiError."""
    if not given:
        raise refuse("no_file", kind=kind.replace("_", " "))
    if isinstance(given, Upload):
        if not given.data:
            raise refuse("file_empty")
        if len(given.data) > SEND_LIMIT:
            raise refuse("upload_big")
        if kind == "photo":
            return photo(files, given)
        return described(files.keep(kind, given), kind, shape)
    stored = files.by_id(str(given))
    if stored is None:
        raise refuse("file_url" if "://" in str(given) else "file_id")
    if stored.kind != kind:
        raise refuse("file_type")
    return {"photo": sizes(stored)} if kind == "photo" else described(stored, kind, shape)


def photo(files: Files, upload: Upload) -> Json:
    width, height = check_photo(upload.data)
    return {"photo": sizes(files.keep("photo", upload, width, height))}


def sizes(stored: StoredFile) -> list[Json]:
    """PhotoSize list, smallest first. The sandbox does not scale: both sizes name the same bytes."""
    full = {**_file(stored), "width": stored.width, "height": stored.height}
    if max(stored.width, stored.height) <= THUMB:
        return [full]
    ratio = THUMB / max(stored.width, stored.height)
    small = {"width": max(1, round(stored.width * ratio)), "height": max(1, round(stored.height * ratio))}
    return [{**full, "file_unique_id": f"{stored.unique_id}s", **small}, full]


def _file(stored: StoredFile) -> Json:
    return {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}


def described(stored: StoredFile, kind: str, shape: Json) -> Json:
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
    if kind != "animation":
        return {kind: about}
    return {kind: about, "document": {name: value for name, value in about.items() if name not in NUMBERS}}


def media_kind(content: Json) -> str:
    return next(kind for kind in ("animation", "photo", *SHAPES) if kind in content)


def check_album(kinds: list[str]) -> None:
    """Photos and videos mix; documents and audio do not."""
    if any(kind not in IN_ALBUM for kind in kinds) or len({ALONE.get(kind, "picture") for kind in kinds}) > 1:
        raise refuse("album_mix")
