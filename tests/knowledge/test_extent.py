"""What words say of who is hit and how pressing it is, on a set written before the code (tests/conversations/sets/scope.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.extent import Extent, Pressure, Scope, read

SETS = Path(__file__).parents[1] / "conversations" / "sets"
RIGHT = 44  # of 45, each of the two


def test_scope_and_urgency_are_read_from_words() -> None:
    entries: list[dict[str, Any]] = yaml.safe_load((SETS / "scope.yaml").read_text("utf-8"))
    found = [(entry, read(entry["text"])) for entry in entries]
    assert sum(one.scope == entry["scope"] for entry, one in found) >= RIGHT
    assert sum(one.pressure == entry["urgency"] for entry, one in found) >= RIGHT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "у всех работает, только у меня нет",
        "not urgent, but everyone else is fine",
        "принтер на 3 этаже пуст",
        "3rd floor room 312",
        "second floor, room 205: the monitor is dark",
        "3 этаж каб 312",
        "3rd floor printer prints nothing",
    ],
)
def test_what_only_sounds_like_it_says_nothing(text: str) -> None:
    assert not read(text).says_something


def test_the_greater_of_two_words_counts() -> None:
    one, other = Extent(Scope.PLACE), Extent(Scope.SEVERAL, Pressure.SOON)
    assert one.beyond(other) == other.beyond(one) == Extent(Scope.PLACE, Pressure.SOON)


@pytest.mark.parametrize(
    "text", ["третий этаж сидит без сети", "4th floor has no internet", "2nd floor is down"]
)
def test_a_floor_that_has_the_trouble_is_a_place(text: str) -> None:
    assert read(text).scope is Scope.PLACE


@pytest.mark.parametrize(
    "text",
    [
        "3rd floor room 312",
        "3rd floor room 312 the printer is dead",
        "3 этаж кабинет 312, принтер не печатает",
    ],
)
def test_a_room_on_a_floor_is_not_the_whole_floor(text: str) -> None:
    assert read(text).scope is Scope.ONE


def test_a_floor_that_does_something_is_the_floor() -> None:
    assert read("3rd floor has no internet").scope is Scope.PLACE
