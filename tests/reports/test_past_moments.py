"""Moments as exports write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.reports.past.moments import NotAMoment, Order, moment

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "order", "wall"),
    [
        ("2026-03-04 05:06:07", "iso", "2026-03-04T05:06:07+03:00"),
        ("2026-03-04T05:06:07Z", "iso", "2026-03-04T05:06:07+00:00"),
        ("2026-03-04T05:06:07.123+0500", "iso", "2026-03-04T05:06:07+05:00"),
        ("2026-03-04", "iso", "2026-03-04T00:00:00+03:00"),
        ("04.03.2026 5:06", "day-first", "2026-03-04T05:06:00+03:00"),
        ("4/3/2026 05:06", "day-first", "2026-03-04T05:06:00+03:00"),
        ("29/2/2024 23:59", "day-first", "2024-02-29T23:59:00+03:00"),
        ("03/04/2026 5:06 PM", "month-first", "2026-03-04T17:06:00+03:00"),
        ("3/4/26 12:06 AM", "month-first", "2026-03-04T00:06:00+03:00"),
        ("2026-03-04 05:06", "day-first", "2026-03-04T05:06:00+03:00"),
        ("46085.5", "excel", "2026-03-04T12:00:00+03:00"),
        ("46085,25", "day-first", "2026-03-04T06:00:00+03:00"),
        ("1772590000", "epoch", "2026-03-04T02:06:40+00:00"),
        ("1772590000123", "epoch", "2026-03-04T02:06:40+00:00"),
    ],
)
def test_a_moment_is_read_in_the_order_of_the_map(text: str, order: Order, wall: str) -> None:
    assert datetime.fromtimestamp(moment(text, order, MOSCOW), UTC) == datetime.fromisoformat(wall)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("04.03.2026", "iso"),
        ("13/13/2026", "day-first"),
        ("30/02/2026", "day-first"),
        ("25/12/2026", "month-first"),
        ("2026-03-04 25:00", "iso"),
        ("13:00 PM 4/3/2026", "day-first"),
        ("4/3/2026 13:00 PM", "day-first"),
        ("yesterday", "iso"),
        ("0", "iso"),
        ("0000-00-00 00:00:00", "iso"),
        ("1899-12-30", "iso"),
    ],
)
def test_what_is_no_moment_is_refused_and_never_guessed(text: str, order: Order) -> None:
    with pytest.raises(NotAMoment):
        moment(text, order, MOSCOW)
