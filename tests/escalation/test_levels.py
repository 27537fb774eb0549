"""Levels as rows: who is alerted, when, once; bursts, outages and empty roles."""

from __future__ import annotations

import re
from collections import Counter

from sqlalchemy import Connection, select, update

from bot.escalation import levels
from bot.sla.policy import Desk
from bot.storage import schema
from bot.tickets import store
from bot.tickets.clocks import clock_rows, operations
from bot.timers import timers
from tests.escalation.company import (
    MARINA,
    OLEG,
    PAVEL,
    SVETA,
    alerts_of,
    at,
    changed,
    drawn,
    keys,
    opened,
    outgoing,
    ring,
    ring_until,
    send_all,
    shipped_with,
)
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def test_nobody_claims_and_the_team_then_the_supervisors_are_told(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, at("2026-11-23 10:59"))
    assert keys(tx, kind="claim") == ["claim 75", "claim 90"]
    assert [row.key for row in alerts_of(tx, "team:helpdesk") if row.mentions] == ["90"]  # the lead by name
    assert alerts_of(tx, "supervisors") == []
    ring_until(tx, shipped, at("2026-11-23 11:00"))
    assert [row.key for row in alerts_of(tx, "supervisors")] == ["100"]
    [card] = drawn(tx, shipped, "supervisors", at("2026-11-23 11:01"))
    assert "не взята" in card.text
    assert [len(row) for row in card.keyboard] == [2, 2, 2]


def test_each_line_of_an_alert_begins_like_a_sentence(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 3 * HOUR)
    [alert] = drawn(tx, shipped, "supervisors", MONDAY + 3 * HOUR)
    plain = [line.lstrip("🔥 ") for line in re.sub("<[^>]+>", "", alert.text).splitlines()]
    assert len(plain) > 3, "two clocks are late"
    assert not [line for line in plain if line[:1].islower()]


def test_a_claim_in_time_silences_the_claim_clock_and_calms_the_alert(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    send_all(tx, MONDAY + HOUR)
    changed(tx, ticket, state="claimed", assignee=OLEG, claimed_at=MONDAY + HOUR + 60)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + HOUR + 60)
    [card] = drawn(tx, shipped, "supervisors", MONDAY + HOUR + 61)
    assert card.text.startswith("✅")
    assert "Oleg" in card.text
    assert card.keyboard == []
    ring_until(tx, shipped, MONDAY + 90 * 60)
    assert "claim over:1" not in keys(tx)


def test_a_reminder_that_is_no_longer_true_is_not_said(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 45 * 60)
    assert len(drawn(tx, shipped, "team:helpdesk", MONDAY + 45 * 60)) == 1
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + 45 * 60)
    assert drawn(tx, shipped, "team:helpdesk", MONDAY + 45 * 60) == []


def test_at_night_a_clock_stands_and_nothing_rings(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, at("2026-11-23 17:30"))
    ring_until(tx, shipped, at("2026-11-24 08:59"))
    assert keys(tx) == []
    ring_until(tx, shipped, at("2026-11-24 09:15"))
    assert keys(tx) == ["claim 75"]


def test_repeats_climb_the_ladder_and_end(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, at("2026-12-01 10:00"))
    assert keys(tx, kind="claim")[-5:] == [
        "claim 100",
        "claim over:1",
        "claim over:2",
        "claim over:3",
        "claim over:4",
    ]
    assert [row.key for row in alerts_of(tx, "person:6") if row.clock == 1] == [
        "over:3",
        "over:4",
    ]  # the head


def test_taking_control_stops_the_repeats_for_an_hour_and_not_the_clock(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, at("2026-11-23 12:45"))
    before = operations.view(tx, ticket.id)["claim"]
    operations.acknowledged(work(tx, 0, shipped), ticket.id, at("2026-11-23 12:45"))
    ring_until(tx, shipped, at("2026-11-23 13:44"))
    assert "claim over:1" not in keys(tx)
    ring_until(tx, shipped, at("2026-11-23 13:45"))
    assert "claim over:1" in keys(tx)
    assert operations.view(tx, ticket.id)["claim"] == before


