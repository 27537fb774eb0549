"""Seasons of a calendar: other hours on some days of the year, and what authors get wrong about them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.sla.calendar import compiled, spec_of
from bot.sla.windows import window
from bot.sla.zones import instant
from tests.sla.test_calendars import good, one

SUMMER = '{summer: {from: 06-01, to: 08-31, week: {fri: ["09:00-15:00"]}}}'
NINE_TO_SIX, SHORT = (window("09:00-18:00"),), (window("09:00-15:00"),)


def test_a_season_changes_the_days_it_names_and_leaves_the_others() -> None:
    spec = good(seasons=SUMMER)
    assert spec.plan(date(2026, 5, 29)) == NINE_TO_SIX
    assert spec.plan(date(2026, 6, 5)) == SHORT
    assert spec.plan(date(2027, 8, 27)) == SHORT
    assert spec.plan(date(2026, 9, 4)) == NINE_TO_SIX
    assert spec.plan(date(2026, 6, 4)) == NINE_TO_SIX


def test_a_day_off_within_a_season_is_written_as_an_empty_list() -> None:
    spec = good(seasons='{july: {from: 2026-07-01, to: 2026-07-31, week: {fri: [], sat: ["10:00-12:00"]}}}')
    assert spec.plan(date(2026, 7, 3)) == ()
    assert spec.plan(date(2026, 7, 4)) == (window("10:00-12:00"),)
    assert spec.plan(date(2027, 7, 2)) == NINE_TO_SIX


def test_a_season_of_every_year_may_go_over_the_new_year() -> None:
    spec = good(seasons='{frost: {from: 12-15, to: 01-15, week: {mon-fri: ["08:00-20:00"]}}}')
    long = (window("08:00-20:00"),)
    assert [spec.plan(day) for day in (date(2026, 12, 14), date(2026, 12, 15))] == [NINE_TO_SIX, long]
    assert [spec.plan(day) for day in (date(2027, 1, 15), date(2027, 1, 18))] == [long, NINE_TO_SIX]


def test_a_holiday_a_short_day_and_an_override_take_precedence_over_a_season() -> None:
    long = '{winter: {from: 2026-12-01, to: 2027-01-31, week: {mon-fri: ["08:00-20:00"]}}}'
    spec = good(seasons=long, production_calendar="ru", overrides='{2026-12-28: ["10:00-11:00"]}')
    assert spec.plan(date(2026, 12, 28)) == (window("10:00-11:00"),)
    assert spec.plan(date(2027, 1, 4)) == ()
    spec = good(seasons=long.replace("2026-12-01", "2026-11-01"), production_calendar="ru")
    assert spec.plan(date(2026, 11, 3)) == (window("08:00-19:00"),)  # the eve of a holiday, an hour less


def test_a_deadline_over_the_edge_of_a_season_counts_each_day_by_its_own_hours() -> None:
    found = compiled(good(seasons=SUMMER))
    friday = instant(date(2026, 8, 28), 14 * 60, found.zone)
    assert found.local(found.add(friday, 2 * 3600)).isoformat() == "2026-08-31T10:00:00+03:00"
    assert found.day_s == 9 * 3600


def test_a_kept_version_of_a_calendar_with_seasons_counts_as_it_did() -> None:
    spec = good(seasons=SUMMER)
    again = spec_of(spec.name, spec.meant())
    assert again.hash() == spec.hash() != good().hash()
    assert compiled(again).opens == compiled(spec).opens


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('{s: {from: 6-1, to: 08-31, week: {fri: ["09:00-15:00"]}}}', "E370"),
        ('{s: {from: 02-30, to: 08-31, week: {fri: ["09:00-15:00"]}}}', "E370"),
        ('{s: {to: 08-31, week: {fri: ["09:00-15:00"]}}}', "E370"),
        ("[summer]", "E371"),
        ("{s: summer}", "E371"),
        ('{s: {from: 2026-08-31, to: 2026-06-01, week: {fri: ["09:00-15:00"]}}}', "E372"),
        ('{s: {from: 2026-06-01, to: 08-31, week: {fri: ["09:00-15:00"]}}}', "E372"),
        ('{s: {from: 06-01, to: 08-31, weeks: {fri: ["09:00-15:00"]}}}', "E303"),
        ('{s: {from: 06-01, to: 08-31, week: {fri: ["15:00"]}}}', "E307"),
        (
            "{a: {from: 06-01, to: 08-31, week: {fri: []}}, b: {from: 2026-08-31, to: 2026-09-30, week: {mon: []}}}",
            "E373",
        ),
        ('{s: {from: 2046-06-01, to: 2046-08-31, week: {fri: ["09:00-15:00"]}}}', "W370"),
    ],
)
def test_a_season_that_cannot_be_meant_is_reported_at_its_place(written: str, code: str) -> None:
    _, complaints = one(seasons=written)
    assert code in [complaint.code for complaint in complaints]
    assert all(complaint.mark.line == 5 for complaint in complaints)
