"""All that is due of a ticket is one message in its topic, and none when nothing is due."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.people import directory
from bot.sla.policy import Desk
from bot.storage import schema
from bot.tickets import actions
from tests.escalation.company import OLEG, at, drawn, opened, outgoing, ring, send_all
from tests.units import work

TEN, TEAM = at("2026-11-23 10:00"), "team:helpdesk"
MINUTE = 60


def reminders(tx: Connection) -> list[tuple[str, str]]:
    """The rows of reminders that wait: kind and object."""
    return [(row.kind, row.about) for row in outgoing(tx, TEAM) if row.card == "reminder"]


def test_five_levels_of_a_ticket_are_one_message(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, TEN)
    for minutes in (45, 54, 60):
        ring(tx, shipped, TEN + minutes * MINUTE)
        assert reminders(tx) == [("card", ticket.about)]
        [card] = drawn(tx, shipped, TEAM, TEN + minutes * MINUTE)
        assert f"Заявка {ticket.id}:" in card.text
        send_all(tx, TEN + minutes * MINUTE)
    posted = select(schema.posts).where(schema.posts.c.card == "reminder")
    assert len(tx.execute(posted).all()) == 1


def test_a_reminder_goes_when_the_ticket_is_taken(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, TEN)
    ring(tx, shipped, TEN + 54 * MINUTE)
    send_all(tx, TEN + 54 * MINUTE)
    actions.claim(work(tx, TEN + 55 * MINUTE, shipped), ticket.id, directory.get(tx, OLEG))
    assert reminders(tx) == [("hide", ticket.about)]


def test_a_reminder_that_was_on_its_way_when_the_ticket_was_taken_says_that_it_is_over(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, TEN)
    ring(tx, shipped, TEN + 54 * MINUTE)
    actions.claim(work(tx, TEN + 55 * MINUTE, shipped), ticket.id, directory.get(tx, OLEG))
    assert drawn(tx, shipped, TEAM, TEN + 55 * MINUTE) == []
    send_all(tx, TEN + 55 * MINUTE)
    actions.tell(work(tx, TEN + 56 * MINUTE, shipped), ticket)
    tx.execute(schema.outbox.update().where(schema.outbox.c.card == "reminder").values(state="pending"))
    [card] = drawn(tx, shipped, TEAM, TEN + 56 * MINUTE)
    assert "напоминать больше не о чем" in card.text
