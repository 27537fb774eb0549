"""Words of scope and urgency: shown for a yes, proposed to the team, counted; alone they change nothing."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people.directory import Person
from bot.problems import extents
from bot.sla.policy import Desk
from bot.telegram.buttons import AcceptExtent
from bot.texts import speak
from bot.tickets import store
from bot.tickets.ticket import Ticket
from tests import pressing
from tests.tickets.company import ANNA, BORIS, HELPDESK, MONDAY, OLEG, claimed, opened, who
from tests.units import work

HOUR = 3600
FLOOR = "на третьем этаже ни у кого не печатает"
STOPPED = "весь этаж без сети, работа встала"


def heard(tx: Connection, desk: Desk, text: str, answer: str = "", person: int = ANNA) -> Ticket:
    ticket = claimed(tx, desk) if person == ANNA else opened(tx, desk, person=person)
    extents.hear(work(tx, MONDAY, desk), ticket, text)
    if answer:
        extents.answer(work(tx, MONDAY, desk), ticket.id, who(tx, person), answer)
    return store.get(tx, ticket.id)


def card(tx: Connection, desk: Desk, ticket: Ticket, person: Person) -> tuple[str, int]:
    drawn = extents.card(work(tx, MONDAY, desk), ticket.about, person.key)
    assert drawn is not None
    return drawn.text, len(drawn.keyboard)


def test_words_alone_and_the_yes_of_their_author_change_no_priority(tx: Connection, shipped: Desk) -> None:
    before = claimed(tx, shipped)
    for answer in ("", extents.YES):
        after = heard(tx, shipped, STOPPED, answer)
        assert (after.priority, after.impact, after.urgency) == (
            before.priority,
            before.impact,
            before.urgency,
        )


def test_the_author_is_asked_whether_it_is_so(tx: Connection, shipped: Desk) -> None:
    ticket, anna = heard(tx, shipped, STOPPED), who(tx, ANNA)
    text, buttons = card(tx, shipped, ticket, anna)
    assert "этажа" in text
    assert "работа стоит" in text
    assert buttons == 1
    extents.answer(work(tx, MONDAY, shipped), ticket.id, anna, extents.NO)
    assert card(tx, shipped, ticket, anna)[1] == 0


def test_an_engineer_accepts_what_is_confirmed_and_the_matrix_gives_the_priority(
    tx: Connection, shipped: Desk
) -> None:
    ticket, oleg = heard(tx, shipped, STOPPED, extents.YES), who(tx, OLEG)
    expected = shipped.priority("site", "blocked", category=ticket.category)
    assert extents.raises(shipped, ticket, extents.find(tx, ticket.id)) == expected
    line = pressing.press(work(tx, MONDAY, shipped), AcceptExtent(ticket.id), oleg, HELPDESK)
    after = store.get(tx, ticket.id)
    assert (after.impact, after.urgency, after.priority) == ("site", "blocked", expected)
    assert line.key == "priority.done"
    again = pressing.press(work(tx, MONDAY, shipped), AcceptExtent(ticket.id), oleg, HELPDESK)
    assert again.key == "stale"


def test_what_is_not_confirmed_proposes_nothing(tx: Connection, shipped: Desk) -> None:
    for answer in ("", extents.NO):
        ticket = heard(tx, shipped, STOPPED, answer)
        assert extents.raises(shipped, ticket, extents.find(tx, ticket.id)) is None


def test_every_ticket_is_counted_once_with_its_place_unless_it_was_denied(
    tx: Connection, shipped: Desk
) -> None:
    ticket = heard(tx, shipped, FLOOR)
    extents.hear(work(tx, MONDAY + 60, shipped), ticket, "и у соседей тоже не печатает")  # says no more
    extents.hear(work(tx, MONDAY + 120, shipped), ticket, "принтер гудит")
    heard(tx, shipped, FLOOR, extents.NO, person=BORIS)
    counted = extents.since(tx, MONDAY)
    assert [(one.ticket, one.scope, one.floor, one.at) for one in counted] == [
        (ticket.id, "place", 3, MONDAY)
    ]
    assert not extents.since(tx, MONDAY + 1)


def test_the_team_reads_how_many_others_say_the_same(tx: Connection, shipped: Desk) -> None:
    ticket, voice = heard(tx, shipped, FLOOR, extents.YES), speak.voice("ru")
    assert "ещё 1" not in extents.for_team(work(tx, MONDAY, shipped), ticket, voice)
    heard(tx, shipped, FLOOR, person=BORIS)
    assert "ещё 1" in extents.for_team(work(tx, MONDAY, shipped), ticket, voice)
    assert "ещё 1" not in extents.for_team(work(tx, MONDAY + 2 * HOUR, shipped), ticket, voice)
    labels = [
        key.label for row in extents.buttons_for_team(work(tx, MONDAY, shipped), ticket, voice) for key in row
    ]
    assert voice.say("button.declare_outage") in labels
