"""An alert always reaches someone: deputies, the next step, the fallback chat - and the history records every detour."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot import keys
from bot.escalation import telling
from bot.escalation.why import why
from bot.people import directory
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram import chats
from bot.texts import speak
from bot.tickets.clocks import operations
from tests.escalation.company import (
    ANNA,
    IGOR,
    MARINA,
    OLEG,
    PAVEL,
    SVETA,
    alerts_of,
    at,
    changed,
    opened,
    outgoing,
    ring_until,
    shipped_with,
)
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def detours(tx: Connection) -> list[tuple[str, str, list[str]]]:
    """Every detour in the history: role, reason, who was alerted instead."""
    mine = select(schema.history.c.data).where(schema.history.c.action == "detour")
    rows = tx.scalars(mine.order_by(schema.history.c.id)).all()
    return [(row["role"], row["why"], row["to"]) for row in rows]


def person(tx: Connection, person_id: int, **values: Any) -> None:
    tx.execute(update(schema.people).where(schema.people.c.id == person_id).values(**values))


def test_a_lead_who_is_away_is_stood_in_for_by_the_deputy(tx: Connection) -> None:
    desk = shipped_with(
        ("\nchains:", "\nabsent: {S-3: [2026-11-23/2026-11-27]}\ndeputies: {S-3: S-2}\n\nchains:")
    )
    opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + 54 * 60)
    assert alerts_of(tx, "team:helpdesk")[-1].mentions == [OLEG]
    assert detours(tx) == []


def test_a_lead_who_is_away_without_a_deputy_is_passed_over_and_the_history_says_so(tx: Connection) -> None:
    desk = shipped_with(("\nchains:", "\nabsent: {S-3: [2026-11-23/2026-11-27]}\n\nchains:"))
    opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + 54 * 60)
    assert [row.key for row in alerts_of(tx, "supervisors")] == ["90"]
    assert detours(tx) == [("team_lead", "away", ["supervisors"])]


def test_an_assignee_whose_shift_is_over_does_not_swallow_the_reminder(tx: Connection, shipped: Desk) -> None:
    directory.remember(work(tx, MONDAY), OLEG, "away", True)
    ticket = changed(tx, opened(tx, shipped, MONDAY), assignee=OLEG)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY)
    ring_until(tx, shipped, MONDAY + 90 * 60)
    assert OLEG not in [one for row in alerts_of(tx, "team:helpdesk") for one in row.mentions]
    assert ("assignee", "away", ["team:helpdesk"]) in detours(tx)


def test_when_every_supervisor_is_away_the_head_hears_as_well_as_their_chat(
    tx: Connection, shipped: Desk
) -> None:
    directory.remember(work(tx, MONDAY), MARINA, "away", True)
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    assert [row.key for row in alerts_of(tx, "supervisors")] == ["100"]
    assert [row.key for row in alerts_of(tx, f"person:{PAVEL}")] == ["100"]
    assert ("supervisor", "away", [f"person:{PAVEL}"]) in detours(tx)


def test_what_nobody_else_can_hear_goes_to_the_chat_that_is_kept_for_it(tx: Connection) -> None:
    desk = shipped_with(("no_recipient: supervisors", "no_recipient: team:network"))
    person(tx, PAVEL, active=0)
    person(tx, MARINA, active=0)
    opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + HOUR)
    assert [row.key for row in alerts_of(tx, "team:network")] == ["100"]
    assert ("head", "nobody", ["team:network"]) in detours(tx)


def test_a_supervisor_who_blocked_the_bot_is_passed_over_until_they_write_again(
    tx: Connection, shipped: Desk
) -> None:
    chats.lose(work(tx, MONDAY), keys.SUPERVISORS, "Forbidden: bot was kicked")
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    [row] = [one for one in outgoing(tx, f"person:{MARINA}") if one.card == "alert"]
    chats.lose(work(tx, MONDAY + HOUR), f"person:{MARINA}", "Forbidden: bot was blocked by the user")
    telling.unreached(work(tx, MONDAY + HOUR, shipped), row.chat, row.about)
    assert [row.key for row in alerts_of(tx, f"person:{PAVEL}")] == ["100"]
    assert detours(tx)[-2][:2] == (f"person:{MARINA}", "refused")
    directory.found_again(tx, MARINA)
    opened(tx, shipped, MONDAY + HOUR)
    ring_until(tx, shipped, MONDAY + 2 * HOUR)
    assert len([one for one in alerts_of(tx, f"person:{MARINA}") if one.key == "100"]) > 1


def test_a_refusal_of_the_last_person_reaches_the_administrators(tx: Connection, shipped: Desk) -> None:
    chats.lose(work(tx, MONDAY), keys.SUPERVISORS, "kicked")
    person(tx, MARINA, active=0)
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    [row] = [one for one in outgoing(tx, f"person:{PAVEL}") if one.card == "alert"]
    chats.lose(work(tx, MONDAY + HOUR), f"person:{PAVEL}", "blocked")
    telling.unreached(work(tx, MONDAY + HOUR, shipped), row.chat, row.about)
    assert [row.key for row in alerts_of(tx, "bot-admins")] == ["100"]


def test_an_alert_in_a_group_that_has_thrown_us_out_goes_to_the_next_step_at_once_and_only_once(
    tx: Connection, shipped: Desk
) -> None:
    for _ in range(2):
        opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + HOUR)
    telling.lost(work(tx, MONDAY + HOUR, shipped), keys.SUPERVISORS)
    assert alerts_of(tx, f"person:{MARINA}") == []  # the chat is not lost
    chats.lose(work(tx, MONDAY + HOUR), keys.SUPERVISORS, "Forbidden: bot was kicked")
    telling.lost(work(tx, MONDAY + HOUR, shipped), keys.SUPERVISORS)
    assert [row.key for row in alerts_of(tx, f"person:{MARINA}")] == ["100", "100"]
    once = detours(tx)
    assert once.count((keys.SUPERVISORS, "refused", [f"person:{MARINA}"])) == 2
    telling.lost(
        work(tx, MONDAY + HOUR + 300, shipped), keys.SUPERVISORS
    )  # the sender has tried again without success
    assert len(alerts_of(tx, f"person:{MARINA}")) == 2
    assert detours(tx) == once


def test_the_reminders_of_a_team_whose_group_is_lost_reach_the_supervisors(
    tx: Connection, shipped: Desk
) -> None:
    opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 45 * 60)
    assert alerts_of(tx, keys.SUPERVISORS) == []
    chats.lose(work(tx, MONDAY + HOUR), "team:helpdesk", "Forbidden: bot was kicked")
    telling.lost(work(tx, MONDAY + 45 * 60, shipped), "team:helpdesk")
    assert [row.key for row in alerts_of(tx, keys.SUPERVISORS)] == ["75"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_why_tells_who_heard_and_which_way_it_went(tx: Connection, language: str) -> None:
    desk = shipped_with(("\nchains:", "\nabsent: {S-3: [2026-11-23/2026-11-27]}\n\nchains:"))
    ticket = opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + HOUR)
    said = why(tx, desk, ticket.id, speak.voice(language), MONDAY + HOUR)
    assert "↪" in said
    assert "team:helpdesk" not in said  # people read titles, not our keys
    assert {"ru": "Первая линия", "en": "Helpdesk"}[language] in said
    assert {ANNA, IGOR, SVETA}.isdisjoint(one for row in alerts_of(tx, "supervisors") for one in row.mentions)
