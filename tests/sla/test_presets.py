"""presets/: a desk.yaml of another size, which the shipped scenarios and articles fit as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.check import uncovered
from bot.app.files import open_files
from bot.sla.check import load_desk
from tests.sla.test_coverage import NOW, STAFF

ROOT = Path(__file__).parents[2]
PRESETS = sorted((ROOT / "presets").glob("*.yaml"))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda file: file.stem)
def test_a_preset_fits_the_shipped_scenarios_and_articles(preset: Path) -> None:
    opened = open_files(preset, ROOT / "scenarios.yaml", ROOT / "knowledge_base")
    assert opened.complaints == []
    shipped, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
    assert opened.desk is not None
    assert shipped is not None
    assert set(opened.desk.categories) == set(shipped.categories)


def test_the_small_desk_is_one_team_that_promises_nothing_for_the_night() -> None:
    text = (ROOT / "presets" / "small.yaml").read_text("utf-8")
    desk, _ = load_desk("desk.yaml", text)
    assert desk is not None
    assert list(desk.teams) == ["helpdesk"]
    assert uncovered("desk.yaml", text, STAFF, NOW) == []
    assert desk.rule_for("P1", "incident", "security").usual_calendar == "office"
