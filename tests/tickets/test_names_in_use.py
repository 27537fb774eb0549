"""Names of desk.yaml that open tickets, begun scenarios and open outages use are counted before the file may drop them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection, insert, update

from bot.app import names
from bot.app.names import Dropped
from bot.config.config import Config
from bot.scenarios.check.desk_names import desk_names
from bot.scenarios.library import run
from bot.selfservice import effects
from bot.sla.check import load_desk
from bot.sla.names import Keeper, Section
from bot.sla.policy import OTHER, Desk
from bot.storage import schema
from bot.storage.schema import outages
from bot.tickets import actions, handover, store
from bot.tickets.ticket import State
from tests.shipped import ROOT, house, house_with
from tests.tickets.company import ANNA, BORIS, MARINA, MONDAY, OLEG, claimed, opened, who
from tests.tickets.test_dropped_names import renamed, without
from tests.units import work

SCENARIOS = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  phone:
    title: Телефон
    category: telephony
    phrases: [не звонит телефон]
    steps:
      - choose: Что с ним?
        save: what
        options:
          - {label: Молчит, value: silent}
          - {label: Разбит, value: broken}
      - ticket:
          category: "{{ 'telephony' if answers.what == 'silent' else 'hardware' }}"
          team: vendor_desk
          impact: team
          urgency: "{{ 'blocked' if answers.what == 'broken' else 'degraded' }}"
          summary: Телефон
"""
SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")


def of_ticket(section: Section, name: str, *numbers: int) -> Dropped:
    return Dropped(section, name, Keeper.TICKET, len(numbers), tuple(map(str, numbers)))


def phones() -> Config:
    """A desk of one scenario, which names a team, categories, an impact and urgencies of its own."""
    return house_with("scenarios.yaml", SCENARIOS.replace("vendor_desk", "network"))


def begun(tx: Connection, config: Config, person: int = ANNA) -> run.Stood:
    """A person is in the middle of the scenario."""
    found = who(tx, person)
    return run.begin(work(tx, MONDAY, config), config.program, person, effects.who(found), "phone", None)


def test_names_that_open_tickets_use_are_counted_and_others_are_not(tx: Connection, shipped: Desk) -> None:
    new = without("categories", "telephony")
    assert names.dropped(work(tx, 0, shipped), new) == []
    first, second = (
        opened(tx, shipped, category="telephony"),
        opened(tx, shipped, BORIS, category="telephony"),
    )
    opened(tx, shipped)
    gone = of_ticket(Section.CATEGORIES, "telephony", first.id, second.id)
    assert names.dropped(work(tx, 0, shipped), new) == [gone]
    assert names.dropped(work(tx, 0, new), new) == [], "what was gone before is not dropped now"
    assert names.lacking(tx, new) == [gone], "a start knows no before"
    actions.cancel(work(tx, MONDAY, shipped), first.id, who(tx, ANNA))
    assert [one.called for one in names.dropped(work(tx, 0, shipped), new)] == [(str(second.id),)]
    actions.claim(work(tx, MONDAY, shipped), second.id, who(tx, OLEG))
    actions.resolve(work(tx, MONDAY, shipped), second.id, who(tx, OLEG), "")
    assert store.get(tx, second.id).state is State.RESOLVED
    assert names.dropped(work(tx, 0, shipped), new), "it waits for a yes, and may come back"


def test_a_team_is_in_use_by_what_it_works_on_and_by_what_it_answers_for(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "vendor", "за ними")
    gone = of_ticket(Section.TEAMS, "vendor", ticket.id)
    assert names.dropped(work(tx, 0, shipped), without("teams", "vendor")) == [gone]


def test_a_priority_of_an_open_ticket_does_not_leave_unnoticed(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped)
    desk, complaints = load_desk("desk.yaml", SHIPPED.replace("P3", "P5"))
    assert desk is None
    text = SHIPPED.replace("impact: [one", "priorities: [P1, P2, P5, P4]\n  impact: [one", 1)
    desk, complaints = load_desk("desk.yaml", text.replace("P3", "P5"))
    assert desk is not None, complaints
    assert names.lacking(tx, desk) == [of_ticket(Section.PRIORITIES, "P3", ticket.id)]
    (told,) = names.complaints("desk.yaml", text, desk, names.lacking(tx, desk))
    assert told.code == "E356"
    assert text.splitlines()[told.mark.line - 1].strip() == "priorities: [P1, P2, P5, P4]"


