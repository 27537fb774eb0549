"""The Russian production calendar as shipped: the year's sums, and the days a naive rule gets wrong."""

from datetime import date

import pytest
import yaml

from bot.sla import proposal
from bot.sla.calendar import Calendar, Spec, compiled
from bot.sla.production import Day, from_years, production
from bot.sla.windows import window
from bot.sla.zones import instant

RU = production("ru")
DECREED = {  # where a year's decree differs from the law alone
    2025: "2025-02-24 2025-03-10 2025-05-02 2025-05-08 2025-06-13 2025-11-03 2025-12-31",
    2026: "2026-01-09 2026-12-31",
    2027: "2027-02-22 2027-11-05 2027-12-31",
}
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


@pytest.mark.parametrize("year", range(RU.first.year, RU.last.year + 1))
def test_what_is_proposed_for_a_year_differs_from_the_reviewed_table_only_where_a_decree_does(
    year: int,
) -> None:
    guessed = proposal.proposed(year)
    reviewed = {day: entry for day, entry in RU.days.items() if day.year == year}
    decreed = {
        day for day in {*guessed, *reviewed} if (guessed.get(day) == '"off"') != _is_off(reviewed.get(day))
    }
    assert {day.isoformat() for day in decreed} == set(DECREED[year].split())
    assert all(
        reviewed[day].short for day, entry in guessed.items() if entry != '"off"' and day not in decreed
    )


def test_a_proposal_is_a_year_of_the_table_once_its_decree_is_added() -> None:
    text = "\n".join(proposal.lines(2028))
    [year] = yaml.safe_load(text)
    assert year == 2028
    found = from_years("ru", yaml.safe_load(text))
    assert found.days[date(2028, 2, 22)].short == 60
    assert found.days[date(2028, 1, 3)].off
    assert "working days so far" in text


def _is_off(entry: Day | None) -> bool:
    return entry is not None and entry.off
