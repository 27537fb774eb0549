"""The bands in words/bands.yaml follow the authored phrases: after a change run `python -m benchmarks.bands`."""

from __future__ import annotations

import pytest

from benchmarks import bands
from bot.knowledge.words import words


def test_the_bands_in_the_file_are_those_that_the_phrases_ask_for() -> None:
    """Within .05: which phrases are left out follows their order in the files, and moves the bands by that much."""
    asked = bands.computed()
    assert words("bands") == pytest.approx({"auto": asked.auto, "ask": asked.ask}, abs=0.05)
