"""The number of the directory is on the card of the team at work, from the claim on, and in no other chat."""

from __future__ import annotations

from sqlalchemy import Connection, update

from bot.sla.policy import Desk
from bot.storage.schema import people
from bot.teamdesk import cards
from bot.tickets import actions, store
from tests.tickets.company import ANNA, HELPDESK, MONDAY, OLEG, claimed, house_of, opened, who
from tests.units import work

PHONE, MAIL = "+7 495 123-45-67 доб. 205", "anna@example.org"


def card(tx: Connection, shipped: Desk, ticket: int, chat: str = HELPDESK) -> str:
    drawn = cards.team_card(work(tx, MONDAY, house_of(shipped)), store.get(tx, ticket).about, chat)
    return drawn.text if drawn is not None else ""


def test_phone_and_mail_are_shown_from_the_claim_until_the_ticket_is_solved(
    tx: Connection, shipped: Desk
) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(phone=PHONE, email=MAIL))
    assert PHONE not in card(tx, shipped, opened(tx, shipped).id)
    ticket = claimed(tx, shipped).id
    assert f"☎️ {PHONE} · {MAIL}" in card(tx, shipped, ticket)
    assert PHONE not in card(tx, shipped, ticket, "team:network")
    actions.resolve(work(tx, MONDAY, shipped), ticket, who(tx, OLEG), "заменил ролик")
    assert PHONE not in card(tx, shipped, ticket)


def test_a_card_has_no_line_for_a_number_that_is_not_known(tx: Connection, shipped: Desk) -> None:
    assert "☎️" not in card(tx, shipped, claimed(tx, shipped).id)
