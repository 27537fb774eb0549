"""Quiet hours, and who is mentioned."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.sla.duty import Rota, on_duty
from bot.sla.quiet import quiet_until
from bot.sla.windows import window
from tests.sla.test_clock import OFFICE, at

NIGHT = window("20:00-08:00")
ROTA = Rota(
    date(2026, 11, 23),
    ["oleg", "sveta", "nina"],
    swaps={date(2026, 12, 9): "oleg"},
    absent={"sveta": [(date(2026, 12, 1), date(2026, 12, 2))]},
)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("mon 08:00", None),
        ("mon 19:59", None),
        ("mon 20:00", "tue 08:00"),
        ("tue 03:00", "tue 08:00"),
        ("fri 21:00", "mon+ 08:00"),
        ("sat 12:00", "mon+ 08:00"),
    ],
)
def test_quiet_ends_in_the_morning_of_the_next_working_day(moment: str, until: str | None) -> None:
    expected = None if until is None else at("mon 08:00") + 7 * 86_400 if "+" in until else at(until)
    assert quiet_until(NIGHT, OFFICE, at(moment)) == expected


def test_quiet_within_one_day_ends_that_day() -> None:
    lunch = window("13:00-14:00")
    assert quiet_until(lunch, OFFICE, at("mon 13:30")) == at("mon 14:00")
    assert quiet_until(lunch, OFFICE, at("mon 14:00")) is None


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        ("2026-11-23 09:00", "oleg"),
        ("2026-11-30 08:59", "oleg"),  # the handover is at nine
        ("2026-11-30 09:00", "sveta"),
        ("2026-12-01 12:00", "nina"),  # Sveta is away, the next one takes over
        ("2026-12-03 12:00", "sveta"),
        ("2026-12-08 12:00", "oleg"),  # a swap is for the turn that holds its date
        ("2026-12-14 09:00", "oleg"),
        ("2026-11-22 12:00", "nina"),  # before the start the turns run backwards
    ],
)
def test_turns_last_a_week_and_give_way_to_swaps_and_absence(moment: str, person: str) -> None:
    assert on_duty(ROTA, datetime.fromisoformat(moment)) == person


def test_nobody_present_is_nobody_on_duty() -> None:
    alone = Rota(date(2026, 11, 23), ["oleg"], absent={"oleg": [(date(2026, 11, 23), date(2026, 11, 29))]})
    assert on_duty(alone, datetime(2026, 11, 25, 12)) is None  # noqa: DTZ001  (a wall clock has no zone)