def test_no_level_speaks_twice_whatever_is_paused_and_resumed(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    moment = MONDAY
    for _ in range(5):
        ring_until(tx, shipped, moment + 2 * HOUR)
        operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", moment + 2 * HOUR)
        operations.resumed(work(tx, 0, shipped), ticket.id, moment + 3 * HOUR)
        moment += 3 * HOUR
    ring_until(tx, shipped, moment + 300 * HOUR)
    spoken = keys(tx)
    assert len(spoken) == len(set(spoken))
    assert {f"resolution {level}" for level in (50, 75, 90, 100)} <= set(spoken)


def test_priority_there_and_back_in_a_minute_erases_no_breach_and_rings_nothing_again(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 2 * HOUR)
    spoken = keys(tx)
    for priority in ("P1", "P3", "P1", "P3"):
        ticket = changed(tx, ticket, priority=priority)
        operations.retargeted(work(tx, 0, shipped), ticket, MONDAY + 2 * HOUR + 60)
    kept = {one.clock.kind: one.clock for one in clock_rows.of_ticket(tx, ticket.id)}
    assert kept["claim"].breached_at == MONDAY + HOUR
    assert kept["resolution"].target_s == 16 * HOUR
    floors = {one.floor_until for one in kept.values()}
    assert floors <= {None, MONDAY + 2 * HOUR + 60 + 1800}
    ring(tx, shipped, MONDAY + 2 * HOUR + 61)
    assert keys(tx) == spoken


def test_after_an_outage_the_audience_of_a_lower_level_is_not_left_out(tx: Connection) -> None:
    desk = shipped_with(
        ("- {at: 75, to: [assignee_or_team]}", "- {at: 75, to: [head]}"),
        (
            "- {at: 100, to: [assignee_or_team, team_lead, supervisor]}",
            "- {at: 100, to: [assignee_or_team, supervisor]}",
        ),
    )
    ticket = opened(tx, desk, MONDAY)
    ring(tx, desk, MONDAY + 70 * 60)
    assert set(keys(tx, kind="claim")) == {"claim 75", "claim 100"}
    assert keys(tx, "superseded", "claim") == ["claim 90"]
    assert [row.key for row in alerts_of(tx, f"person:{PAVEL}")] == ["75"]
    assert [row.key for row in alerts_of(tx, "supervisors")] == ["100"]
    claim = next(one.clock for one in clock_rows.of_ticket(tx, ticket.id) if one.clock.kind == "claim")
    assert claim.breached_at == MONDAY + HOUR
    ring_until(tx, desk, MONDAY + 3 * HOUR + 10 * 60)
    assert keys(tx, kind="claim")[-1] == "claim over:1"


def test_an_outage_collapses_to_the_highest_level_and_says_it_is_late(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    back = MONDAY + 3 * HOUR
    ring(tx, shipped, back)
    assert keys(tx, kind="claim") == ["claim 100"]
    assert keys(tx, "superseded", "claim") == ["claim 75", "claim 90"]
    claim = next(one.clock for one in clock_rows.of_ticket(tx, ticket.id) if one.clock.kind == "claim")
    assert claim.breached_at == MONDAY + HOUR  # its due, not when the bot came back
    [card] = drawn(tx, shipped, "supervisors", back)
    assert "бот был недоступен" in card.text


def test_levels_of_one_clock_collapse_although_they_do_not_fit_into_one_batch(
    tx: Connection, shipped: Desk
) -> None:
    for _ in range(timers.BATCH):
        opened(tx, shipped, MONDAY)
    back = MONDAY + 8 * HOUR
    ring(tx, shipped, back)
    assert set(keys(tx, kind="claim")) == {"claim 100"}
    assert set(keys(tx, "superseded", "claim")) == {"claim 75", "claim 90"}


def test_a_low_level_that_rings_hours_late_is_old_news(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY)
    half = MONDAY + 7 * HOUR  # 50 % of two working days is at eight hours
    ring(tx, shipped, at("2026-11-24 10:30"))
    assert keys(tx) == ["resolution 50"]
    assert alerts_of(tx, "team:helpdesk") == []
    assert half < at("2026-11-24 10:30")


def test_eight_hours_down_with_300_open_tickets_is_at_most_two_messages_a_chat(
    tx: Connection, shipped: Desk
) -> None:
    tickets = [opened(tx, shipped, MONDAY, requester=1 + number % 6) for number in range(300)]
    ring(tx, shipped, MONDAY + 8 * HOUR)
    ring(tx, shipped, MONDAY + 8 * HOUR + 30)  # a list gathers for half a minute
    alerting = ("alert", "reminder", "burst")
    waiting = tx.execute(select(schema.outbox)).all()
    messages = [row for row in waiting if row.card is None or row.card in alerting or "anew" in row.params]
    chats = Counter(row.chat for row in messages)
    assert max(chats.values()) <= 2
    assert {*chats} >= {"team:helpdesk", "supervisors", *(f"person:{number}" for number in range(1, 7))}
    for chat in ("team:helpdesk", "supervisors"):
        cards = [row for row in outgoing(tx, chat) if row.card in ("alert", "reminder", "burst")]
        assert len(cards) == 1
        [card] = drawn(tx, shipped, chat, MONDAY + 8 * HOUR)
        assert "300 заявок" in card.text
        assert len(card.text) < 4096
    for ticket in tickets:
        for kept in clock_rows.of_ticket(tx, ticket.id):
            if kept.clock.breached_at is not None:
                assert kept.clock.breached_at == kept.clock.due_at


def test_a_reply_written_before_the_due_and_read_after_an_outage_was_in_time(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)  # response is due at 12:00
    operations.replied(
        work(tx, 0, shipped), ticket.id, at("2026-11-23 11:59")
    )  # processed at 13:00, before the first ring
    ring(tx, shipped, at("2026-11-23 13:00"))
    response = next(one.clock for one in clock_rows.of_ticket(tx, ticket.id) if one.clock.kind == "response")
    assert (response.outcome, response.breached_at) == ("met", None)


def test_a_breach_noticed_before_the_news_of_a_reply_in_time_is_voided(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, at("2026-11-23 12:01"))
    operations.replied(work(tx, 0, shipped), ticket.id, at("2026-11-23 11:59"))
    response = next(one.clock for one in clock_rows.of_ticket(tx, ticket.id) if one.clock.kind == "response")
    assert (response.outcome, response.void_reason) == ("met", "stopped_in_time")
    actions = tx.scalars(select(schema.history.c.action).where(schema.history.c.ticket == ticket.id)).all()
    assert "clock.void" in actions


def test_a_clock_that_went_back_rings_nothing(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    assert ring(tx, shipped, MONDAY - 2 * HOUR) == 0
    assert keys(tx) == []


def test_reopening_goes_on_with_the_same_clock_and_a_missed_promise_stays_missed(
    tx: Connection, shipped: Desk
) -> None:
    early, late = opened(tx, shipped, MONDAY), opened(tx, shipped, MONDAY)
    due = operations.view(tx, early.id)["resolution"].due_at
    assert due is not None
    operations.resolved(work(tx, 0, shipped), early.id, due - 120)
    operations.reopened(work(tx, 0, shipped), early.id, due - 60)
    ring_until(tx, shipped, due)
    operations.resolved(work(tx, 0, shipped), late.id, due + 120)
    operations.reopened(work(tx, 0, shipped), late.id, due + 240)
    operations.resolved(work(tx, 0, shipped), late.id, due + 300)
    kept = {one.ticket: one.clock for one in _resolutions(tx)}
    assert kept[early.id].floor_until == kept[early.id].due_at == due - 60 + 1800
    assert kept[early.id].breached_at is None
    assert kept[late.id].outcome == "missed"
    assert kept[late.id].breached_at == due


def test_an_empty_role_climbs_and_is_never_silence(tx: Connection, shipped: Desk) -> None:
    network = opened(tx, shipped, MONDAY, team="network")  # it has no lead
    ring_until(tx, shipped, MONDAY + 55 * 60)
    assert [row.ticket for row in alerts_of(tx, "supervisors")] == [network.id]
    tx.execute(update(schema.chats).where(schema.chats.c.key == "supervisors").values(lost="kicked"))
    opened(tx, shipped, MONDAY, team="network")
    ring_until(tx, shipped, MONDAY + HOUR)
    assert alerts_of(tx, f"person:{MARINA}")
    tx.execute(update(schema.people).where(schema.people.c.id == MARINA).values(active=0))
    opened(tx, shipped, MONDAY + HOUR, team="network")
    ring_until(tx, shipped, MONDAY + 2 * HOUR)
    assert alerts_of(tx, f"person:{PAVEL}")
    tx.execute(update(schema.people).where(schema.people.c.id == PAVEL).values(active=0))
    opened(tx, shipped, MONDAY + 2 * HOUR, team="network")
    ring_until(tx, shipped, MONDAY + 3 * HOUR)
    assert alerts_of(tx, "bot-admins")


def test_a_ticket_nobody_needs_any_more_is_quiet(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.cancelled(work(tx, 0, shipped), ticket.id, MONDAY + 60)
    ring_until(tx, shipped, MONDAY + 900 * HOUR)
    assert keys(tx) == []


def test_every_reply_begins_the_next_update_promise(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY, priority="P1")
    assert "update" not in operations.view(tx, ticket.id)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY + 60)
    assert operations.view(tx, ticket.id)["update"].due_at == MONDAY + 60 + 1800
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY + 600)
    assert operations.view(tx, ticket.id)["update"].due_at == MONDAY + 600 + 1800
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + 700)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY + 800)
    assert operations.view(tx, ticket.id)["update"].state == "paused"
    operations.resolved(work(tx, 0, shipped), ticket.id, MONDAY + 900)
    assert {view.state for view in operations.view(tx, ticket.id).values()} == {"stopped"}


def test_a_second_ringer_on_the_same_row_says_nothing(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped, MONDAY)
    rows = tx.execute(select(schema.timers).where(schema.timers.c.key == "75")).all()

    levels.ring(work(tx, MONDAY + 45 * 60, shipped), rows)
    before = len(alerts_of(tx, "team:helpdesk"))
    levels.ring(work(tx, MONDAY + 45 * 60, shipped), rows)
    assert len(alerts_of(tx, "team:helpdesk")) == before == 1


def test_the_head_and_leads_are_found_by_their_roles(tx: Connection, shipped: Desk) -> None:
    ticket = changed(tx, opened(tx, shipped, MONDAY), assignee=OLEG)
    ring_until(tx, shipped, MONDAY + 54 * 60)
    loudest = alerts_of(tx, "team:helpdesk")[-1]
    assert set(loudest.mentions) == {OLEG, SVETA}
    assert store.peek(tx, ticket.id).assignee == OLEG


def _resolutions(tx: Connection) -> list[clock_rows.Kept]:
    numbers = tx.scalars(select(schema.clocks.c.id).where(schema.clocks.c.kind == "resolution")).all()
    return list(clock_rows.get_all(tx, numbers).values())
