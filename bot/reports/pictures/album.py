"""Pictures as files of this process, shown as cards; all of them one below the other for the command line."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from bot.config.config import Work
from bot.keys import ReportRef
from bot.reports.pictures.canvas import below, png
from bot.reports.pictures.captions import CAPTIONS
from bot.reports.pictures.charts import CHARTS, Easel
from bot.telegram.card import Drawing, fitted

CAPTION = 1000  # characters under a picture


def paint(easel: Easel, names: Sequence[str] = tuple(CHARTS)) -> list[ReportRef]:
    """Paint these pictures, as far as there is something to see, into files; takes a tenth of a second for each."""
    found = []
    for name in names:
        made = CHARTS[name](easel)
        if made is not None:
            found.append(keep(png(made), CAPTIONS[name](easel), ".png"))
    return found


def keep(content: bytes, caption: str, suffix: str) -> ReportRef:
    """Keep a picture or a sheet with its caption; the key of its card."""
    stem = hashlib.sha256(content + caption.encode()).hexdigest()[:20]
    (_folder() / f"{stem}{suffix}").write_bytes(content)
    (_folder() / f"{stem}.txt").write_text(caption, "utf-8")
    return ReportRef(f"{stem}{suffix}")


def drawing(_work: Work, about: str, _chat: str) -> Drawing | None:
    """The picture or sheet, as long as this process has it."""
    file = _folder() / ReportRef.read(about).name
    if not file.exists():
        return None
    words = fitted(escape(file.with_suffix(".txt").read_text("utf-8")), CAPTION)
    return Drawing(words, photo=file) if file.suffix == ".png" else Drawing(words, document=file)


def poster(easel: Easel) -> bytes:
    """All pictures in one PNG file, one below the other; empty when there is nothing to see."""
    made = [chart(easel) for chart in CHARTS.values()]
    return below([one for one in made if one is not None])


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="firstline-report-"))
