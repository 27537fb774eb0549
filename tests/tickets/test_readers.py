"""People read times in their own zone; where it differs from the desk's, the card names it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from bot.keys import PersonChat
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import people
from bot.teamdesk import cards
from bot.tickets import readers
from tests.escalation.company import SHIPPED, shipped_with
from tests.tickets.company import ANNA, HELPDESK, at, house_of, opened
from tests.units import work

NIGHT_THERE = at("2026-11-23 16:00")  # 23:00 in Vladivostok
CHAT = PersonChat(ANNA)


def with_offices() -> Desk:
    return shipped_with(("\nclocks:", "\noffices: {Владивосток: Asia/Vladivostok}\nclocks:"))


def lives(tx: Connection, **values: object) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(**values))


def card(tx: Connection, desk: Desk, chat: str = CHAT) -> str:
    unit = work(tx, NIGHT_THERE, house_of(desk))
    drawing = (cards.ticket_card if chat == CHAT else cards.team_card)(unit, "ticket:1", chat)
    assert drawing is not None
    return drawing.text


def test_an_employee_far_away_reads_the_deadline_in_her_own_zone(tx: Connection) -> None:
    desk = with_offices()
    opened(tx, desk, NIGHT_THERE)
    assert "Ответим сегодня до 18:00" in card(tx, desk)
    assert "UTC" not in card(tx, desk)
    lives(tx, office="владивосток")
    assert "Ответим завтра до 01:00" in card(tx, desk)
    assert "Владивосток, UTC+10" in card(tx, desk)


def test_the_team_reads_its_own_time(tx: Connection) -> None:
    desk = with_offices()
    opened(tx, desk, NIGHT_THERE)
    lives(tx, office="Владивосток")
    assert "18:00" in card(tx, desk, HELPDESK)


@pytest.mark.parametrize(
    ("values", "zone"),
    [
        ({"office": "Москва"}, "Europe/Moscow"),
        ({"office": "Владивосток"}, "Asia/Vladivostok"),
        ({"office": "Владивосток", "zone": "Asia/Omsk"}, "Asia/Omsk"),
        ({"zone": "Asia/Omsk", "profile": {"zone": "Europe/London"}}, "Europe/London"),
        ({"zone": "Asia/Omsk", "profile": {"zone": "nonsense"}}, "Asia/Omsk"),
    ],
)
def test_the_nearest_word_about_a_zone_counts(tx: Connection, values: dict[str, object], zone: str) -> None:
    lives(tx, **values)
    unit = work(tx, NIGHT_THERE, house_of(with_offices()))
    assert readers.zone_of(unit, CHAT) == zone
    assert readers.zone_of(unit, HELPDESK) == "Europe/Moscow"


def test_a_zone_that_is_none_is_a_fault_of_the_file() -> None:
    text = SHIPPED.replace("\nclocks:", "\noffices: {Владивосток: Asia/Vladivostock}\nclocks:", 1)
    assert [one.code for one in load_desk("desk.yaml", text)[1]] == ["E344"]


def test_quiet_hours_are_those_of_the_person_who_would_read(shipped: Desk) -> None:
    evening = at("2026-11-23 15:00")  # 22:00 in Vladivostok
    assert shipped.quiet_until("P3", "printing", evening) is None
    held = shipped.quiet_until("P3", "printing", evening, "Asia/Vladivostok")
    assert held == at("2026-11-24 01:00")  # eight in the morning there
    assert shipped.quiet_until("P1", "printing", evening, "Asia/Vladivostok") is None
