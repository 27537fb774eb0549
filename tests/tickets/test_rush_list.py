"""The list of a rush, drawn from waiting rows, on both databases."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.sla.policy import Desk
from bot.storage.schema import outbox as rows_to_say
from bot.storage.schema import timers
from bot.telegram import posts
from bot.tickets import backlog_digest
from tests.tickets.company import HELPDESK, MONDAY, opened
from tests.units import work


def _rung(tx: Connection, now: int) -> None:
    due = (timers.c.kind == backlog_digest.TIMER) & (timers.c.state == "armed") & (timers.c.fire_at <= now)
    backlog_digest.ring(work(tx, now), tx.execute(select(timers).where(due)).all())


def _said(tx: Connection) -> list[tuple[str, str]]:
    mine = (rows_to_say.c.card == backlog_digest.CARD) & (rows_to_say.c.state == "pending")
    return [
        (row.kind, row.chat) for row in tx.execute(select(rows_to_say).where(mine).order_by(rows_to_say.c.id))
    ]


def test_the_list_names_what_nobody_has_seen_and_goes_when_all_is_seen(tx: Connection, shipped: Desk) -> None:
    tickets = [opened(tx, shipped) for _ in range(backlog_digest.FEW + 2)]
    _rung(tx, MONDAY + backlog_digest.SOON)
    assert _said(tx) == [("card", HELPDESK)]
    posts.keep(work(tx, MONDAY), HELPDESK, backlog_digest.TEAM_CARD, tickets[0].about, 900)
    drawn = backlog_digest.drawing(work(tx, MONDAY, shipped), "", HELPDESK)
    assert drawn is not None
    named = drawn.text.replace(",", " ").split()
    assert str(tickets[0].id) not in named[named.index("·") :]
    assert all(str(one.id) in named for one in tickets[1:])
    for number, ticket in enumerate(tickets[1:], start=901):
        posts.keep(work(tx, MONDAY), HELPDESK, backlog_digest.TEAM_CARD, ticket.about, number)
    _rung(tx, MONDAY + 2 * backlog_digest.LATER)
    assert ("hide", HELPDESK) in _said(tx)
    assert backlog_digest.drawing(work(tx, MONDAY, shipped), "", HELPDESK) is None


def test_as_many_as_one_can_read_need_no_list(tx: Connection, shipped: Desk) -> None:
    for _ in range(backlog_digest.FEW):
        opened(tx, shipped)
    _rung(tx, MONDAY + backlog_digest.LATER)
    assert _said(tx) == []
