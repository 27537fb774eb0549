"""A later day: read as engineers write it, refused beyond what the desk allows, and never put in place of an agreed one
without the employee's word."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.conversation import exchange
from bot.sla.policy import Desk
from bot.teamdesk import cards, menus
from bot.tickets import actions, handover, planning, store
from bot.tickets.clocks import days, operations
from bot.tickets.ticket import State, Ticket
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MONDAY,
    OLEG,
    at,
    calls,
    claimed,
    house_of,
    message,
    replayed,
    ring_until,
    said,
    who,
)
from tests.units import work

HOUR = 3600
HERS = "person:1"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("25.11", "2026-11-25 09:00"),
        ("25.11 14", "2026-11-25 14:00"),
        ("25.11.2026 14:30", "2026-11-25 14:30"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("+3", "2026-11-26 09:00"),
        ("+3 в 12:30", "2026-11-26 12:30"),
        ("01.02", "2027-02-01 09:00"),
        ("завтра 11:00", "2026-11-24 11:00"),
        ("завтра в 11", "2026-11-24 11:00"),
        ("на завтра", "2026-11-24 09:00"),
        ("в 11 завтра", "2026-11-24 11:00"),
        ("послезавтра", "2026-11-25 09:00"),
        ("сегодня в 17:00", "2026-11-23 17:00"),
        ("tomorrow 11:00", "2026-11-24 11:00"),
        ("tomorrow at 3pm", "2026-11-24 15:00"),
        ("в понедельник", "2026-11-30 09:00"),
        ("во вторник к 10", "2026-11-24 10:00"),
        ("пт 16:00", "2026-11-27 16:00"),
        ("on Monday", "2026-11-30 09:00"),
        ("Friday at 10", "2026-11-27 10:00"),
        ("через 3 дня", "2026-11-26 09:00"),
        ("через неделю", "2026-11-30 09:00"),
        ("через 2 часа", "2026-11-23 12:00"),
        ("in an hour", "2026-11-23 11:00"),
        ("in 2 days", "2026-11-25 09:00"),
        ("25 ноября в 14:00", "2026-11-25 14:00"),
        ("Dec 1 at 10", "2026-12-01 10:00"),
        ("31.02", None),
        ("25.11 99:00", None),
        ("когда-нибудь", None),
        ("завтра, если принтер жив", None),
        ("3", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, wanted: str | None) -> None:
    expected = at(wanted) if wanted else None
    assert days.moment(text, "Europe/Moscow", MONDAY) == expected


def test_the_date_of_an_example_lies_in_the_near_future_whatever_the_day() -> None:
    for now in (MONDAY, at("2026-11-30 10:00"), at("2026-12-31 23:00")):
        read = days.moment(days.example("Europe/Moscow", now), "Europe/Moscow", now)
        assert read is not None
        assert now < read < now + 5 * 24 * HOUR


def test_a_date_of_next_year_is_refused_with_the_latest_one_that_the_desk_allows(
    tx: Connection, shipped: Desk
) -> None:
    now = at("2026-11-30 10:00")
    ticket = claimed(tx, shipped, now)
    line = planning.propose_day(work(tx, now, shipped), ticket.id, who(tx, OLEG), "25.11")
    assert (line.key, line.alert) == ("schedule.far", True)
    assert str(line.facts["day"]).startswith("25 ноября 2027")
    assert "2026" in str(line.facts["last"])
    assert planning.proposed(tx, store.get(tx, ticket.id)) is None
    assert (
        planning.propose_day(work(tx, now, shipped), ticket.id, who(tx, OLEG), "10.12").key
        == "schedule.asked"
    )


def _agreed(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    planning.propose_day(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "27.11 14:00")
    planning.agree(work(tx, MONDAY, desk), ticket.id, who(tx, ANNA))
    return store.get(tx, ticket.id)


def test_a_new_date_does_not_take_the_place_of_an_agreed_one_before_the_employee_says_yes(
    tx: Connection, shipped: Desk
) -> None:
    ticket = _agreed(tx, shipped)
    planning.propose_day(work(tx, MONDAY + HOUR, shipped), ticket.id, who(tx, OLEG), "30.11 10:00")
    held = store.get(tx, ticket.id)
    assert (held.state, held.wake_at) == (State.SCHEDULED, at("2026-11-27 14:00"))
    unit = work(tx, MONDAY + HOUR, house_of(shipped))
    for card, chat in ((cards.ticket_card, HERS), (cards.team_card, HELPDESK)):
        drawn = card(unit, ticket.about, chat)
        assert drawn is not None
        assert "в пятницу в 14:00" in drawn.text
        assert "30" not in drawn.text
    question = menus.schedule(unit, ticket.about, HERS)
    assert question is not None
    assert "договаривались вернуться к ней в пятницу в 14:00" in question.text
    planning.agree(work(tx, MONDAY + HOUR, shipped), ticket.id, who(tx, ANNA))
    assert store.get(tx, ticket.id).wake_at == at("2026-11-30 10:00")
    ring_until(tx, shipped, at("2026-11-27 15:00"))
    assert store.get(tx, ticket.id).state is State.SCHEDULED
    ring_until(tx, shipped, at("2026-11-30 10:00"))
    assert store.get(tx, ticket.id).state is State.IN_PROGRESS
    assert replayed(tx, ticket.id) is State.IN_PROGRESS


def test_a_refused_new_date_leaves_the_agreed_one(tx: Connection, shipped: Desk) -> None:
    ticket = _agreed(tx, shipped)
    planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "30.11")
    assert (
        planning.disagree(work(tx, MONDAY, shipped), ticket.id, who(tx, ANNA)).key == "schedule.refused.kept"
    )
    held = store.get(tx, ticket.id)
    assert (held.state, held.wake_at) == (State.SCHEDULED, at("2026-11-27 14:00"))
    assert planning.agree(work(tx, MONDAY, shipped), ticket.id, who(tx, ANNA)).key == "schedule.over"


def test_a_question_before_the_agreed_date_does_not_cancel_it(tx: Connection, shipped: Desk) -> None:
    ticket = _agreed(tx, shipped)
    actions.ask(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY + HOUR)
    answer = message(5, at=MONDAY + 2 * HOUR)
    exchange.from_employee(work(tx, MONDAY + 2 * HOUR, shipped), who(tx, ANNA), ticket.id, answer)
    held = store.get(tx, ticket.id)
    assert (held.state, held.wake_at) == (State.SCHEDULED, at("2026-11-27 14:00"))
    assert operations.view(tx, ticket.id)["resolution"].state == "paused"
    ring_until(tx, shipped, at("2026-11-27 14:00"))
    assert store.get(tx, ticket.id).state is State.IN_PROGRESS
    assert replayed(tx, ticket.id) is State.IN_PROGRESS


def test_who_had_agreed_to_a_date_reads_that_a_hand_over_cancels_it(tx: Connection, shipped: Desk) -> None:
    ticket = _agreed(tx, shipped)
    later = MONDAY + 5 * HOUR
    handover.transfer(work(tx, later, shipped), ticket.id, who(tx, OLEG), "network", "нет линка")
    handed = store.get(tx, ticket.id)
    assert (handed.state, handed.wake_at) == (State.HANDED, None)
    assert handed.why == ["why.handed", {}]
    assert "schedule.off" in said(tx, HERS)
    assert "team.day_off" in said(tx, "team:network")
    rows = [row.params for row in calls(tx, HERS, "sendMessage") if row.params["line"] == "schedule.off"]
    assert [row["facts"]["when"] for row in rows] == ["в пятницу в 14:00"]
