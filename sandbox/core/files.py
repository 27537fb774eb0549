"""Files of people and the bot: in memory, named by file_id, downloadable by path."""

import hashlib
import struct
import zlib
from dataclasses import dataclass

from sandbox.core.refusals import refuse
from sandbox.core.world import Json

SEND_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
GET_LIMIT = 20 * 1024 * 1024
FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "video": "videos",
    "video_note": "video_notes",
    "voice": "voice",
    "audio": "music",
    "sticker": "stickers",
    "animation": "animations",
}
ENDINGS = {
    "photo": "jpg",
    "video": "mp4",
    "video_note": "mp4",
    "voice": "oga",
    "sticker": "webp",
    "animation": "mp4",
}


@dataclass(slots=True)
class Upload:
    """A file of a request."""

    name: str
    mime: str
    data: bytes

    def picture(self) -> Json:
        return {"file_name": self.name, "mime_type": self.mime, "size": len(self.data)}


@dataclass(slots=True)
class StoredFile:
    id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    data: bytes
    path: str
    width: int = 0
    height: int = 0


class Files:
    """All files. The same bytes have the same file_unique_id."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, kind: str, upload: Upload, width: int = 0, height: int = 0) -> StoredFile:
        number = len(self._by_id) + 1
        digest = hashlib.sha256(upload.data).hexdigest()
        dot = upload.name.rpartition(".")
        ending = dot[2] if dot[1] and kind in ("document", "audio") else ENDINGS.get(kind, "bin")
        path = f"{FOLDERS.get(kind, 'files')}/file_{number}.{ending}"
        stored = StoredFile(
            f"SB{kind[:2].upper()}{number:08d}{digest[:16]}",
            f"AQ{digest[16:32]}{width or ''}",
            kind,
            upload.name,
            upload.mime,
            upload.data,
            path,
            width,
            height,
        )
        self._by_id[stored.id] = stored
        self._by_path[path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF, WebP or BMP; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    if data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack("<ii", data[18:26])
        return width, abs(height)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if data[12:16] == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def check_photo(data: bytes) -> tuple[int, int]:
    """Width and height of a photo that Telegram would accept. Raises ApiError."""
    if len(data) > PHOTO_LIMIT:
        raise refuse("file_big")
    size = picture_size(data)
    if size is None or 0 in size:
        raise refuse("photo_bad")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise refuse("photo_size")
    return size


def plain_picture(
    width: int = 320, height: int = 240, colour: tuple[int, int, int] = (120, 160, 200)
) -> bytes:
    """A PNG that grows lighter downwards, for photos without data."""
    rows = (bytes(min(255, part + 90 * line // height) for part in colour) * width for line in range(height))
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
