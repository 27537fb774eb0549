"""A scenario that suspects a mass incident puts a button on its ticket's card, and the button opens an outage filled in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete, select, update

from bot.keys import OutageRef
from bot.people.access import NotAllowed
from bot.problems import cards as outage_cards
from bot.problems import rounds
from bot.problems.buttons import AnnounceOutage
from bot.sla.policy import Desk
from bot.storage.schema import chats, people
from bot.storage.schema import outages as table
from bot.teamdesk import cards
from bot.telegram.buttons import DeclareOutage
from bot.tickets import actions, store
from bot.tickets.ticket import Ticket
from tests import pressing
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    Draft,
    house_of,
    said,
    who,
)
from tests.units import work


def suspected(tx: Connection, desk: Desk) -> Ticket:
    tx.execute(update(people).where(people.c.id == ANNA).values(office="Msk", profile={"floor": 3}))
    draft = Draft("printing", "helpdesk", "Не печатает ни один принтер", mass_hint=True)
    return actions.open_ticket(work(tx, MONDAY, desk), who(tx, ANNA), draft)


def test_only_the_card_of_a_suspected_mass_incident_has_the_button(tx: Connection, shipped: Desk) -> None:
    ticket = suspected(tx, shipped)
    unit = work(tx, MONDAY, house_of(shipped))
    drawn = cards.team_card(unit, ticket.about, HELPDESK)
    assert drawn is not None
    offered = [one.data for row in drawn.keyboard for one in row]
    assert DeclareOutage(ticket.id).pack() in offered
    store.change(tx, ticket, mass_hint=0)
    drawn = cards.team_card(unit, ticket.about, HELPDESK)
    assert drawn is not None
    assert DeclareOutage(ticket.id).pack() not in [one.data for row in drawn.keyboard for one in row]


def test_a_supervisor_who_presses_it_gets_a_draft_with_everything_filled_in(
    tx: Connection, shipped: Desk
) -> None:
    ticket = suspected(tx, shipped)
    unit = work(tx, MONDAY + 60, house_of(shipped))
    line = pressing.press(unit, DeclareOutage(ticket.id), who(tx, MARINA), HELPDESK)
    assert line.key == "mass.begun_there"
    row = tx.execute(select(table)).one()
    assert (row.category, row.office, row.floor, row.words) == ("printing", "Msk", 3, ticket.summary)
    assert (row.state, row.started_at, row.asked) == ("draft", ticket.opened_at, "")
    assert (row.workaround, row.next_at) == ("", MONDAY + 60 + rounds.EVERY)
    drawn = outage_cards.draft(unit, OutageRef(row.id), f"person:{MARINA}")
    assert drawn is not None
    assert drawn.keyboard[0][0].data == AnnounceOutage(row.id).pack()


def test_an_engineer_who_presses_it_asks_the_supervisors_once(tx: Connection, shipped: Desk) -> None:
    ticket = suspected(tx, shipped)
    for minute in (1, 2):
        unit = work(tx, MONDAY + 60 * minute, house_of(shipped))
        assert pressing.press(unit, DeclareOutage(ticket.id), who(tx, OLEG), HELPDESK).key == "mass.asked"
    assert said(tx, "supervisors").count("mass.suspected") == 1
    assert tx.execute(select(table)).first() is None


def test_an_employee_who_presses_it_does_nothing(tx: Connection, shipped: Desk) -> None:
    ticket = suspected(tx, shipped)
    with pytest.raises(NotAllowed):
        pressing.press(work(tx, MONDAY, shipped), DeclareOutage(ticket.id), who(tx, BORIS), HELPDESK)
    gone = replace(who(tx, MARINA), active=False)
    with pytest.raises(NotAllowed):
        pressing.press(work(tx, MONDAY, shipped), DeclareOutage(ticket.id), gone, HELPDESK)


def test_the_button_of_an_ended_ticket_opens_no_outage(tx: Connection, shipped: Desk) -> None:
    ticket = suspected(tx, shipped)
    actions.cancel(work(tx, MONDAY, shipped), ticket.id, who(tx, ANNA))
    unit = work(tx, MONDAY + 60, house_of(shipped))
    assert pressing.press(unit, DeclareOutage(ticket.id), who(tx, MARINA), HELPDESK).key == "stale"
    assert tx.execute(select(table)).first() is None


def test_an_engineer_is_not_told_that_supervisors_were_asked_where_they_have_no_chat(
    tx: Connection, shipped: Desk
) -> None:
    ticket = suspected(tx, shipped)
    tx.execute(delete(chats).where(chats.c.key == "supervisors"))
    unit = work(tx, MONDAY + 60, house_of(shipped))
    assert pressing.press(unit, DeclareOutage(ticket.id), who(tx, OLEG), HELPDESK).key == "mass.unreachable"
