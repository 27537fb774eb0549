"""At night alerts are held, in the morning they are one message, without those that no longer apply."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from bot.escalation import telling
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import alerts, timers
from bot.telegram import outbox
from bot.tickets.clocks import operations
from bot.timers import timers as ring_bell
from tests.escalation.company import OLEG, alerts_of, at, changed, drawn, opened, outgoing, ring, send_all
from tests.units import work

EVENING, NIGHT, MORNING = at("2026-11-23 15:00"), at("2026-11-23 21:00"), at("2026-11-24 08:00")
SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")


def morning(tx: Connection) -> None:
    """The ringer comes round at eight."""
    ring_bell.ring(work(tx, MORNING), {telling.HELD: telling.ring_held})


def test_what_is_held_at_night_is_one_message_in_the_morning(tx: Connection, shipped: Desk) -> None:
    for _ in range(3):
        opened(tx, shipped, EVENING)
    ring(tx, shipped, NIGHT)
    assert outgoing(tx, "supervisors") == []
    assert {row.held_until for row in alerts_of(tx, "supervisors")} == {MORNING}
    morning(tx)
    assert [row.card for row in outgoing(tx, "supervisors")] == ["burst"]
    [card] = drawn(tx, shipped, "supervisors", MORNING)
    assert "3 заявки" in card.text


def test_what_is_over_by_the_morning_is_never_said(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, EVENING)
    ring(tx, shipped, NIGHT)
    operations.resolved(work(tx, 0, shipped), ticket.id, at("2026-11-24 07:30"))
    morning(tx)
    assert drawn(tx, shipped, "supervisors", MORNING) == []
    assert drawn(tx, shipped, "team:helpdesk", MORNING) == []


def test_the_highest_priority_wakes_people(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, NIGHT, priority="P1")
    ring(tx, shipped, NIGHT + 900)
    assert [row.held_until for row in alerts_of(tx, "supervisors")] == [None, None]
    assert outgoing(tx, "supervisors")


def test_quiet_hours_never_touch_a_clock(tx: Connection, shipped: Desk) -> None:
    loud = replace(shipped, file=shipped.file.model_copy(update={"quiet_hours": None}))
    first, second = opened(tx, shipped, EVENING), opened(tx, loud, EVENING)
    ring(tx, shipped, NIGHT)
    assert operations.view(tx, first.id) == operations.view(tx, second.id)
    assert tx.scalars(select(timers.c.key).where(timers.c.kind == telling.HELD)).all() == [str(MORNING)] * 2
    assert tx.scalars(select(alerts.c.key)).all()


def test_whoever_is_on_duty_is_called_by_name_when_nobody_has_claimed(tx: Connection) -> None:
    text = SHIPPED.replace(
        "\nchains:", '\nduty: {helpdesk: {start: 2026-11-23, people: ["S-2", "S-3"]}}\n\nchains:', 1
    )
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    opened(tx, found, at("2026-11-23 10:00"))
    ring(tx, found, at("2026-11-23 10:45"))
    assert [row.mentions for row in alerts_of(tx, "team:helpdesk")] == [[OLEG]]


def test_a_claim_at_night_does_not_show_what_is_held_for_the_morning(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, EVENING)
    ring(tx, shipped, NIGHT)
    changed(tx, ticket, state="claimed", assignee=OLEG, claimed_at=NIGHT + 60)
    operations.claimed(work(tx, NIGHT + 60, shipped), ticket.id, NIGHT + 60)
    assert outgoing(tx, "supervisors") == []
    operations.replied(work(tx, NIGHT + 120, shipped), ticket.id, NIGHT + 120)
    assert outgoing(tx, "supervisors") == []


def test_taking_control_at_night_does_not_show_it_either(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, EVENING)
    ring(tx, shipped, NIGHT)
    outbox.show(work(tx, NIGHT, shipped), "supervisors", "alert", ticket.about)
    assert drawn(tx, shipped, "supervisors", NIGHT) == []


def test_an_alert_of_the_day_is_redrawn_at_night_without_what_is_held(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, EVENING)
    ring(tx, shipped, EVENING + 3600)  # not claimed
    send_all(tx, EVENING + 3600)
    ring(tx, shipped, NIGHT)  # not answered: held
    changed(tx, ticket, state="claimed", assignee=OLEG, claimed_at=NIGHT + 60)
    operations.claimed(work(tx, NIGHT + 60, shipped), ticket.id, NIGHT + 60)
    [card] = drawn(tx, shipped, "supervisors", NIGHT + 60)
    assert card.text.startswith("✅")


def test_a_ticket_that_was_announced_in_a_list_gets_no_card_of_its_own_when_it_is_claimed(
    tx: Connection, shipped: Desk
) -> None:
    tickets = [opened(tx, shipped, EVENING) for _ in range(3)]
    ring(tx, shipped, NIGHT)
    morning(tx)
    send_all(tx, MORNING)
    operations.claimed(work(tx, MORNING + 60, shipped), tickets[0].id, MORNING + 60)
    assert outgoing(tx, "supervisors") == []
