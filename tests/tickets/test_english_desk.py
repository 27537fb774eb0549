"""A desk that reads English: from the first press of a scenario to the cards nothing is in Cyrillic but people's words."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection, update

from bot.scenarios.language.program import Program
from bot.scenarios.play import engine, events
from bot.scenarios.play.events import OpenTicket, Player
from bot.sla.policy import Desk
from bot.storage.schema import chats, people
from bot.teamdesk import cards
from bot.teamdesk.topic import name
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests.tickets.company import ANNA, HELPDESK, MONDAY, OLEG, house_of, who
from tests.units import work

CYRILLIC = re.compile(r"[А-Яа-яЁё]+")
ANNA_READS = Player("E-1", "Anna", "Moscow", "sales", "en", {"floor": 3, "room": "312", "device": "NB-3-02"})
LONGEST = 30  # steps of the longest walk


def english(desk: Desk) -> Program:
    return house_of(desk).program.for_engineers("en")


def ticket_of(program: Program, scenario: str, which: int) -> OpenTicket:
    """The ticket at the end of a walk that takes the first (0) or the last (-1) answer of every step; a human at its end."""
    turn, opened = engine.begin(program, scenario, ANNA_READS, "en"), []
    for _ in range(LONGEST):
        opened += [one for one in turn.effects if isinstance(one, OpenTicket)]
        if opened or turn.state.done:
            break
        options = [value for value, _ in turn.view.options]
        answer = events.Press(options[which]) if options else events.Skip()
        after = engine.advance(program, turn.state, answer, ANNA_READS)
        turn = after if after.moved else engine.advance(program, turn.state, events.Human(), ANNA_READS)
    if not opened:
        turn = engine.begin(program, scenario, ANNA_READS, "en")
        turn = engine.advance(program, turn.state, events.Human(), ANNA_READS)
        opened = [one for one in turn.effects if isinstance(one, OpenTicket)]
    return opened[0]


@pytest.mark.parametrize("which", [0, -1])
def test_no_scenario_writes_cyrillic_for_an_engineer_who_reads_english(shipped: Desk, which: int) -> None:
    program = english(shipped)
    found = {}
    for scenario in program.menu:
        ticket = ticket_of(program, scenario.id, which)
        told = [ticket.summary, *(words for pair in ticket.transcript for words in pair), *ticket.tried]
        if words := [one for one in told if CYRILLIC.search(one)]:
            found[scenario.id] = words
    assert found == {}


def test_the_cards_of_an_english_desk_have_no_cyrillic(tx: Connection, shipped: Desk) -> None:
    tx.execute(update(chats).where(chats.c.key == HELPDESK).values(language="en"))
    tx.execute(update(people).values(language="en"))
    program = english(shipped)
    unit = work(tx, MONDAY, house_of(shipped))
    for scenario in ("printer", "no_internet"):
        effect = ticket_of(program, scenario, -1)
        draft = Draft(
            category=effect.category,
            team="helpdesk",
            summary=effect.summary,
            summary_own=effect.summary_own,
            transcript=effect.transcript,
            tried=effect.tried,
        )
        ticket = actions.open_ticket(unit, who(tx, ANNA), draft)
        drawn = [name.topic(unit, ticket.about, HELPDESK)]
        for _ in range(2):
            drawn += filter(None, [cards.team_card(unit, ticket.about, HELPDESK)])
            drawn += filter(None, [cards.ticket_card(unit, ticket.about, who(tx, ANNA).key)])
            actions.claim(unit, ticket.id, who(tx, OLEG))
        labels = [key.label for one in drawn for row in one.keyboard for key in row]
        assert [words for words in [*(one.text for one in drawn), *labels] if CYRILLIC.search(words)] == []
        assert len(drawn) == 5
