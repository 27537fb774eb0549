"""What is kept of a solved ticket - cause and what helped - and what a supervisor does from the alert itself."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.people.access import Refused
from bot.sla.policy import Desk
from bot.storage.schema import history, timers
from bot.teamdesk import cards, load, presses
from bot.telegram import posts
from bot.texts import speak
from bot.tickets import closing, control, resolution, search, store
from bot.tickets.actions import NoWords
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    PETR,
    at,
    claimed,
    closed,
    house_of,
    message,
    opened,
    said,
    shown,
    who,
)


def solved(tx: Connection, desk: Desk) -> int:
    """Anna's ticket, solved by Oleg's button without a word; the question below stands as message 70."""
    ticket = claimed(tx, desk)
    presses.press(tx, desk, "resolve", [ticket.id], who(tx, OLEG), HELPDESK, MONDAY)
    posts.keep(tx, HELPDESK, resolution.CARD, ticket.about, 70, MONDAY)
    return ticket.id


def test_a_solved_ticket_asks_for_one_tap_and_one_sentence(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    assert resolution.CARD in shown(tx, HELPDESK)
    presses.press(tx, shipped, "cause", [ticket, 0], who(tx, OLEG), HELPDESK, MONDAY)
    answer = message(71, "заменил ролик подачи", reply_to=70)
    presses.wrote(tx, shipped, who(tx, OLEG), HELPDESK, answer, MONDAY)
    kept = store.get(tx, ticket)
    assert (kept.cause, kept.resolution) == ("broken", "заменил ролик подачи")
    assert ticket in [one.id for one in search.find(tx, "ролик подачи")]
    card = cards.team_card(house_of(shipped), tx, kept.about, HELPDESK, MONDAY)
    assert card is not None
    assert "Поломка: заменил ролик подачи" in card.text
    mine = cards.ticket_card(house_of(shipped), tx, kept.about, f"person:{ANNA}", MONDAY)
    assert mine is not None
    assert "заменил ролик подачи" in mine.text


def test_what_helped_is_said_only_by_who_solved_it_or_leads(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    with pytest.raises(Refused):
        resolution.helped(tx, ticket, who(tx, PETR), "само", MONDAY)
    with pytest.raises(NoWords):
        resolution.helped(tx, ticket, who(tx, OLEG), "  ", MONDAY)


def test_a_ticket_that_does_not_work_after_all_has_no_afterword(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    closing.reject(tx, shipped, ticket, who(tx, ANNA), MONDAY)
    assert resolution.card(shipped, tx, f"ticket:{ticket}", HELPDESK, MONDAY) is None
    assert resolution.cause(tx, shipped, ticket, who(tx, OLEG), 0, MONDAY).key == "stale"


def test_a_supervisor_silences_repeats_for_a_time_with_a_reason(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    with pytest.raises(NoWords):
        control.hush(tx, shipped, ticket.id, who(tx, MARINA), 60, " ", MONDAY)
    control.hush(tx, shipped, ticket.id, who(tx, MARINA), 60, "ждём деталь", MONDAY)
    told = control.hush_of(tx, ticket, MONDAY)
    assert told == ("Marina", at("2026-11-23 11:00"), "ждём деталь")
    assert control.hush_of(tx, ticket, at("2026-11-23 11:00")) is None
    assert "team.hushed" in said(tx, HELPDESK)
    repeats = select(timers.c.fire_at).where((timers.c.kind == "sla") & (timers.c.level > 100))
    assert all(fire_at >= at("2026-11-23 11:00") for fire_at in tx.scalars(repeats))
    kept = tx.scalars(select(history.c.action).where(history.c.ticket == ticket.id)).all()
    assert kept[-1] == "hush"


def test_a_supervisor_sees_the_load_of_every_engineer(tx: Connection, shipped: Desk) -> None:
    claimed(tx, shipped)
    opened(tx, shipped)
    text = load.drawing(shipped, tx, "load:all", "supervisors", MONDAY).text
    assert "<b>Первая линия</b> · 2 заявки · не взято: 1" in text
    assert "Oleg: 1" in text
    assert "Petr: 0" in text
    late = load.drawing(shipped, tx, "load:all", "supervisors", at("2026-11-26 12:00")).text
    assert "просрочено: 2" in late


def test_an_engineers_agenda_begins_with_what_is_due_first(tx: Connection, shipped: Desk) -> None:
    later, sooner = claimed(tx, shipped), claimed(tx, shipped, impact="company", urgency="blocked")
    closed(tx, shipped)
    posts.keep(tx, HELPDESK, posts.TOPIC, sooner.about, 55, MONDAY)
    drawing = load.my_tickets(shipped, tx, f"person:{OLEG}", f"person:{OLEG}", MONDAY)
    assert drawing.text.index(f"{sooner.id} ·") < drawing.text.index(f"{later.id} ·")
    assert speak.voice("ru").say("mine.agenda") in drawing.text
