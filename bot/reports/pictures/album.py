"""Pictures as files of this process, shown as cards; all of them one below the other for the command line."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from bot.config.config import Work
from bot.drawing import NoPicture, drawn
from bot.keys import ReportRef
from bot.reports.pictures.captions import CAPTIONS
from bot.reports.pictures.charts import CHARTS, Easel
from bot.reports.pictures.plots import ORDER, PICTURES, Order, Plot, Theme
from bot.telegram.card import Drawing, fitted

PAINTER = f"{__package__}.painting"
CAPTION = 1000  # characters under a picture
WORDS = 4000  # characters of a message without one


def paint(easel: Easel, theme: Theme, names: Sequence[str] = tuple(CHARTS)) -> list[ReportRef]:
    """Paint these pictures, as far as there is something to see; takes a second, and a tenth for each."""
    plots = {name: plot for name in names if (plot := CHARTS[name](easel)) is not None}
    return hang(tuple(plots.values()), [CAPTIONS[name](easel) for name in plots], theme)


def hang(plots: Sequence[Plot], captions: Sequence[str], theme: Theme) -> list[ReportRef]:
    """Pictures with their captions; the captions alone when nothing can be drawn here."""
    try:
        made = PICTURES.validate_json(_drawn(Order(tuple(plots), theme))) if plots else []
    except NoPicture:
        return [keep(b"", caption, ".txt") for caption in captions]
    return [keep(content, caption, ".png") for content, caption in zip(made, captions, strict=True)]


def keep(content: bytes, caption: str, suffix: str) -> ReportRef:
    """Keep a picture or a sheet with its caption; the key of its card."""
    stem = hashlib.sha256(content + caption.encode()).hexdigest()[:20]
    (_folder() / f"{stem}{suffix}").write_bytes(content)
    (_folder() / f"{stem}.txt").write_text(caption, "utf-8")
    return ReportRef(f"{stem}{suffix}")


def card(_work: Work, about: str, _chat: str) -> Drawing | None:
    """The card of a report."""
    return drawing(ReportRef.read(about))


def drawing(kept: ReportRef) -> Drawing | None:
    """The picture, sheet or words, as long as this process has them."""
    file = _folder() / kept.name
    if not file.exists():
        return None
    words = escape(file.with_suffix(".txt").read_text("utf-8"))
    if file.suffix == ".txt":
        return Drawing(fitted(words, WORDS))
    words = fitted(words, CAPTION)
    return Drawing(words, photo=file) if file.suffix == ".png" else Drawing(words, document=file)


def poster(plots: Sequence[Plot], theme: Theme) -> bytes:
    """Plots in one PNG file, one below the other; empty when there is nothing to see. Raises NoPicture."""
    if not plots:
        return b""
    return PICTURES.validate_json(_drawn(Order(tuple(plots), theme, is_one=True)))[0]


def everything(easel: Easel) -> list[Plot]:
    """All plots, as far as there is something to see."""
    return [plot for chart in CHARTS.values() if (plot := chart(easel)) is not None]


def _drawn(order: Order) -> bytes:
    return drawn(PAINTER, ORDER.dump_json(order).decode())


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="firstline-report-"))
