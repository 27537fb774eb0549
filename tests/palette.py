"""A screenshot in 256 colours: a third of its size, to keep clones of the repository small."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 256  # of an indexed PNG
COMMON = 160  # the most frequent colours keep their own place; the others share the rest by similarity
Colour = tuple[int, int, int]


def reduce(file: Path) -> None:
    """Rewrite the picture (8 bits a channel, not interlaced: chromium's form) with a palette."""
    pieces = dict(_grouped(file.read_bytes()))
    width, height, _, kind = struct.unpack(">IIBB", pieces[b"IHDR"][:10])
    rows = [_colours(row, {2: 3, 6: 4}[kind]) for row in _rows(pieces, width * {2: 3, 6: 4}[kind], height)]
    counted = Counter(colour for row in rows for colour in row)
    palette = _palette(counted)
    places = {colour: place for place, colour in enumerate(palette)}
    near = {colour: places.get(colour, -1) for colour in counted}
    for colour in (one for one, place in near.items() if place < 0):
        near[colour] = min(range(len(palette)), key=lambda place: _distance(colour, palette[place]))
    lines = b"".join(b"\0" + bytes(near[colour] for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = {b"IHDR": head, b"PLTE": b"".join(bytes(one) for one in palette), b"IDAT": zlib.compress(lines, 9)}
    file.write_bytes(SIGNATURE + b"".join(_chunk(*one) for one in {**body, b"IEND": b""}.items()))


def _palette(counted: Counter[Colour]) -> list[Colour]:
    """The most frequent colours, and of the others the most frequent of each kind."""
    common = [colour for colour, _ in counted.most_common(COMMON)]
    kinds: Counter[Colour] = Counter()
    first: dict[Colour, Colour] = {}
    for colour, count in counted.most_common()[COMMON:]:
        red, green, blue = colour
        kind = (red >> 4, green >> 4, blue >> 4)
        kinds[kind] += count
        first.setdefault(kind, colour)
    return common + [first[kind] for kind, _ in kinds.most_common(MOST - len(common))]


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _grouped(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks by their names, those of one name joined."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        name = data[at + 4 : at + 8]
        found[name] = found.get(name, b"") + data[at + 8 : at + 8 + size]
        at += size + 12
    yield from found.items()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(pieces: dict[bytes, bytes], stride: int, height: int) -> Iterator[bytearray]:
    """The bytes of each row, without the filters of the PNG specification (section 9.2)."""
    raw, above = zlib.decompress(pieces[b"IDAT"]), bytearray(stride)
    wide = stride // struct.unpack(">I", pieces[b"IHDR"][:4])[0]
    for number in range(height):
        start = number * (stride + 1)
        row = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], row, above, wide)
        yield row
        above = row


def _unfilter(kind: int, row: bytearray, above: bytearray, wide: int) -> None:
    for at in range(len(row)) if kind else ():
        left, up = (row[at - wide] if at >= wide else 0), above[at]
        corner = above[at - wide] if at >= wide else 0
        if kind == 4:
            guess = left + up - corner
            add = min((left, up, corner), key=lambda one: abs(guess - one))
        else:
            add = {1: left, 2: up, 3: (left + up) // 2}[kind]
        row[at] = (row[at] + add) & 255


def _colours(row: bytearray, wide: int) -> list[Colour]:
    return [(row[at], row[at + 1], row[at + 2]) for at in range(0, len(row), wide)]
