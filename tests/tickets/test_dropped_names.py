"""A category or a team that was removed from desk.yaml prevents no card and no ticket."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot import keys
from bot.app.files import Opened, known_names
from bot.app.registries import renderers
from bot.config.config import Config
from bot.keys import QueueRef
from bot.sla.check import load_desk
from bot.sla.policy import OTHER, Desk
from bot.teamdesk import commands
from bot.telegram.card import Drawing
from bot.tickets import actions, closing, handover, store
from tests.shipped import ROOT
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MONDAY,
    OLEG,
    at,
    claimed,
    closed,
    house_of,
    opened,
    said,
    who,
)
from tests.units import typed, work

SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")
CARDS = (
    "ticket_card",
    "team_card",
    "queue",
    "topic",
    "transfer_menu",
    "assign_menu",
    "more_menu",
    "why",
    "load",
)
CARDS += ("afterword", "draft", "my_tickets")


def without(section: str, name: str) -> Desk:
    """The shipped desk without one of its categories or teams."""
    text, gone = re.subn(rf"(?m)^(?:  ){{1,2}}{name}:.*\n(?:    .*\n)*", "", SHIPPED)
    assert gone
    text = re.sub(rf"\b{name}, |, {name}\b", "", text) if section == "teams" else text
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None, complaints
    return desk


def drawn(house: Config, tx: Connection, ticket: int, team: str) -> dict[str, str]:
    """Every card there is about a ticket, in the team's chat and in its person's."""
    found = {}
    about = {
        "queue": QueueRef(team),
        "load": "load:all",
        "draft": f"draft:{ticket}",
        "my_tickets": f"person:{ANNA}",
    }
    for card in CARDS:
        chat = f"person:{ANNA}" if card in ("ticket_card", "my_tickets") else HELPDESK
        drawing = renderers()[card](work(tx, MONDAY, house), about.get(card, f"ticket:{ticket}"), chat)
        found[card] = drawing.text if isinstance(drawing, Drawing) else ""
    return found


@pytest.mark.parametrize("solved", [False, True], ids=["in work", "solved"])
def test_a_category_that_has_gone_is_called_by_its_id(tx: Connection, shipped: Desk, solved: bool) -> None:
    ticket = claimed(tx, shipped, category="telephony")
    if solved:
        actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "перезагрузили")
    desk = without("categories", "telephony")
    cards, before = (drawn(house_of(one), tx, ticket.id, "helpdesk") for one in (desk, shipped))
    assert cards["ticket_card"]
    assert cards | {"draft": ""} == before | {"draft": ""}
    assert desk.category("telephony").title["ru"] == "telephony"


def test_a_team_that_has_gone_is_called_by_its_id(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "vendor", "за ними")
    desk = without("teams", "vendor")
    cards = drawn(house_of(desk), tx, ticket.id, "vendor")
    assert "vendor" in cards["ticket_card"]
    assert "vendor" in cards["team_card"]
    assert "vendor" in cards["queue"]
    assert desk.team("vendor").title["ru"] == "vendor"
    handover.give_back(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "не приедут")
    assert store.get(tx, ticket.id).team == "helpdesk"


def test_what_nobody_has_foreseen_is_opened_without_a_category_of_that_name(tx: Connection) -> None:
    desk = without("categories", OTHER)
    assert desk.category(OTHER).team in desk.teams
    asked = typed(who(tx, OLEG), HELPDESK, "/ticket S-1 молчит")
    words = commands.open_for(work(tx, MONDAY, house_of(desk)), asked)
    assert words.key == "open.done"


def test_a_ticket_for_a_team_that_has_gone_is_opened_for_the_team_of_its_category(tx: Connection) -> None:
    desk = without("teams", "vendor")
    ticket = opened(tx, desk, category="telephony", team="vendor")
    assert (ticket.team, ticket.accountable) == ("network", "network")
    assert opened(tx, desk, category="nothing", team="vendor").team == desk.category(OTHER).team


def test_what_comes_back_late_is_opened_though_its_category_has_gone(tx: Connection, shipped: Desk) -> None:
    old = closed(tx, shipped)
    again = closing.came_back(
        work(tx, MONDAY + 9 * 86_400, without("categories", "printing")), old.id, who(tx, ANNA)
    )
    assert again.id != old.id
    assert again.team == "helpdesk"


def renamed(*pairs: tuple[str, str]) -> Desk:
    """The shipped desk with words of its matrix put in the place of others."""
    text = SHIPPED
    for former, today in pairs:
        text = re.sub(rf"\b{former}\b(?=[],:])", today, text)
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None, complaints
    return desk


def test_a_ticket_of_an_impact_or_urgency_that_has_gone_is_opened_with_the_usual_one(
    tx: Connection,
) -> None:
    desk = renamed(("company", "everybody"), ("blocked", "stuck"))
    with capture_logs() as told:
        ticket = opened(tx, desk, impact="company", urgency="blocked")
    assert (ticket.impact, ticket.urgency, ticket.priority) == ("one", "degraded", "P3")
    assert [one["event"] for one in told] == ["ticket.names_replaced"]
    assert told[0]["impact"] == "company"
    assert told[0]["urgency"] == "blocked"


def test_a_card_is_drawn_with_an_urgency_that_only_this_desk_has(tx: Connection) -> None:
    desk = renamed(("blocked", "stuck"))
    ticket = opened(tx, desk, urgency="stuck")
    assert "stuck" in drawn(house_of(desk), tx, ticket.id, "helpdesk")["team_card"]
    assert "работать трудно" in drawn(house_of(desk), tx, opened(tx, desk).id, "helpdesk")["team_card"]


def test_a_desk_without_the_usual_impact_and_urgency_opens_tickets_by_the_first_of_its_own(
    tx: Connection,
) -> None:
    desk = renamed(("one", "single"), ("degraded", "slow"))
    ticket = opened(tx, desk)
    assert (ticket.impact, ticket.urgency, ticket.priority) == ("single", "can_wait", "P4")
    assert desk.priority("single", "slow") == "P3"


def test_scenarios_may_name_the_impacts_of_the_desk_and_no_others() -> None:
    desk = renamed(("company", "everybody"), ("blocked", "stuck"))
    known = known_names(Opened(desk, None, None), ROOT / "knowledge_base")
    assert "everybody" in known.impacts
    assert "company" not in known.impacts
    assert "blocked" not in known.urgencies


def test_what_comes_back_late_after_its_impact_has_gone_is_opened(tx: Connection, shipped: Desk) -> None:
    old = closed(tx, shipped)
    desk = renamed(("one", "single"), ("degraded", "slow"))
    again = closing.came_back(work(tx, MONDAY + 9 * 86_400, desk), old.id, who(tx, ANNA))
    assert (again.id != old.id, again.impact) == (True, "single")


def test_an_opened_ticket_carries_no_category_that_has_gone(tx: Connection, shipped: Desk) -> None:
    desk = without("categories", "telephony")
    assert opened(tx, desk, category="telephony").category == OTHER
    assert opened(tx, desk, category="").category == OTHER


def test_a_deadline_past_the_end_of_the_calendar_is_told_although_its_own_calendar_has_gone(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped, at("2027-12-20 10:00"), impact="company", urgency="blocked")
    asked = at("2027-12-20 10:30")
    actions.ask(work(tx, asked, shipped), ticket.id, who(tx, OLEG), "Какой принтер?", asked)
    desk, complaints = load_desk("desk.yaml", re.sub(r"\bduty(?=[:,}\n])", "nights", SHIPPED))
    assert desk is not None, complaints
    later = at("2027-12-30 17:00")
    actions.answered(work(tx, later, desk), store.get(tx, ticket.id), later)
    assert "sla.beyond" in said(tx, keys.ADMINS)


def test_no_room_looks_a_title_up_where_it_may_have_gone() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "bot").rglob("*.py")
        if path.parent != ROOT / "bot" / "sla"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\.(teams|categories|specs|chains)\[", line)
    ]
    assert found == [], (
        "desk.team(id), desk.category(id), desk.calendar(name) and desk.chain(id) have a fallback"
    )
