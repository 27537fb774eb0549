"""Lengths of time as authors write them."""

import pytest

from bot.sla import units
from bot.sla.units import BareDay, Length, NotALength


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", Length(90)),
        ("30m", Length(1800)),
        ("4h", Length(14400)),
        ("1bd", Length(0, 1)),
        ("1h30m", Length(5400)),
        ("2bd 1h 5s", Length(3605, 2)),
        ("0m", Length(0)),
    ],
)
def test_a_length_is_whole_numbers_with_units(text: str, meant: Length) -> None:
    assert units.length(text) == meant


@pytest.mark.parametrize("text", ["", "4", "h", "1.5h", "-1h", "4 hours", "1w", "1h,30m", "٤h", "4h\n"])
def test_anything_else_is_no_length(text: str) -> None:
    with pytest.raises(NotALength):
        units.length(text)


@pytest.mark.parametrize("text", ["2d", "1 day", "3 days", "2д", "1 день", "1h 2d"])
def test_a_bare_day_is_refused_because_days_differ(text: str) -> None:
    with pytest.raises(BareDay):
        units.length(text)


def test_a_working_day_is_as_long_as_its_calendar_says() -> None:
    assert units.length("2bd 1h").within(8 * 3600) == 17 * 3600
    with pytest.raises(NotALength):
        units.plain("1bd")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 h", "2h"),
        (" 4H ", "4h"),
        ("30min", "30m"),
        ("1 bd 2 hours", "1bd2h"),
        ("soon", None),
        ("2d", None),
    ],
)
def test_what_was_nearly_a_length_is_offered_as_one(text: str, meant: str | None) -> None:
    assert units.nearest(text) == meant
