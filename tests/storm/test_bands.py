"""The bands in words/bands.yaml follow the authored phrases: after a change run `python -m benchmarks.bands`."""

from __future__ import annotations

from benchmarks import bands


def test_the_bands_in_the_file_are_those_that_the_phrases_ask_for() -> None:
    assert bands.FILE.read_text("utf-8").endswith(bands.computed().written())
