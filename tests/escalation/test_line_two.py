"""Functional escalation: a ticket that the first line does not claim is offered to line two, once; the first line
stays accountable."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.people import directory
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import schema
from bot.teamdesk import cards
from bot.tickets import actions, store
from bot.tickets.clocks import clock_rows, operations
from bot.tickets.ticket import State, Ticket
from tests.escalation.company import (
    ANNA,
    OLEG,
    SHIPPED,
    alerts_of,
    at,
    changed,
    house_of,
    keys,
    opened,
    outgoing,
    ring,
    ring_until,
    shipped_with,
)
from tests.tickets.company import replay
from tests.units import work

MONDAY = at("2026-11-23 10:00")
HOUR, MINUTE = 3600, 60
FUNCTIONAL = ("    ack: 1h ", "    functional: {unclaimed_at: 60, to_team: network}\n    ack: 1h ")


def offering() -> Desk:
    return shipped_with(FUNCTIONAL)


def unclaimed(tx: Connection, desk: Desk) -> Ticket:
    """A ticket that stays unclaimed until just before it is offered to line two."""
    ticket = opened(tx, desk, MONDAY, owner_team="helpdesk")
    ring_until(tx, desk, MONDAY + 36 * MINUTE - 1)
    assert store.peek(tx, ticket.id).team == "helpdesk"
    return ticket


def test_what_nobody_takes_in_its_share_of_the_time_is_offered_to_line_two(tx: Connection) -> None:
    desk = offering()
    ticket = unclaimed(tx, desk)
    ring(tx, desk, MONDAY + 36 * MINUTE)
    ticket = store.peek(tx, ticket.id)
    assert (ticket.team, ticket.accountable, ticket.state) == ("network", "helpdesk", State.HANDED)
    view = operations.view(tx, ticket.id)
    assert view["ola_accept"].due_at == MONDAY + 36 * MINUTE + 15 * MINUTE
    assert view["claim"].due_at == MONDAY + HOUR  # the promise runs on untouched
    [move] = _history(tx, ticket.id, "transfer")
    assert (move.actor, move.data["team"]) == ("timer", "network")
    assert _history(tx, ticket.id, "level")[-1].data["to_team"] == "network"


def test_the_employee_and_line_two_are_told_honestly(tx: Connection) -> None:
    desk = offering()
    ticket = unclaimed(tx, desk)
    ring(tx, desk, MONDAY + 36 * MINUTE)
    drawing = cards.ticket_card(
        work(tx, MONDAY + 37 * MINUTE, house_of(desk)), ticket.about, f"person:{ANNA}"
    )
    assert drawing is not None
    assert "не взяла вовремя" in drawing.text
    said = [row.params["line"] for row in outgoing(tx, "team:network") if row.kind == "call"]
    assert said == ["team.offered"]
    assert [row.card for row in outgoing(tx, "team:helpdesk") if row.card == "team_card"]


def test_the_team_it_came_from_still_hears_when_its_promise_is_late(tx: Connection) -> None:
    desk = offering()
    unclaimed(tx, desk)
    ring_until(tx, desk, MONDAY + HOUR)
    kinds = {row.id: row.kind for row in tx.execute(select(schema.clocks))}
    assert "claim" in {kinds[row.clock] for row in alerts_of(tx, "team:helpdesk")}
    assert {kinds[row.clock] for row in alerts_of(tx, "team:network")} == {"ola_accept"}


def test_it_is_offered_once_however_late_the_bot_comes_back(tx: Connection) -> None:
    desk = offering()
    ticket = opened(tx, desk, MONDAY, owner_team="helpdesk")
    ring(tx, desk, MONDAY + 3 * HOUR)
    assert "claim 60:functional" in keys(tx)
    assert "claim 100" in keys(tx)
    ring(tx, desk, MONDAY + 3 * HOUR)
    assert len(_history(tx, ticket.id, "transfer")) == 1


def test_what_somebody_has_taken_is_offered_to_nobody(tx: Connection) -> None:
    desk = offering()
    ticket = unclaimed(tx, desk)
    actions.claim(work(tx, MONDAY + 36 * MINUTE - 1, desk), ticket.id, directory.get(tx, OLEG))
    ring(tx, desk, MONDAY + 36 * MINUTE)
    assert store.peek(tx, ticket.id).team == "helpdesk"
    assert _history(tx, ticket.id, "transfer") == []


def test_what_was_given_to_another_team_already_stays_there(tx: Connection) -> None:
    desk = offering()
    ticket = opened(tx, desk, MONDAY, owner_team="helpdesk")
    changed(tx, ticket, state="handed", team="admins")
    ring(tx, desk, MONDAY + 36 * MINUTE)
    assert store.peek(tx, ticket.id).team == "admins"


def test_a_higher_priority_offers_at_once_what_has_waited_longer_than_its_share(tx: Connection) -> None:
    desk = offering()
    ticket = unclaimed(tx, desk)
    ticket = changed(tx, ticket, priority="P1")  # 15 minutes, 36 have passed
    operations.retargeted(work(tx, 0, desk), ticket, MONDAY + 36 * MINUTE - 1)
    ring(tx, desk, MONDAY + 36 * MINUTE)
    assert store.peek(tx, ticket.id).team == "network"


def test_the_history_of_an_offer_leads_to_the_state_of_the_ticket(tx: Connection) -> None:
    desk = offering()
    ticket = unclaimed(tx, desk)
    ring(tx, desk, MONDAY + 36 * MINUTE)
    rows = tx.execute(select(schema.history).where(schema.history.c.ticket == ticket.id)).all()
    told = [("open", {}), *((row.action, row.data) for row in rows)]
    assert replay(told) is State.HANDED
    assert clock_rows.of_ticket(tx, ticket.id)[-1].clock.scope == "network"


def test_a_desk_that_has_given_its_line_two_up_offers_nothing(tx: Connection, shipped: Desk) -> None:
    ticket = unclaimed(tx, offering())
    ring(tx, shipped, MONDAY + 36 * MINUTE)
    assert store.peek(tx, ticket.id).team == "helpdesk"
    assert keys(tx, "skipped") == ["claim 60:functional"]


def test_line_two_must_be_a_team_of_the_file() -> None:
    _, complaints = load_desk(
        "desk.yaml", SHIPPED.replace(FUNCTIONAL[0], FUNCTIONAL[1].replace("network", "line9"), 1)
    )
    assert [complaint.code for complaint in complaints] == ["E330"]


def _history(tx: Connection, ticket_id: int, action: str) -> list:  # type: ignore[type-arg]
    mine = (schema.history.c.ticket == ticket_id) & (schema.history.c.action == action)
    return list(tx.execute(select(schema.history).where(mine).order_by(schema.history.c.id)))
