"""What all pictures share: size, colours, letters. Colours differ in lightness too, so that grey keeps them apart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

WIDTH, HEIGHT, DPI = 5.4, 5.0, 200  # inches; 1080 pixels wide
LETTERS = 12  # points: as large as a phone's own small print
TITLE = 40  # characters of a title's line
_PAINTING = Lock()  # matplotlib's caches of fonts are not safe in several threads


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme, as matplotlib reads them."""

    paper: str
    ink: str
    faint: str
    main: str
    light: str
    bad: str
    ramp: str


THEMES = {
    "light": Palette("#ffffff", "#1b1f24", "#d5d9de", "#1f5fa8", "#9cc3ea", "#d9573b", "Blues"),
    "dark": Palette("#17212b", "#f2f4f6", "#3b4855", "#7fbdf7", "#35628c", "#ff9276", "cividis"),
}


def figure(theme: Palette, title: str, height: float = HEIGHT) -> tuple[Figure, Axes]:
    """An empty picture with its title."""
    made = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=theme.paper, layout="constrained")
    axes = made.add_subplot()
    made.suptitle(
        wrapped(title, TITLE), x=0.02, ha="left", color=theme.ink, fontsize=LETTERS + 2, fontweight="bold"
    )
    axes.set_facecolor(theme.paper)
    axes.tick_params(colors=theme.ink, labelsize=LETTERS - 1, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return made, axes


def png(made: Figure) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    with _PAINTING:
        FigureCanvasAgg(made)
        made.savefig(file, format="png", facecolor=made.get_facecolor())
    return file.getvalue()


def below(made: Sequence[Figure]) -> bytes:
    """Several pictures in one file, one below the other."""
    if not made:
        return b""
    file = io.BytesIO()
    with _PAINTING:
        imsave(file, np.vstack([_pixels(one) for one in made]), format="png")
    return file.getvalue()


def _pixels(made: Figure) -> npt.NDArray[np.uint8]:
    size = round(made.get_figwidth() * DPI), round(made.get_figheight() * DPI)
    file = io.BytesIO()
    FigureCanvasAgg(made)
    made.savefig(file, format="rgba", facecolor=made.get_facecolor())
    return np.frombuffer(file.getvalue(), np.uint8).reshape(size[1], size[0], 4)


def wrapped(words: str, most: int = 17) -> str:
    """Words in lines of about so many characters, three lines at most."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    kept = lines[:3]
    return "\n".join([*kept[:-1], kept[-1] + ("…" if len(lines) > 3 else "")])
