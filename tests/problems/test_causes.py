"""Problems and known errors: opened, linked, shown where people meet them, closed with a proof."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.app.registries import renderers
from bot.keys import SUPERVISORS, ProblemRef
from bot.people.access import NotAllowed
from bot.problems import causes, ending, known
from bot.problems.causes import CLOSED, KNOWN_ERROR
from bot.sla.policy import Desk
from bot.storage.schema import problems
from bot.teamdesk import cards
from bot.tickets import actions
from tests.problems.outage_company import crowd, declared, lives, report
from tests.tickets.company import HELPDESK, MARINA, MONDAY, OLEG, house_of, who
from tests.units import work

DAY, HOUR = 86_400, 3600
ERROR = "printer 14 Очередь висит. Обход: печатайте на PRN-2"


def test_a_problem_after_an_outage_has_its_tickets_their_hours_and_money(
    tx: Connection, shipped: Desk
) -> None:
    house, people = house_of(shipped), crowd(tx, 3)
    tickets = [report(work(tx, MONDAY, house), one) for one in people]
    outage = declared(work(tx, MONDAY + 60, house))
    assert (
        causes.after_outage(work(tx, MONDAY + 61, house), outage.id, who(tx, MARINA), SUPERVISORS).key
        == "stale"
    )
    actions.claim(work(tx, MONDAY + 60, house), tickets[0].id, who(tx, OLEG))
    ending.end(work(tx, MONDAY + 60 + 2 * HOUR, house), outage.id, who(tx, MARINA))
    unit = work(tx, MONDAY + DAY, house)
    assert causes.after_outage(unit, outage.id, who(tx, MARINA), SUPERVISORS).key == "problem.opened"
    assert causes.after_outage(unit, outage.id, who(tx, MARINA), SUPERVISORS).key == "problem.known"
    number = tx.scalars(select(problems.c.id)).one()
    assert causes.tickets_of(tx, number) == [*(one.id for one in tickets), outage.parent]
    drawn = renderers()[causes.CARD](unit, ProblemRef(number), SUPERVISORS)
    assert drawn is not None
    assert "Заявки (4)" in drawn.text
    assert "ушло 2,0 ч работы" in drawn.text


def test_a_problem_goes_state_by_state_and_is_closed_only_with_a_proof(tx: Connection, shipped: Desk) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    number = causes.begin(unit, marina, "Зависает очередь печати")
    assert causes.move(unit, number, "fix_planned", marina).key == "stale"
    for state in ("investigating", "known_error", "fix_planned"):
        assert causes.move(unit, number, state, marina).key == "problem.changed"
    assert causes.move(unit, number, "closed", marina).key == "stale"
    with pytest.raises(NotAllowed):
        causes.prove(unit, number, "тихо", who(tx, OLEG))
    assert causes.prove(unit, number, "четыре недели тихо", marina).key == "problem.closed"
    row = causes.find(tx, number)
    assert row is not None
    assert (row.state, row.proof, row.closed_at) == (CLOSED, "четыре недели тихо", MONDAY)
    assert causes.take(unit, number, marina).key == "stale"


def test_a_known_error_is_shown_until_it_expires_or_its_problem_is_closed(
    tx: Connection, shipped: Desk
) -> None:
    unit, marina, (anna,) = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA), crowd(tx, 1)
    number = causes.begin(unit, marina, "Зависает очередь печати")
    line = known.publish(unit, number, ERROR, marina)
    assert line is not None
    assert line.key == "known.published"
    (shown,) = known.at_step(unit, "printer", "any", anna.id)
    assert (shown.symptoms, shown.workaround) == ("Очередь висит.", "печатайте на PRN-2")
    assert known.at_step(unit, "vpn", "any", anna.id) == []
    assert known.at_step(unit.at(MONDAY + 14 * DAY), "printer", "any", anna.id) == []
    row = causes.find(tx, number)
    assert row is not None
    assert row.state == KNOWN_ERROR
    causes.prove(unit, number, "тихо", marina)
    assert known.at_step(unit, "printer", "any", anna.id) == []


def test_a_known_error_of_one_site_is_not_shown_at_another(tx: Connection, shipped: Desk) -> None:
    unit, marina, (anna, boris, vera) = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA), crowd(tx, 3)
    lives(tx, boris, "Нижний Новгород, 21")
    lives(tx, vera, "")
    number = causes.begin(unit, marina, "Зависает очередь печати")
    words = ERROR.replace("printer", "printer@Нижний_Новгород", 1)
    line = known.publish(unit, number, words, marina)
    assert line is not None
    assert line.key == "known.published"
    seen = [one.id for one in (anna, boris, vera) if known.at_step(unit, "printer", "any", one.id)]
    assert seen == [boris.id]
    drawn = renderers()[causes.CARD](unit, ProblemRef(number), SUPERVISORS)
    assert drawn is not None
    assert "printer@нижний новгород" in drawn.text
    line = known.publish(unit, number, ERROR.replace("printer", "printer@Атлантида", 1), marina)
    assert line is not None
    assert line.key == "known.no_site"


@pytest.mark.parametrize(
    "words",
    [
        "printer",
        "printer 14 Очередь висит",
        "printer 900 Висит. Обход: ждать",
        "printer x Висит. Обход: ждать",
    ],
)
def test_a_known_error_without_its_parts_is_asked_for_again(
    tx: Connection, shipped: Desk, words: str
) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    number = causes.begin(unit, marina, "Зависает очередь печати")
    assert known.publish(unit, number, words, marina) is None


def test_a_ticket_in_the_same_words_names_the_open_problem(tx: Connection, shipped: Desk) -> None:
    unit, marina, (anna,) = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA), crowd(tx, 1)
    number = causes.begin(unit, marina, "Зависает очередь печати")
    ticket = report(unit, anna, words="у меня зависла очередь на печати")
    drawn = cards.team_card(unit, ticket.about, HELPDESK)
    assert drawn is not None
    assert f"Похоже на проблему {number}" in drawn.text
    causes.add(unit, number, [ticket.id], marina)
    drawn = cards.team_card(unit, ticket.about, HELPDESK)
    assert drawn is not None
    assert f"Причина: проблема {number}" in drawn.text
