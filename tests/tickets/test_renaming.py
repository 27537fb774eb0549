"""`renamed:` of desk.yaml: whatever is open under a former name follows, what has ended keeps it, and nothing is done twice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Row, insert, select

from bot.app import names, renaming
from bot.app.files import Opened, known_names
from bot.conversation import exchange
from bot.keys import RawChat
from bot.knowledge import readings
from bot.people import directory
from bot.problems import banners
from bot.reports import period
from bot.scenarios.library import run
from bot.scenarios.play.events import Human
from bot.selfservice import effects
from bot.sla.check import load_desk
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import kv, schema
from bot.telegram import chats, outbox, posts
from bot.telegram.buttons import HandTo, SetPriority
from bot.tickets import actions, backlog_digest, closing, handover, planning, store
from bot.tickets.ticket import State
from bot.timers import timers
from tests.pressing import press
from tests.shipped import ROOT, house, house_with
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    NETWORK,
    OLEG,
    claimed,
    closed,
    house_of,
    message,
    opened,
    said,
    shown,
    who,
)
from tests.tickets.test_dropped_names import drawn, without
from tests.tickets.test_names_in_use import SCENARIOS
from tests.units import work

SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")
FRONT = "team:front"
TEAMS = {"teams": ("helpdesk", "front")}
PHONES = {"categories": ("telephony", "phones")}


def desk_of(text: str) -> Desk:
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None, complaints
    return desk


def renamed(**sections: tuple[str, str]) -> Desk:
    """The shipped desk with a name of each section written as another one, and `renamed:` saying so."""
    text = SHIPPED.replace("  impact:", "  priorities: [P1, P2, P3, P4]\n  impact:", 1)
    listed = []
    for section, (former, today) in sections.items():
        text = re.sub(rf"(?<![\w.-]){former}(?=[]:,}} \n])(?! \w+:)", today, text)
        listed.append(f"{section}: {{{former}: {today}}}")
    return desk_of(f"{text}\nrenamed: {{{', '.join(listed)}}}\n")


def merged(section: str, former: str, today: str) -> Desk:
    """The shipped desk without a name, whose work another one of the same section goes on with."""
    text, gone = re.subn(rf"(?m)^  {former}:.*\n(?:    .*\n)*", "", SHIPPED)
    assert gone
    text = re.sub(rf"\b{former}, |, {former}\b|(?m:^    {former}: .*\n)", "", text)
    return desk_of(f"{text}\nrenamed: {{{section}: {{{former}: {today}}}}}\n")


def follow(tx: Connection, desk: Desk, now: int = MONDAY) -> None:
    renaming.follow(work(tx, now, house_of(desk)))


def history(tx: Connection, ticket: int, action: str = "rename") -> list[Row[tuple[object, ...]]]:
    mine = (schema.history.c.ticket == ticket) & (schema.history.c.action == action)
    return list(tx.execute(select(schema.history).where(mine).order_by(schema.history.c.id)))


def test_an_open_ticket_follows_its_category_and_its_history_says_what_it_was(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, category="telephony", team="network")
    desk = renamed(**PHONES)
    assert names.lacking(tx, desk) == []
    follow(tx, desk)
    assert store.get(tx, ticket.id).category == "phones"
    assert [(one.actor, one.data) for one in history(tx, ticket.id)] == [
        ("bot", {"category": ["telephony", "phones"]})
    ]
    assert said(tx, chats.ADMINS) == ["reload.renamed"]
    assert names.lacking(tx, desk_of(SHIPPED.replace("telephony", "phones"))) == [], "renamed: may go then"


def test_a_renaming_that_is_done_already_changes_nothing(tx: Connection, shipped: Desk) -> None:
    ticket, desk = claimed(tx, shipped, category="telephony"), renamed(**PHONES, **TEAMS)
    for _ in range(3):
        follow(tx, desk)
    assert len(history(tx, ticket.id)) == 1
    assert said(tx, chats.ADMINS) == ["reload.renamed"]


def test_priority_impact_and_urgency_follow_too(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, impact="site", urgency="blocked")
    desk = renamed(priorities=("P1", "A"), impact=("site", "office_"), urgency=("blocked", "stuck"))
    follow(tx, desk)
    kept = store.get(tx, ticket.id)
    assert (kept.priority, kept.impact, kept.urgency) == ("A", "office_", "stuck")
    assert desk.priority("site", "blocked") == "A"


def test_what_has_ended_keeps_the_names_it_had_and_is_still_drawn(tx: Connection, shipped: Desk) -> None:
    ticket, desk = closed(tx, shipped), renamed(categories=("printing", "prints"), **TEAMS)
    follow(tx, desk)
    kept = store.get(tx, ticket.id)
    assert (kept.category, kept.team) == ("printing", "helpdesk")
    assert history(tx, ticket.id) == []
    posts.keep(work(tx, MONDAY), FRONT, "team_card", ticket.about, 5)
    posts.keep(work(tx, MONDAY), HELPDESK, "team_card", ticket.about, 5)
    after, before = (drawn(house_of(one), tx, ticket.id, "helpdesk") for one in (desk, shipped))
    assert after["team_card"]
    assert after | {"load": ""} == before | {"load": ""}
    assert desk.category("printing").title["ru"] == "Печать"
    assert desk.team("helpdesk").title["ru"] == "Первая линия"


def test_a_team_takes_its_chat_its_people_and_what_stands_there_along(tx: Connection, shipped: Desk) -> None:
    ticket, desk = claimed(tx, shipped), renamed(**TEAMS)
    group = chats.find(tx, HELPDESK)
    posts.keep(work(tx, MONDAY), HELPDESK, "team_card", ticket.about, 77)
    kv.put(tx, "turn:helpdesk", "S-3")
    waiting = shown(tx, HELPDESK)
    follow(tx, desk)
    assert (chats.find(tx, HELPDESK), chats.find(tx, FRONT)) == (None, group)
    assert (directory.get(tx, OLEG).roles, kv.get(tx, "turn:front")) == ({"engineer:front"}, "S-3")
    kept = posts.find(tx, FRONT, "team_card", ticket.about)
    assert kept is not None
    assert kept.message_id == 77
    assert shown(tx, HELPDESK) == set()
    assert shown(tx, FRONT) >= waiting
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "заменил ролик")
    assert store.get(tx, ticket.id).state is State.RESOLVED


def test_an_answer_to_a_word_that_was_carried_before_reaches_the_same_ticket(
    tx: Connection, shipped: Desk
) -> None:
    ticket, desk = claimed(tx, shipped), renamed(**TEAMS)
    exchange.from_employee(work(tx, MONDAY, shipped), who(tx, ANNA), ticket.id, message(1))
    readings.search_beside(work(tx, MONDAY), OLEG, HELPDESK, ticket.id)
    follow(tx, desk)
    (relay,) = tx.execute(select(schema.relays)).all()
    assert relay.to_chat == FRONT
    assert tx.scalars(select(schema.searches.c.chat)).all() == [FRONT]


def test_hours_of_a_team_go_on_under_its_name_of_today(tx: Connection, shipped: Desk) -> None:
    ticket, desk = claimed(tx, shipped), renamed(teams=("vendor", "supplier"))
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "vendor", "за ними")
    before = tx.execute(select(schema.clocks).where(schema.clocks.c.scope == "vendor")).all()
    follow(tx, desk)
    after = tx.execute(select(schema.clocks).where(schema.clocks.c.scope == "supplier")).all()
    assert {one.rule for one in after} == {"ola:supplier"}
    assert [(one.id, one.due_at) for one in after] == [(one.id, one.due_at) for one in before]
    assert store.get(tx, ticket.id).team == "supplier"
    handover.give_back(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "не приедут")
    assert store.get(tx, ticket.id).team == "helpdesk"
    states = tx.scalars(select(schema.clocks.c.state).where(schema.clocks.c.scope == "supplier")).all()
    assert set(states) == {"stopped"}


def test_a_ticket_handed_to_a_team_that_becomes_its_own_is_not_away_any_more(
    tx: Connection, shipped: Desk
) -> None:
    ticket, desk = claimed(tx, shipped), merged("teams", "vendor", "helpdesk")
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "vendor", "за ними")
    follow(tx, desk)
    kept = store.get(tx, ticket.id)
    assert (kept.team, kept.accountable, kept.is_away) == ("helpdesk", "helpdesk", False)
    states = tx.scalars(select(schema.clocks.c.state).where(schema.clocks.c.scope != "")).all()
    assert set(states) == {"stopped"}


def test_two_teams_that_become_one_have_one_chat_and_its_cards(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, category="network", team="network")
    exchange.from_employee(work(tx, MONDAY, shipped), who(tx, ANNA), ticket.id, message(1))
    posts.keep(work(tx, MONDAY), NETWORK, "team_card", ticket.about, 5)
    outbox.show(work(tx, MONDAY), HELPDESK, "team_card", ticket.about)
    group, helpdesk = chats.find(tx, NETWORK), chats.find(tx, HELPDESK)
    assert group is not None
    text = SHIPPED.replace('  network: {title: {ru: "Сеть", en: "Network"}}\n', "", 1)
    text = re.sub(r"(?m)^    network: \{calendar.*\n", "", text)
    text = text.replace("team: network", "team: helpdesk").replace(", network: 1500", "")
    text = re.sub(r"\bnetwork, |, network(?=\])", "", text.replace("[helpdesk, admins, vendor]", "[admins]"))
    desk = desk_of(f"{text}\nrenamed: {{teams: {{network: helpdesk}}}}\n")
    follow(tx, desk)
    assert (chats.find(tx, NETWORK), chats.find(tx, HELPDESK)) == (None, helpdesk)
    assert posts.find(tx, NETWORK, "team_card", ticket.about) is None
    waiting = (schema.outbox.c.card == "team_card") & (schema.outbox.c.state == "pending")
    assert tx.scalars(select(schema.outbox.c.chat).where(waiting)).all() == [HELPDESK]
    assert tx.scalars(select(schema.relays.c.to_chat)).all() == [RawChat(group.chat_id)]


def test_a_scenario_begun_before_opens_its_ticket_under_the_name_of_today(tx: Connection) -> None:
    config = house_with("scenarios.yaml", SCENARIOS.replace("vendor_desk", "helpdesk"))
    anna = who(tx, ANNA)
    stood = run.begin(
        work(tx, MONDAY, config), config.program, ANNA, effects.who(anna), "phone", "молчит телефон"
    )
    desk = renamed(**PHONES, **TEAMS)
    assert names.lacking(tx, desk) == []
    follow(tx, desk)
    today = work(tx, MONDAY, replace(config, desk=desk))
    stood = run.take(today, config.program, stood.run_id, ANNA, stood.seq, Human(), effects.who(anna))
    effects.carry_out(today, anna, stood)
    (ticket,) = store.open_of(tx, ANNA)
    assert (ticket.category, ticket.team) == ("phones", "front")


def test_a_person_in_the_middle_of_a_scenario_whose_category_has_gone_gets_a_card(tx: Connection) -> None:
    config = house_with("scenarios.yaml", SCENARIOS.replace("vendor_desk", "network"))
    anna = who(tx, ANNA)
    stood = run.begin(work(tx, MONDAY, config), config.program, ANNA, effects.who(anna), "phone", "молчит")
    today = work(tx, MONDAY, replace(config, desk=without("categories", "telephony")))
    stood = run.take(today, config.program, stood.run_id, ANNA, stood.seq, Human(), effects.who(anna))
    effects.carry_out(today, anna, stood)
    (ticket,) = store.open_of(tx, ANNA)
    assert (ticket.category, ticket.team) == ("other", "network")
    assert store.scenario_ended(tx, ticket) == "human"
    assert "team_card" in shown(tx, NETWORK)
    assert "ticket_card" in shown(tx, anna.key)


def test_scenarios_may_be_written_in_names_of_before_and_of_today() -> None:
    desk = renamed(**PHONES, **TEAMS, impact=("site", "office_"))
    known = known_names(Opened(desk, None, None), ROOT / "knowledge_base")
    assert known.categories is not None
    assert known.teams is not None
    assert {"phones", "telephony"} <= set(known.categories)
    assert {"front", "helpdesk"} <= set(known.teams)
    assert {"office_", "site"} <= set(known.impacts)


def test_what_was_asked_or_drawn_before_is_done_under_the_name_of_today(
    tx: Connection, shipped: Desk
) -> None:
    ticket, desk = claimed(tx, shipped), renamed(teams=("vendor", "supplier"), priorities=("P2", "B"))
    config = house_of(desk)
    press(work(tx, MONDAY, config), HandTo(ticket.id, "vendor"), who(tx, OLEG), HELPDESK)
    asked = tx.execute(select(schema.prompts)).one()
    assert (asked.action, asked.value) == ("transfer", "supplier")
    press(work(tx, MONDAY, config), SetPriority(ticket.id, "P2"), who(tx, OLEG), HELPDESK)
    planning.prioritize(work(tx, MONDAY, config), ticket.id, who(tx, OLEG), "P2", "директор ждёт")
    assert store.get(tx, ticket.id).priority == "B"
    handover.transfer(work(tx, MONDAY, config), ticket.id, who(tx, OLEG), "vendor", "за ними")
    assert store.get(tx, ticket.id).team == "supplier"


def test_an_open_outage_follows_and_scenarios_show_it_by_either_name(tx: Connection) -> None:
    row = {"words": "Не печатает ничего", "author": MARINA, "started_at": MONDAY, "changed_at": MONDAY}
    for state in ("open", "over"):
        tx.execute(insert(schema.outages).values(**row, category="printing", state=state))
    desk = renamed(categories=("printing", "prints"))
    assert house().program.scenarios["printer"].spec.banner == "printing"
    follow(tx, desk)
    assert tx.scalars(select(schema.outages.c.category).order_by(schema.outages.c.id)).all() == [
        "prints",
        "printing",
    ]
    (line,) = tx.execute(select(schema.outage_history)).all()
    assert (line.action, line.data) == ("rename", {"category": ["printing", "prints"]})
    assert banners.known(work(tx, MONDAY, house_of(desk)), "printer", who(tx, ANNA)) is not None


@pytest.mark.parametrize(
    ("kind", "ref"), [("rush", "{chat}"), ("held", "chat:{chat}"), ("gathered", "chat:{chat}")]
)
def test_timers_of_a_chat_ring_for_its_name_of_today(tx: Connection, kind: str, ref: str) -> None:
    former, today = ref.format(chat=HELPDESK), ref.format(chat=FRONT)
    timers.arm(tx, kind, former, "1", MONDAY + 60)
    timers.arm(tx, kind, former, "2", MONDAY + 60)
    timers.arm(tx, kind, today, "2", MONDAY + 60)
    follow(tx, renamed(**TEAMS))
    kept = tx.execute(select(schema.timers.c.ref, schema.timers.c.key, schema.timers.c.state)).all()
    assert {(row.ref, row.key) for row in kept if row.state == "armed"} == {(today, "1"), (today, "2")}


def test_the_list_of_a_rush_goes_with_its_chat(tx: Connection, shipped: Desk) -> None:
    for _ in range(backlog_digest.FEW + 2):
        opened(tx, shipped)
    posts.keep(work(tx, MONDAY), HELPDESK, backlog_digest.CARD, f"rush:{HELPDESK}", 9)
    desk = renamed(**TEAMS)
    follow(tx, desk)
    assert posts.find(tx, FRONT, backlog_digest.CARD, f"rush:{FRONT}") is not None
    drawing = backlog_digest.drawing(work(tx, MONDAY, house_of(desk)), "", FRONT)
    assert drawing is not None


def test_alerts_that_wait_for_the_morning_are_told_in_the_same_group(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped)
    clock = tx.scalar(select(schema.clocks.c.id).where(schema.clocks.c.ticket == ticket.id))
    row = {"ticket": ticket.id, "clock": clock, "mentions": [], "loud": 1, "at": MONDAY, "late_s": 0}
    for chat, key in ((HELPDESK, "75"), (HELPDESK, "90"), (FRONT, "90")):
        tx.execute(insert(schema.alerts).values(**row, chat=chat, key=key, held_until=MONDAY + 60))
    follow(tx, renamed(**TEAMS))
    kept = tx.execute(select(schema.alerts.c.chat, schema.alerts.c.key)).all()
    assert sorted((one.chat, one.key) for one in kept) == [(FRONT, "75"), (FRONT, "90"), (HELPDESK, "90")]


@pytest.mark.parametrize("by", ["category", "team", "priority"])
def test_figures_of_before_and_of_today_are_one_group(tx: Connection, shipped: Desk, by: str) -> None:
    closed(tx, shipped)
    desk = renamed(categories=("printing", "prints"), priorities=("P3", "C"), **TEAMS)
    follow(tx, desk)
    ticket = claimed(tx, desk, category="prints", team="front")
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "")
    found = period.report(tx, desk, MONDAY - 60, MONDAY + 60, by)
    today = {"category": "prints", "team": "front", "priority": "C"}[by]
    assert {one.group: one.tickets for one in found.groups if one.tickets} == {today: 2}


def test_a_ticket_that_comes_back_in_time_carries_names_of_today(tx: Connection, shipped: Desk) -> None:
    ticket = closed(tx, shipped)
    desk = renamed(categories=("printing", "prints"), **TEAMS)
    follow(tx, desk)
    again = closing.came_back(work(tx, MONDAY + 60, desk), ticket.id, who(tx, ANNA))
    assert (again.id, again.category) == (ticket.id, "prints")
    assert (again.team, again.accountable) == ("front", "front")


def test_a_ticket_that_comes_back_after_its_names_have_gone_carries_names_in_use(
    tx: Connection, shipped: Desk
) -> None:
    ticket = closed(tx, shipped)
    text = SHIPPED.replace("printing", "prints").replace("helpdesk", "front").replace("P3", "P4")
    desk = desk_of(text.replace("  impact:", "  priorities: [P1, P2, P4]\n  impact:", 1))
    again = closing.came_back(work(tx, MONDAY + 60, desk), ticket.id, who(tx, ANNA))
    assert (again.id, again.category, again.priority) == (ticket.id, "other", "P4")
    assert (again.team, again.accountable) == ("front", "front")
    assert names.lacking(tx, desk) == []


@pytest.mark.parametrize("section", list(Section))
def test_every_section_can_be_renamed(section: Section) -> None:
    former = {"categories": "telephony", "teams": "vendor", "priorities": "P4", "impact": "site"}
    old = former.get(section.value, "can_wait")
    desk = renamed(**{section.value: (old, "renamed_one")})
    assert desk.today(section, old) == "renamed_one"
    assert desk.has(section, old)
    assert not desk.has(section, "nothing")
