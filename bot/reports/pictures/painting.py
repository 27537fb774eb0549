"""Paints plots: `python -m bot.reports.pictures.painting` reads an order as JSON and writes the PNG files as JSON.

No other module imports this one, so that only this process loads the drawing library. Colours differ in lightness too,
so that grey keeps them apart.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from bot.reports.pictures.plots import (
    ORDER,
    PICTURES,
    BarChart,
    ColumnChart,
    CurveChart,
    HeatMap,
    Plot,
    Theme,
    Tone,
)

WIDTH, HEIGHT, DPI = 5.4, 5.0, 200  # inches; 1080 pixels wide
LETTERS = 12  # points: as large as a phone's own small print
SMALL = LETTERS - 2
TITLE, NAME = 40, 17  # characters of a line
ROOM = 0.036  # of a bar's length, for a letter beside it
FEW = 4  # bars of a lower picture


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
    on_ramp: str  # of letters where the ramp ends

    def tone(self, name: Tone) -> str:
        return {"main": self.main, "light": self.light, "bad": self.bad, "faint": self.faint}[name]


PALETTES: dict[Theme, Palette] = {
    "light": Palette("#ffffff", "#1b1f24", "#d5d9de", "#1f5fa8", "#9cc3ea", "#d9573b", "Blues", "#ffffff"),
    "dark": Palette("#17212b", "#f2f4f6", "#3b4855", "#7fbdf7", "#35628c", "#ff9276", "cividis", "#000000"),
}


def main() -> None:
    order = ORDER.validate_json(sys.stdin.buffer.read())
    made = [painted(plot, PALETTES[order.theme]) for plot in order.plots]
    files = [_below(made)] if order.is_one else [_png(one) for one in made]
    sys.stdout.buffer.write(PICTURES.dump_json(files))


def painted(plot: Plot, theme: Palette) -> Figure:
    match plot:
        case ColumnChart():
            return _columns(plot, theme)
        case BarChart():
            return _rows(plot, theme)
        case HeatMap():
            return _week(plot, theme)
        case CurveChart():
            return _curve(plot, theme)


def _columns(plot: ColumnChart, theme: Palette) -> Figure:
    made, axes = _figure(theme, plot.title)
    places = range(len(plot.bars))
    drawn = axes.bar(places, [one.value for one in plot.bars], width=0.72, edgecolor=theme.paper)
    for at, (bar, one) in enumerate(zip(drawn, plot.bars, strict=True)):
        bar.set_facecolor(theme.tone(one.tone))
        bar.set_hatch("//" if one.tone == "bad" else "")
        _above(axes, one.words, (at, one.value), theme)
    if plot.goal is not None:
        axes.axhline(plot.goal, color=theme.ink, linewidth=1.2, linestyle="--")
    axes.set_ylim(0, plot.top * 1.12)
    axes.set_yticks([])
    axes.set_xticks(places, [one.name for one in plot.bars], rotation=90 if len(plot.bars) > 6 else 0)
    return made


def _rows(plot: BarChart, theme: Palette) -> Figure:
    made, axes = _figure(theme, plot.title, HEIGHT * 0.8 if len(plot.bars) <= FEW else HEIGHT)
    places = range(len(plot.bars))
    drawn = axes.barh(places, [one.value for one in plot.bars], height=0.7, edgecolor=theme.paper)
    for bar, one in zip(drawn, plot.bars, strict=True):
        bar.set_facecolor(theme.tone(one.tone))
        bar.set_hatch("//" if one.tone == "bad" else "")
    lost = [one.lost for one in plot.bars]
    if any(lost):
        axes.barh(places, lost, height=0.7, color=theme.bad, edgecolor=theme.paper, hatch="//")
    longest = max((one.value for one in plot.bars), default=1.0) or 1.0
    axes.set_xlim(0, longest * (1.15 + max((len(one.words) for one in plot.bars), default=0) * ROOM))
    for at, one in enumerate(plot.bars):
        _beside(axes, one.words, (one.value, at), theme)
    axes.set_yticks(places, [_wrapped(one.name, NAME) for one in plot.bars])
    axes.set_xticks([])
    return made


def _week(plot: HeatMap, theme: Palette) -> Figure:
    grid = np.asarray(plot.counts)
    made, axes = _figure(theme, plot.title)
    axes.pcolormesh(grid.T, cmap=theme.ramp, edgecolors=theme.paper, linewidth=1)
    axes.set_ylim(24, 0)
    axes.set_xticks([day + 0.5 for day in range(7)], plot.days)
    axes.set_yticks([hour + 0.5 for hour in range(0, 24, 3)], [f"{hour:02}" for hour in range(0, 24, 3)])
    for day, hour in zip(*np.nonzero(grid >= 0.9 * grid.max()), strict=True):
        place = (float(day) + 0.5, float(hour) + 0.5)
        count = str(grid[day, hour])
        axes.annotate(count, place, ha="center", va="center", color=theme.on_ramp, fontsize=SMALL - 1)
    return made


def _curve(plot: CurveChart, theme: Palette) -> Figure:
    made, axes = _figure(theme, plot.title, HEIGHT * 0.85)
    places, values = range(len(plot.bars)), [one.value for one in plot.bars]
    axes.plot(values, places, color=theme.main, linewidth=2.5, marker="o", markersize=9)
    for at, one in enumerate(plot.bars):
        _beside(axes, one.words, (one.value, at), theme)
    axes.set_yticks(places, [one.name for one in plot.bars])
    axes.set_ylim(max(1, len(plot.bars)) - 0.5, -0.5)
    axes.set_xlim(0, (max(values, default=1.0) or 1.0) * 1.9)
    axes.set_xticks([])
    axes.grid(axis="y", color=theme.faint, linewidth=0.8)
    return made


def _above(axes: Axes, words: str, place: tuple[float, float], theme: Palette) -> None:
    """Words over a bar, on paper of their own, so that no line goes through them."""
    paper = {"facecolor": theme.paper, "edgecolor": "none", "pad": 1}
    axes.annotate(
        words,
        place,
        (0, 3),
        textcoords="offset points",
        ha="center",
        color=theme.ink,
        fontsize=SMALL,
        bbox=paper,
        zorder=5,
    )


def _beside(axes: Axes, words: str, place: tuple[float, float], theme: Palette) -> None:
    """Words to the right of a value, on paper of their own, so that no line goes through them."""
    paper = {"facecolor": theme.paper, "edgecolor": "none", "pad": 1}
    axes.annotate(
        words,
        place,
        (8, 0),
        textcoords="offset points",
        va="center",
        color=theme.ink,
        fontsize=SMALL,
        bbox=paper,
    )


def _figure(theme: Palette, title: str, height: float = HEIGHT) -> tuple[Figure, Axes]:
    """An empty picture with its title."""
    made = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=theme.paper, layout="constrained")
    axes = made.add_subplot()
    made.suptitle(
        _wrapped(title, TITLE), x=0.02, ha="left", color=theme.ink, fontsize=LETTERS + 2, fontweight="bold"
    )
    axes.set_facecolor(theme.paper)
    axes.tick_params(colors=theme.ink, labelsize=LETTERS - 1, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return made, axes


def _png(made: Figure) -> bytes:
    file = io.BytesIO()
    FigureCanvasAgg(made)
    made.savefig(file, format="png", facecolor=made.get_facecolor())
    return file.getvalue()


def _below(made: Sequence[Figure]) -> bytes:
    """Several pictures in one file, one below the other."""
    file = io.BytesIO()
    imsave(file, np.vstack([_pixels(one) for one in made]), format="png")
    return file.getvalue()


def _pixels(made: Figure) -> npt.NDArray[np.uint8]:
    size = round(made.get_figwidth() * DPI), round(made.get_figheight() * DPI)
    file = io.BytesIO()
    FigureCanvasAgg(made)
    made.savefig(file, format="rgba", facecolor=made.get_facecolor())
    return np.frombuffer(file.getvalue(), np.uint8).reshape(size[1], size[0], 4)


def _wrapped(words: str, most: int) -> str:
    """Words in lines of about so many characters, three lines at most."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    kept = lines[:3]
    return "\n".join([*kept[:-1], kept[-1] + ("…" if len(lines) > 3 else "")])


if __name__ == "__main__":
    main()