def test_a_desk_without_other_starts_with_tickets_that_no_scenario_foresaw(
    tx: Connection, shipped: Desk
) -> None:
    opened(tx, shipped, category="nothing")
    desk = without("categories", OTHER)
    assert names.lacking(tx, desk) == []
    assert names.dropped(work(tx, 0, shipped), desk), "a reload knows that it was there"


def test_every_name_that_a_ticket_of_a_scenario_may_carry_is_known() -> None:
    found = desk_names(phones().program)
    assert found == {
        (Section.CATEGORIES, "telephony"),
        (Section.CATEGORIES, "hardware"),
        (Section.TEAMS, "network"),
        (Section.IMPACT, "team"),
        (Section.URGENCY, "degraded"),
        (Section.URGENCY, "blocked"),
    }


@pytest.mark.parametrize(
    ("section", "name", "desk"),
    [
        (Section.CATEGORIES, "telephony", without("categories", "telephony")),
        (Section.URGENCY, "blocked", renamed(("blocked", "stuck"))),
    ],
)
def test_what_a_begun_scenario_may_open_a_ticket_with_is_in_use(
    tx: Connection, section: Section, name: str, desk: Desk
) -> None:
    for person in (ANNA, BORIS):
        begun(tx, phones(), person)
    assert names.lacking(tx, desk) == [Dropped(section, name, Keeper.RUN, 2, ("phone",))]
    (told,) = names.complaints("desk.yaml", SHIPPED, desk, names.lacking(tx, desk))
    assert told.code == "E357"
    assert (told.facts["count"], told.facts["users"]) == (2, "phone")
    run.leave(work(tx, MONDAY), ANNA)
    assert [one.count for one in names.lacking(tx, desk)] == [1]
    run.leave(work(tx, MONDAY), BORIS)
    assert names.lacking(tx, desk) == []


def test_a_version_that_is_no_longer_understood_uses_no_names(tx: Connection) -> None:
    begun(tx, phones())
    tx.execute(update(schema.scenario_versions).values(source="nonsense"))
    assert names.lacking(tx, without("categories", "telephony")) == []


def test_a_category_of_an_open_outage_is_in_use(tx: Connection) -> None:
    row = {"category": "telephony", "words": "Молчат телефоны", "state": "open", "author": MARINA}
    number = tx.execute(
        insert(outages).values(**row, started_at=MONDAY, changed_at=MONDAY)
    ).inserted_primary_key
    assert number is not None
    desk = without("categories", "telephony")
    assert names.lacking(tx, desk) == [
        Dropped(Section.CATEGORIES, "telephony", Keeper.OUTAGE, 1, (str(number[0]),))
    ]
    assert [one.code for one in names.complaints("desk.yaml", SHIPPED, desk, names.lacking(tx, desk))] == [
        "E358"
    ]
    tx.execute(update(outages).values(state="over"))
    assert names.lacking(tx, desk) == []


def test_a_complaint_calls_only_the_first_tickets_by_number(tx: Connection, shipped: Desk) -> None:
    numbers = [opened(tx, shipped, category="telephony").id for _ in range(12)]
    desk = without("categories", "telephony")
    (told,) = names.complaints("desk.yaml", SHIPPED, desk, names.lacking(tx, desk))
    assert told.facts["count"] == 12
    assert re.findall(r"\d+", told.facts["users"]) == [str(number) for number in numbers[:10]]
    assert told.facts["users"].endswith("…")


def test_the_shipped_scenarios_use_only_names_of_the_shipped_desk() -> None:
    config = house()
    unknown = [one for one in desk_names(config.program) if one[1] not in config.desk.names(one[0])]
    assert unknown == []
