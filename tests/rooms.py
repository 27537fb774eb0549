"""Draws docs/pictures/rooms.svg: which room imports which, from the source. `make rooms`; a test holds it to the code."""

from __future__ import annotations

from pathlib import Path

from tests.laws.stairs import STAIRS, step_of
from tests.source import ROOT, ours, product

PICTURE = Path("docs/pictures/rooms.svg")
CELL, LEFT, TOP, MARGIN = 20, 150, 110, 12
STYLE = """text{font:13px sans-serif;fill:#1f2328}rect.page{fill:#fff}rect.step{fill:#eef2f6}
circle{fill:#0b6bcb}path{stroke:#d0d7de}rect.self{fill:#57606a}"""


def imports() -> set[tuple[str, str]]:
    """(room, room it imports), both on a step of the stairs."""
    found = set()
    for module in product():
        for _, name in module.imports():
            target = ours(name)
            if target is not None and target.room != module.room:
                found.add((module.room, target.room))
    return found


def drawn() -> str:
    """The picture as SVG: a row for each room, highest step first, and a dot under each room that it imports."""
    rooms = [room for step in reversed(STAIRS) for room in sorted(step, reverse=True) if room.isalpha()]
    side = CELL * len(rooms)
    width, height = LEFT + side + MARGIN, TOP + side + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>Rooms and their imports: {len(rooms)} rooms, every dot is to the right of its own square</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
    ]
    parts += [_band(step, rooms) for step in STAIRS if any(room in rooms for room in step)]
    for place, room in enumerate(rooms):
        middle = place * CELL + CELL // 2
        parts.append(f'<path d="M{LEFT} {TOP + middle}h{side}M{LEFT + middle} {TOP}v{side}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{TOP + middle + 4}" text-anchor="end">{room}</text>')
        at = f"{LEFT + middle + 4} {TOP - 8}"
        parts.append(f'<text transform="translate({at}) rotate(-60)">{room}</text>')
        parts.append(
            f'<rect class="self" x="{LEFT + middle - 4}" y="{TOP + middle - 4}" width="8" height="8"/>'
        )
    for room, below in sorted(imports()):
        if room in rooms and below in rooms:
            x, y = (base + rooms.index(one) * CELL + CELL // 2 for base, one in ((LEFT, below), (TOP, room)))
            parts.append(f'<circle cx="{x}" cy="{y}" r="5"><title>{room} imports {below}</title></circle>')
    return "\n".join([*parts, "</svg>", ""])


def _band(step: set[str], rooms: list[str]) -> str:
    """Every second step has a grey background, so that rooms of one step are seen as such."""
    own = [place for place, room in enumerate(rooms) if room in step]
    if step_of(rooms[own[0]]) % 2:
        return ""
    top, size = TOP + own[0] * CELL, len(own) * CELL
    return f'<rect class="step" x="{MARGIN}" y="{top}" width="{LEFT - MARGIN + len(rooms) * CELL}" height="{size}"/>'


if __name__ == "__main__":
    (ROOT / PICTURE).write_text(drawn(), encoding="utf-8")
