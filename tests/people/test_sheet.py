"""Cells of a CSV file are complete, each with its place."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.sheet import rows


def cells(text: str) -> list[list[str]]:
    complaints: list = []
    found = [[cell.text for cell in row] for row in rows("people.csv", text, complaints)]
    assert not complaints
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\r\n1;2,5\r\n", [["a", "b"], ["1", "2,5"]]),
        ("\ufeffa,b\n", [["a", "b"]]),
        ('a,b\n"Иванова, Анна", x \n', [["a", "b"], ["Иванова, Анна", "x"]]),
        ('a,b\n"ООО ""Ромашка""",\n', [["a", "b"], ['ООО "Ромашка"', ""]]),
        ("a,b\n\n , \n1,\n", [["a", "b"], ["1", ""]]),
        ("a\n1\n", [["a"], ["1"]]),
    ],
)
def test_rows_are_cut_into_cells(text: str, expected: list[list[str]]) -> None:
    assert cells(text) == expected


def test_every_cell_knows_its_column() -> None:
    (row,) = rows("people.csv", 'E1, "Анна";x,,последняя\n', [])
    assert [(cell.text, cell.mark.column) for cell in row] == [
        ("E1", 1),
        ("Анна", 5),
        ("", 14),
        ("последняя", 15),
    ]


def test_an_open_quote_is_told_at_its_place_and_the_next_line_is_read() -> None:
    complaints: list = []
    found = list(rows("people.csv", 'a,b\n1,"2\n3,4\n', complaints))
    assert [(complaint.code, tuple(complaint.mark)) for complaint in complaints] == [("E616", (2, 3))]
    assert [cell.text for cell in found[-1]] == ["3", "4"]


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), max_size=8), min_size=2, max_size=6))
def test_whatever_a_spreadsheet_writes_is_read_back(values: list[str]) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["x"] * len(values))
    csv.writer(written).writerow(["x", *values[1:]])
    assert cells(written.getvalue())[1] == ["x", *values[1:]]
