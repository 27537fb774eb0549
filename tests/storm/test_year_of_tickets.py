"""The figures of 100,000 tickets against pandas: the long form of tests/reports/test_against_pandas.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sla.policy import Desk
from tests.reports.test_against_pandas import compare, of_a_year
from tests.undone import shipped

__all__ = ["shipped"]
TICKETS = 100_000


def test_every_measure_of_a_large_year_is_what_pandas_says(
    tmp_path: Path, shipped: Desk, at_length: bool
) -> None:
    if not at_length:
        pytest.skip("100,000 tickets: make storm; tests/reports compares a year of 5,000")
    compare(*of_a_year(tmp_path / "year.db", shipped, TICKETS))
