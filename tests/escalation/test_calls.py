"""Who is named in a reminder is called in private, and the ticket's topic gets no message more."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from bot.escalation import telling
from bot.people import directory
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram import chats, posts
from bot.tickets import actions
from bot.tickets.clocks import operations
from bot.tickets.ticket import Ticket
from tests.escalation.company import (
    OLEG,
    SVETA,
    alerts_of,
    at,
    changed,
    drawn,
    opened,
    outgoing,
    ring_until,
    send_all,
)
from tests.units import work

TEN, TEAM, MINUTE = at("2026-11-23 10:00"), "team:helpdesk", 60


def put(tx: Connection, chat: str, card: str, about: str) -> None:
    """The sender has delivered a card."""
    posts.keep(work(tx, TEN), chat, card, about, 100)


def open_private(tx: Connection, *people: int) -> None:
    for person in people:
        put(tx, f"person:{person}", "menu", f"person:{person}")


def held(tx: Connection, desk: Desk, **facts: str) -> Ticket:
    """A ticket that Oleg has claimed at ten o'clock: two hours to reply."""
    ticket = changed(tx, opened(tx, desk, TEN, **facts), assignee=OLEG, state="claimed")
    operations.claimed(work(tx, 0, desk), ticket.id, TEN)
    return ticket


def reminders(tx: Connection, chat: str) -> list[str]:
    return [row.about for row in outgoing(tx, chat) if row.card == "reminder"]


def test_who_holds_the_ticket_is_called_in_private_and_the_topic_gets_no_message(
    tx: Connection, shipped: Desk
) -> None:
    ticket = held(tx, shipped)
    open_private(tx, OLEG)
    ring_until(tx, shipped, TEN + 90 * MINUTE)
    assert reminders(tx, TEAM) == []
    assert reminders(tx, f"person:{OLEG}") == [ticket.about]
    call = drawn(tx, shipped, f"person:{OLEG}", TEN + 90 * MINUTE)[0]
    assert "Printer is silent" in call.text
    assert [key.label for key in call.keyboard[-1]] == ["1: ответить", "Готово", "Позже"]


def test_who_has_not_opened_a_private_chat_is_named_in_the_topic(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped)
    ring_until(tx, shipped, TEN + 90 * MINUTE)
    assert reminders(tx, TEAM) == [ticket.about]
    assert reminders(tx, f"person:{OLEG}") == []


def test_what_the_whole_team_may_claim_rings_in_the_topic_first(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, TEN)
    open_private(tx, OLEG, SVETA)
    ring_until(tx, shipped, TEN + 45 * MINUTE)
    assert reminders(tx, TEAM) == [ticket.about]
    send_all(tx, TEN + 45 * MINUTE)
    put(tx, TEAM, "reminder", ticket.about)
    ring_until(tx, shipped, TEN + 54 * MINUTE)
    [row] = [one for one in outgoing(tx, TEAM) if one.card == "reminder"]
    assert "anew" not in row.params, "edited in place"
    assert reminders(tx, f"person:{SVETA}") == [ticket.about]
    [shown] = drawn(tx, shipped, TEAM, TEN + 54 * MINUTE)
    assert "@sveta" in shown.text.lower() or "Sveta" in shown.text, "the topic says who was called"
    [call] = drawn(tx, shipped, f"person:{SVETA}", TEN + 54 * MINUTE)
    assert [key.label for row in call.keyboard for key in row] == ["Взять 1"]


def test_what_breaks_quiet_hours_rings_in_the_topic(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped, priority="P1", category="security")
    open_private(tx, OLEG)
    ring_until(tx, shipped, TEN + 15 * MINUTE)
    assert reminders(tx, TEAM) == [ticket.about]
    assert reminders(tx, f"person:{OLEG}") == []


def test_at_night_where_the_holder_is_the_topic_rings(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped)
    open_private(tx, OLEG)
    mine = schema.people.c.id == OLEG
    tx.execute(update(schema.people).where(mine).values(zone="America/New_York"))
    ring_until(tx, shipped, TEN + 90 * MINUTE)
    assert reminders(tx, TEAM) == [ticket.about]


def test_a_refused_call_rings_in_the_topic_and_no_supervisor_is_troubled(
    tx: Connection, shipped: Desk
) -> None:
    ticket = held(tx, shipped)
    open_private(tx, OLEG)
    ring_until(tx, shipped, TEN + 90 * MINUTE)
    chat = f"person:{OLEG}"
    assert reminders(tx, TEAM) == []
    chats.lose(work(tx, TEN + 91 * MINUTE), chat, "Forbidden: bot was blocked by the user")
    telling.unreached(work(tx, TEN + 91 * MINUTE, shipped), chat, ticket.about)
    assert reminders(tx, TEAM) == [ticket.about]
    [shown] = [one for one in drawn(tx, shipped, TEAM, TEN + 91 * MINUTE) if "Заявка" in one.text]
    assert "ответьте" in shown.text
    assert alerts_of(tx, "supervisors") == []


@pytest.mark.parametrize("is_delivered", [True, False])
def test_a_call_goes_with_what_it_called_for(tx: Connection, shipped: Desk, is_delivered: bool) -> None:
    ticket = held(tx, shipped)
    open_private(tx, OLEG)
    ring_until(tx, shipped, TEN + 90 * MINUTE)
    chat = f"person:{OLEG}"
    if is_delivered:
        send_all(tx, TEN + 90 * MINUTE)
        put(tx, chat, "reminder", ticket.about)
    actions.resolve(work(tx, TEN + 95 * MINUTE, shipped), ticket.id, directory.get(tx, OLEG), "")
    if is_delivered:
        assert [row.kind for row in outgoing(tx, chat) if row.card == "reminder"] == ["hide"]
    else:
        assert drawn(tx, shipped, chat, TEN + 95 * MINUTE) == []
