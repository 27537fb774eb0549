"""The revised ETA after a missed or moved deadline: the employee reads it in advance, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.sla.policy import Desk
from bot.teamdesk import cards, load
from bot.tickets import store
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import Ticket
from tests.escalation.company import ANNA, at, changed, opened, outgoing, ring, ring_until, send_all
from tests.escalation.test_history_of_clocks import corrected
from tests.tickets.test_guides import house
from tests.units import work

MONDAY = at("2026-11-23 10:00")
DUE = at("2026-11-24 17:00")  # two working days of eight hours later
HOUR = 3600


def reads(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> str:
    """Anna's card."""
    drawing = cards.ticket_card(work(tx, now, replace(house(), desk=desk)), ticket.about, f"person:{ANNA}")
    assert drawing is not None
    return drawing.text


def told(tx: Connection, now: int) -> list[str]:
    """Why cards moved down in Anna's chat since the last time; "edited" for one that stayed."""
    rows = outgoing(tx, f"person:{ANNA}")
    send_all(tx, now)
    return [row.params.get("anew", "edited") for row in rows]


def test_a_missed_deadline_is_told_with_a_new_promise_and_again_when_that_is_missed_too(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE - 1)
    send_all(tx, DUE)
    for missed, new, words in (
        (DUE, "2026-11-25 12:00", "Новый срок: завтра до 12:00."),
        (at("2026-11-25 12:00"), "2026-11-26 11:00", "Новый срок: завтра до 11:00."),
        (at("2026-11-26 11:00"), "2026-11-27 18:00", "Новый срок: завтра до 18:00."),
        (at("2026-11-27 18:00"), "2026-12-01 16:00", "Новый срок: во вторник до 16:00."),
    ):
        ring_until(tx, shipped, missed - 1)
        send_all(tx, missed)
        ring(tx, shipped, missed)
        assert told(tx, missed) == ["late"]
        assert store.peek(tx, ticket.id).promise == at(new)
        assert words in reads(tx, shipped, ticket, missed)
    assert "не успели. Руководитель в курсе." in reads(tx, shipped, ticket, missed)


def test_an_answer_that_is_late_is_told_too_and_the_solution_is_still_promised(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 2 * HOUR - 1)
    send_all(tx, MONDAY)
    ring(tx, shipped, MONDAY + 2 * HOUR)
    assert told(tx, MONDAY) == ["late"]
    card = reads(tx, shipped, ticket, MONDAY + 2 * HOUR + 1)
    assert "Обещали ответить сегодня до 12:00 и не успели" in card
    assert "Решим завтра до 17:00" in card


