"""Nothing is assigned or returned to an engineer who is away: it goes to the team's queue, and the team is notified."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.conversation import exchange
from bot.sla.policy import Desk
from bot.teamdesk import menus
from bot.tickets import absence, actions, closing, control, store
from bot.tickets.clocks import operations
from bot.tickets.ticket import State
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    PETR,
    SVETA,
    at,
    claimed,
    closed,
    message,
    opened,
    replayed,
    ring_until,
    said,
    who,
)
from tests.units import work

HOUR = 3600


def leave(tx: Connection, desk: Desk, person: int = OLEG) -> None:
    absence.end_shift(work(tx, MONDAY, desk), who(tx, person), "")


@pytest.mark.parametrize("back", ["reject", "came back", "answered too late", "unanswered"])
def test_what_comes_back_never_goes_to_an_engineer_who_is_away(
    tx: Connection, shipped: Desk, back: str
) -> None:
    ticket = closed(tx, shipped) if back == "came back" else claimed(tx, shipped)
    if back == "reject":
        actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "")
    elif back != "came back":
        actions.ask(work(tx, 0, shipped), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY)
    leave(tx, shipped)
    now = MONDAY + HOUR
    if back == "reject":
        closing.reject(work(tx, now, shipped), ticket.id, who(tx, ANNA))
    elif back == "came back":
        closing.came_back(work(tx, now, shipped), ticket.id, who(tx, ANNA))
    else:
        now = at("2026-11-26 18:00")
        ring_until(tx, shipped, now)
    if back == "answered too late":
        exchange.from_employee(work(tx, now, shipped), who(tx, ANNA), ticket.id, message(5, at=now))
    left = store.get(tx, ticket.id)
    assert (left.assignee, left.state, left.question) == (None, State.NEW, None)
    assert replayed(tx, ticket.id) is State.NEW
    assert operations.view(tx, ticket.id)["resolution"].state == "running"
    lines = said(tx, HELPDESK)
    assert "team.absent" in lines
    assert not {"team.rejected", "team.came_back"} & set(lines), "nobody who is away is called by name"
    actions.claim(work(tx, now, shipped), ticket.id, who(tx, SVETA))
    assert store.get(tx, ticket.id).assignee == SVETA


def test_a_shift_that_ends_gives_back_what_the_employee_never_answered(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    actions.ask(work(tx, 0, shipped), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY)
    ring_until(tx, shipped, at("2026-11-26 18:00"))
    assert store.get(tx, ticket.id).assignee == OLEG
    line = absence.end_shift(work(tx, at("2026-11-26 18:00"), shipped), who(tx, OLEG), "")
    assert line.facts == {"given": 1, "kept": 0}
    assert store.get(tx, ticket.id).assignee is None


def test_a_ticket_is_assigned_to_nobody_who_is_away(tx: Connection, shipped: Desk) -> None:
    mine, free = claimed(tx, shipped), opened(tx, shipped)
    actions.claim(work(tx, MONDAY, shipped), free.id, who(tx, PETR))
    leave(tx, shipped)
    for ticket in (mine, free):
        before = store.get(tx, ticket.id)
        line = control.assign(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), OLEG)
        assert (line.key, line.alert) == ("assign.away", True)
        assert store.get(tx, ticket.id) == before
    menu = menus.assign_menu(work(tx, MONDAY, shipped), free.about, "supervisors")
    assert menu is not None
    labels = [button.label.partition(" (")[0] for row in menu.keyboard for button in row]
    assert who(tx, OLEG).name not in labels
    assert {who(tx, SVETA).name, who(tx, PETR).name} <= set(labels)
    for person in (SVETA, PETR):
        leave(tx, shipped, person)
    nobody = menus.assign_menu(work(tx, MONDAY, shipped), free.about, "supervisors")
    assert nobody is not None
    assert "никого нет на смене" in nobody.text
