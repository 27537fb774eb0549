"""docs/performance.md shows the figures that were landed."""

from __future__ import annotations

from benchmarks import landed


def test_the_page_shows_what_was_measured() -> None:
    kept = landed.read().values()
    assert landed.PAGE.read_text("utf-8") == landed.page(landed.PAGE.read_text("utf-8"), kept)
