"""Draws a chart: `python -m bot.scenarios.library.painting png` reads it as JSON and writes the picture.

No other module imports this one, so that only this process loads the drawing library.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import cycle
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Circle, FancyBboxPatch, Polygon

from bot.scenarios.library.chart import MARGIN, WIDTH, Chart, Placed, Point, Tile, Way, placed, stacks

DPI = 100
FINER = 1.5  # drawn pixels per laid out pixel
PAPER, INK, PALE, FRAME, GREEN = "#ffffff", "#1f2933", "#6b7785", "#aab4c0", "#1b7f4b"
COLOURS = (
    *("#2f6fde", "#d9722b", "#2f9e62", "#b5419c", "#c23b3b", "#7a5cc9"),
    *("#1f9aa8", "#8d7a1e", "#5f6b78", "#e39b00", "#8c4a2f", "#4b57b8"),
)
PAD, LEAD = 12.0, 1.28  # pixels around the text of a box; line height as a share of the font size
ARROW = 7.0  # pixels
DOT = 6.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a box, already wrapped. `dot` is the colour of the step that this edge leads to."""

    words: str
    size: float  # pixels
    colour: str = INK
    bold: bool = False
    dot: str | None = None
    indent: float = 0.0


def main() -> None:
    sys.stdout.buffer.write(painted(_chart(json.load(sys.stdin)), sys.argv[1]))


def painted(chart: Chart, form: str) -> bytes:
    """The chart as "png" or "svg"."""
    targets = dict.fromkeys(way.target for box in chart.boxes for way in box.ways if way.target)
    colours = dict(zip(targets, cycle(COLOURS), strict=False))
    words = {box.key: list(_words(box, colours)) for box in chart.boxes}
    heights = {key: sum(line.size * LEAD for line in lines) + 2 * PAD for key, lines in words.items()}
    title = Text(_readable(chart.title), 30, bold=True)
    piled = {stack[0].key: stack for stack in stacks(chart.boxes)}
    whole = [replace(stack[0], ways=stack[-1].ways) for stack in piled.values()]
    high = {key: sum(heights[box.key] for box in stack) for key, stack in piled.items()}
    plan = placed(whole, high, MARGIN + title.size)
    figure = Figure(figsize=(plan.width / DPI, plan.height / DPI), dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, plan.width)
    axes.set_ylim(plan.height, 0)
    axes.set_axis_off()
    _write(axes, (MARGIN, MARGIN * 0.7), title)
    _draw_arrows(axes, plan, colours)
    for key, stack in piled.items():
        x, y = plan.corners[key]
        for box in stack:
            _draw_box(axes, (x, y), heights[box.key], box.lost, words[box.key])
            y += heights[box.key]
    into = BytesIO()
    canvas = FigureCanvasSVG(figure) if form == "svg" else FigureCanvasAgg(figure)
    canvas.print_figure(into, format=form, dpi=DPI if form == "svg" else DPI * FINER, facecolor=PAPER)
    return into.getvalue()


def _chart(plain: Mapping[str, Any]) -> Chart:
    boxes = [Tile(**{**box, "ways": [Way(**way) for way in box["ways"]]}) for box in plain["boxes"]]
    return Chart(plain["title"], boxes)


def _words(box: Tile, colours: Mapping[str, str]) -> Iterator[Text]:
    yield from _lines(Text(box.head, 15, PALE))
    yield from _lines(Text(box.text, 20))
    yield from _lines(Text(box.figures, 19, bold=True))
    for way in box.ways:
        if way.end:
            yield from _lines(Text(f"{way.label} → {way.end}".strip(), 18, GREEN, indent=18))
        elif way.label:
            yield from _lines(Text(way.label, 18, dot=colours[way.target], indent=18))


def _lines(text: Text) -> Iterator[Text]:
    """The text wrapped to the width of a box, its dot before the first line."""
    room, line, dot = WIDTH - 2 * PAD - text.indent, "", text.dot
    for word in _readable(text.words).replace(" %", "\u00a0%").split(" "):
        longer = f"{line} {word}".strip()
        if line and _width(longer, text) > room:
            yield _with(text, line, dot)
            line, dot = word, None
        else:
            line = longer
    if line:
        yield _with(text, line, dot)


def _with(text: Text, words: str, dot: str | None) -> Text:
    while _width(words, text) > WIDTH - 2 * PAD - text.indent:
        words = words.removesuffix("…")[:-1] + "…"
    return Text(words, text.size, text.colour, text.bold, dot, text.indent)


def _readable(words: str) -> str:
    """Without the characters that the font lacks, such as most emoji."""
    known = get_font(findfont(FontProperties())).get_charmap()
    return "".join(letter for letter in words if ord(letter) in known or letter.isspace())


def _width(words: str, text: Text) -> float:
    font = get_font(findfont(_font(text)))
    font.set_size(text.size * 72 / DPI, DPI)
    font.set_text(words)
    return font.get_width_height()[0] / 64  # the font counts in fractions of a pixel


def _font(text: Text) -> FontProperties:
    return FontProperties(size=text.size * 72 / DPI, weight="bold" if text.bold else "normal")


def _write(axes: Axes, at: Point, text: Text) -> None:
    axes.text(
        at[0] + text.indent,
        at[1],
        text.words,
        color=text.colour,
        fontproperties=_font(text),
        va="top",
        parse_math=False,
    )


def _draw_box(axes: Axes, corner: Point, height: float, lost: float, lines: Iterable[Text]) -> None:
    x, y = corner
    fill = hsv_to_rgb((0.02, 0.55 * lost, 1.0)) if lost else "#f5f7fa"
    style = "round,pad=0,rounding_size=10"
    axes.add_patch(FancyBboxPatch(corner, WIDTH, height, style, facecolor=fill, edgecolor=FRAME, zorder=3))
    y += PAD
    for line in lines:
        if line.dot is not None:
            axes.add_patch(Circle((x + PAD + DOT, y + line.size * 0.55), DOT, color=line.dot, zorder=4))
        _write(axes, (x + PAD, y), line)
        y += line.size * LEAD


def _draw_arrows(axes: Axes, plan: Placed, colours: Mapping[str, str]) -> None:
    for way, points in plan.arrows:
        colour, (x, y) = colours[way.target], points[-1]
        axes.plot(
            *zip(*points, strict=True),
            color=colour,
            linewidth=(1 + way.width) * 72 / DPI,
            solid_joinstyle="round",
            zorder=1,
        )
        axes.add_patch(
            Polygon(
                [(x, y), (x - ARROW, y - 1.6 * ARROW), (x + ARROW, y - 1.6 * ARROW)], color=colour, zorder=2
            )
        )


if __name__ == "__main__":
    main()
