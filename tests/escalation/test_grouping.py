"""How many messages a chat gets: a few singly, more as one list, the highest priority always singly."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.sla.policy import Desk
from tests.escalation.company import alerts_of, at, drawn, opened, outgoing, ring, send_all, shipped_with

MONDAY = at("2026-11-23 10:00")
HOUR = 3600
BREACH = MONDAY + HOUR


def cards(tx: Connection, chat: str = "supervisors") -> list[str]:
    return [row.card for row in outgoing(tx, chat) if row.card in ("alert", "reminder", "burst")]


def test_the_first_few_of_a_kind_are_told_at_once(tx: Connection, shipped: Desk) -> None:
    for _ in range(3):
        opened(tx, shipped, MONDAY)
    ring(tx, shipped, BREACH)
    assert cards(tx) == ["alert"] * 3


def test_more_of_a_kind_gather_for_half_a_minute_into_one_list(tx: Connection, shipped: Desk) -> None:
    for _ in range(4):
        opened(tx, shipped, MONDAY)
    opened(tx, shipped, MONDAY + 20)
    ring(tx, shipped, BREACH)
    ring(tx, shipped, BREACH + 20)
    assert cards(tx) == []
    ring(tx, shipped, BREACH + 30)
    assert cards(tx) == ["burst"]
    [card] = drawn(tx, shipped, "supervisors", BREACH + 30)
    assert "5 заявок" in card.text


def test_a_list_that_goes_on_is_edited_every_five_minutes_and_not_more_often(
    tx: Connection, shipped: Desk
) -> None:
    for seconds in (0, 0, 0, 0, 60, 120, 180):
        opened(tx, shipped, MONDAY + seconds)
    for seconds in (0, 30):
        ring(tx, shipped, BREACH + seconds)
    send_all(tx, BREACH + 30)
    for seconds in (60, 120, 180, 329):
        ring(tx, shipped, BREACH + seconds)
        assert cards(tx) == []
    ring(tx, shipped, BREACH + 330)
    assert cards(tx) == ["burst"]
    assert len({row.burst for row in alerts_of(tx, "supervisors")}) == 1


def test_the_highest_priority_is_told_by_itself_in_any_flood(tx: Connection, shipped: Desk) -> None:
    for _ in range(10):
        opened(tx, shipped, MONDAY)
    urgent = opened(tx, shipped, BREACH - 15 * 60, priority="P1")
    ring(tx, shipped, BREACH)
    told = [row.about for row in outgoing(tx, "supervisors") if row.card == "alert"]
    assert told == [f"ticket:{urgent.id}"]


def test_a_chat_gets_no_more_than_its_rate_singly(tx: Connection) -> None:
    desk = shipped_with(("at_once: 3", "at_once: 50"), ("chat: 15/1m", "chat: 4/10m"))
    for minute in range(5):
        opened(tx, desk, MONDAY + 60 * minute)
    for minute in range(5):
        ring(tx, desk, BREACH + 60 * minute)
    assert cards(tx) == ["alert"] * 4
    ring(tx, desk, BREACH + 4 * 60 + 30)
    assert cards(tx) == ["alert"] * 4 + ["burst"]


def test_a_person_is_left_alone_sooner_than_a_chat(tx: Connection, shipped: Desk) -> None:
    assert shipped.notify.rate_of("person:6") == (5, 900)
    assert shipped.notify.rate_of("supervisors") == (15, 60)


def test_late_levels_of_different_kinds_are_one_list_too(tx: Connection, shipped: Desk) -> None:
    for priority in ("P3", "P3", "P4", "P2"):
        opened(tx, shipped, MONDAY, priority=priority)
    ring(tx, shipped, MONDAY + 3 * HOUR)
    ring(tx, shipped, MONDAY + 3 * HOUR + 30)
    assert cards(tx) == ["burst"]