def test_while_the_clock_stands_still_the_employee_and_the_team_read_what_is_left(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    for reason, state, words in (
        (
            "waiting_user",
            "waiting",
            "Срок стоит. После вашего ответа на решение останется 15 ч рабочего времени.",
        ),
        ("user_scheduled", "scheduled", "Срок стоит до этого дня. После него на решение останется 15 ч"),
    ):
        operations.paused(work(tx, 0, shipped), ticket.id, reason, MONDAY + HOUR)
        still = changed(tx, ticket, state=state, question="Какой?", assignee=ANNA, wake_at=MONDAY + 9 * HOUR)
        assert words in reads(tx, shipped, still, MONDAY + 8 * HOUR)
        card = cards.team_card(
            work(tx, MONDAY, replace(house(), desk=shipped)), ticket.about, "team:helpdesk"
        )
        assert card is not None
        assert "решить: часы стоят, осталось 15 ч" in card.text
        operations.resumed(work(tx, 0, shipped), ticket.id, MONDAY + HOUR)
    assert "Срок стоит" not in reads(
        tx, shipped, changed(tx, ticket, state="in_progress", claimed_at=MONDAY), MONDAY + HOUR
    )


def test_what_comes_at_night_says_from_when_its_time_is_counted(tx: Connection, shipped: Desk) -> None:
    night = at("2026-11-27 22:15")
    ticket = opened(tx, shipped, night)
    assert "Заявка пришла вне рабочих часов. Отсчёт срока: в понедельник в 09:00" in reads(
        tx, shipped, ticket, night
    )
    assert "Отсчёт срока: сегодня в 09:00" in reads(tx, shipped, ticket, at("2026-11-30 09:30"))
    assert "вне рабочих часов" not in reads(tx, shipped, opened(tx, shipped, MONDAY), MONDAY)


def test_when_little_time_is_left_the_card_says_so_without_a_sound(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    near = DUE - 96 * 60  # a tenth of sixteen hours
    ring_until(tx, shipped, near - 1)
    send_all(tx, near)
    assert "осталось" not in reads(tx, shipped, ticket, near - 60)
    ring(tx, shipped, near)
    assert told(tx, near) == ["edited"]
    assert "осталось 1 ч 36 мин рабочего времени" in reads(tx, shipped, ticket, near)


def test_what_another_team_cannot_keep_is_told_at_the_hand_over_and_becomes_the_new_promise(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    handed_at = at("2026-11-24 16:30")
    ticket = changed(tx, ticket, team="network", owner_team="helpdesk", state="handed")
    operations.handed(work(tx, 0, shipped), ticket, "network", handed_at)
    theirs = at("2026-11-25 15:30")  # their working day of eight hours
    assert revised_eta.theirs_later(tx, ticket) == theirs
    assert "Можем не успеть: специалисты обещают завтра до 15:30" in reads(tx, shipped, ticket, handed_at)
    ring_until(tx, shipped, DUE)
    assert store.peek(tx, ticket.id).promise == theirs
    assert "Новый срок: завтра до 15:30." in reads(tx, shipped, ticket, DUE)


def test_a_late_ticket_that_stood_still_is_promised_anew_when_work_goes_on(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE)
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", DUE + 600)
    answer = at("2026-11-26 10:00")
    ring_until(tx, shipped, answer)
    send_all(tx, answer)
    operations.resumed(work(tx, 0, shipped), ticket.id, answer)
    ring(tx, shipped, answer)
    assert told(tx, answer) == ["late"]
    assert store.peek(tx, ticket.id).promise == at("2026-11-26 18:00")


def test_a_promise_that_was_replaced_meanwhile_ends_nothing(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE)  # promised: Wednesday at 12:00
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", DUE + 600)
    answer = at("2026-11-25 10:00")
    operations.resumed(work(tx, 0, shipped), ticket.id, answer)
    ring(tx, shipped, answer)
    promised = store.peek(tx, ticket.id).promise
    assert promised == at("2026-11-25 18:00")
    send_all(tx, answer)
    ring(tx, shipped, at("2026-11-25 12:00"))
    assert store.peek(tx, ticket.id).promise == promised
    assert "late" not in told(tx, answer)


def test_a_breach_that_nobody_has_told_yet_is_told_once_when_work_goes_on(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE - 1)
    operations.paused(
        work(tx, 0, shipped), ticket.id, "waiting_user", DUE + 1
    )  # before the ringer came round
    answer = at("2026-11-25 10:00")
    operations.resumed(work(tx, 0, shipped), ticket.id, answer)
    ring(tx, shipped, answer)
    assert store.peek(tx, ticket.id).promise == at("2026-11-25 14:00")  # a quarter of the target


def test_many_late_tickets_of_one_person_are_one_message_that_names_them(
    tx: Connection, shipped: Desk
) -> None:
    for _ in range(3):
        opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE - 1)
    send_all(tx, DUE)
    ring(tx, shipped, DUE)
    rows = outgoing(tx, f"person:{ANNA}")
    assert [(row.card, row.params.get("anew")) for row in rows] == [
        *[("ticket_card", None)] * 3,
        ("my_tickets", "late"),
    ]
    head = load.my_tickets(work(tx, DUE, shipped), f"person:{ANNA}", f"person:{ANNA}").text
    assert "Не успели в срок: 1, 2, 3. Новые сроки - в карточках." in head


def test_nothing_is_promised_past_the_end_of_the_calendar(tx: Connection, shipped: Desk) -> None:
    begin = at("2027-12-30 10:00")
    ticket = opened(tx, shipped, begin, priority="P2")
    ring_until(tx, shipped, at("2027-12-30 18:00"))
    card = reads(tx, shipped, ticket, at("2027-12-30 18:00"))
    assert "не успели" in card
    assert "Новый срок" not in card


def test_a_corrected_calendar_is_told_to_whom_it_moves_with_the_reason(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    send_all(tx, MONDAY)
    off = corrected("{2026-11-24: []}")
    while revised_eta.recount(work(tx, MONDAY + HOUR, off)):
        pass
    assert told(tx, MONDAY) == ["calendar"]
    card = reads(tx, off, ticket, MONDAY + HOUR)
    assert "Новый срок: в среду до 17:00. Почему: изменились рабочие часы поддержки." in card


@pytest.mark.parametrize("moment", ["2026-11-23 22:00", "2026-11-28 12:00"])
def test_a_night_or_a_weekend_is_never_called_a_pause(tx: Connection, shipped: Desk, moment: str) -> None:
    ticket = opened(tx, shipped, at(moment))
    card = reads(tx, shipped, ticket, at(moment))
    assert "Решим" in card
    assert "⏸" not in card


def test_a_manager_who_sleeps_is_not_said_to_know(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, DUE)
    state = revised_eta.state(work(tx, DUE, shipped), ticket)
    assert state is not None
    assert state.leaders_know
    ticket = changed(tx, ticket, state="closed")
    assert revised_eta.state(work(tx, DUE, shipped), ticket) is None
