"""docs/performance.md and its picture show the figures that were landed."""

from __future__ import annotations

from benchmarks import landed


def test_page_and_picture_show_what_was_measured() -> None:
    kept = landed.read().values()
    assert landed.PAGE.read_text("utf-8") == landed.page(landed.PAGE.read_text("utf-8"), kept)
    assert landed.PICTURE.read_text("utf-8") == landed.picture(kept)
