"""A very important person's ticket: raised when it is opened, and known as theirs to the team."""

from __future__ import annotations

from sqlalchemy import Connection, update

from bot.sla.check import load_desk
from bot.storage.schema import people
from bot.teamdesk import cards
from bot.tickets.clocks import operations
from tests.tickets.company import ANNA, HELPDESK, MONDAY, house_of, opened
from tests.undone import SHIPPED
from tests.units import work

OVERRIDE = "  overrides:  "


def test_a_very_important_persons_ticket_has_a_higher_priority_and_its_clocks(tx: Connection) -> None:
    text = SHIPPED.read_text("utf-8")
    assert OVERRIDE in text
    raised = "  overrides:\n    - {when: {vip: true}, up: 1}\n  #"
    desk, complaints = load_desk("desk.yaml", _without_the_other(text.replace(OVERRIDE, raised, 1)))
    assert desk is not None, complaints
    assert opened(tx, desk).priority == "P3"
    tx.execute(update(people).where(people.c.id == ANNA).values(roles=["vip"]))
    ticket = opened(tx, desk)
    assert ticket.priority == "P2"
    assert operations.view(tx, ticket.id)["claim"].rule == "p2"
    drawing = cards.team_card(work(tx, MONDAY, house_of(desk)), ticket.about, HELPDESK)
    assert drawing is not None
    assert "Anna · VIP" in drawing.text


def _without_the_other(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if "at_least: P1" not in line)
