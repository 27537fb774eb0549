"""The Russian production calendar as shipped: the year's sums, and the days a naive rule gets wrong."""

from datetime import date

import pytest

from bot.sla.calendar import Calendar, Spec, compiled
from bot.sla.production import production
from bot.sla.windows import window
from bot.sla.zones import instant

RU = production("ru")
FORTY_HOURS = tuple((window("09:00-17:00"),) if day < 5 else () for day in range(7))


def office(year: int) -> Calendar:
    """A forty-hour week in Moscow: eight hours a day, Monday to Friday."""
    return compiled(Spec("norm", "Europe/Moscow", FORTY_HOURS, date(year, 1, 1), date(year, 12, 31), RU))


@pytest.mark.parametrize("year", range(RU.first.year, RU.last.year + 1))
def test_every_shipped_year_has_247_working_days_and_1972_hours(year: int) -> None:
    found = office(year)
    assert len(found.opens) == 247
    assert found.totals[-1] == 1972 * 3600


@pytest.mark.parametrize(
    "day",
    [
        "2025-03-07",
        "2025-04-30",
        "2025-06-11",
        "2025-11-01",
        "2026-04-30",
        "2026-05-08",
        "2026-06-11",
        "2026-11-03",
        "2027-02-20",
        "2027-04-30",
        "2027-06-11",
        "2027-11-03",
    ],
)
def test_the_eve_of_a_public_holiday_is_an_hour_shorter_even_on_a_working_saturday(day: str) -> None:
    when = date.fromisoformat(day)
    found = office(when.year)
    assert found.elapsed(instant(when, 0, found.zone), instant(when, 1440, found.zone)) == 7 * 3600
    assert found.is_open(instant(when, 15 * 60 + 59, found.zone))
    assert not found.is_open(instant(when, 16 * 60, found.zone))


@pytest.mark.parametrize("day", ["2025-05-02", "2025-12-31", "2026-01-09", "2026-03-09", "2027-02-22"])
def test_a_moved_day_off_is_no_working_day(day: str) -> None:
    when = date.fromisoformat(day)
    found = office(when.year)
    assert found.elapsed(instant(when, 0, found.zone), instant(when, 1440, found.zone)) == 0


def test_an_unknown_table_is_no_table() -> None:
    with pytest.raises(KeyError):
        production("utopia")
