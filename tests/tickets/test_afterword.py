"""The resolution of a solved ticket - cause and what helped - and a supervisor's actions on the alert."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from bot.people.access import NotAllowed
from bot.sla.policy import Desk
from bot.storage.schema import history, tickets, timers
from bot.teamdesk import cards, load, presses
from bot.telegram import posts
from bot.telegram.buttons import Resolve, SetCause
from bot.telegram.card import Drawing
from bot.telegram.desk.buttons import SayLevelOne
from bot.texts import speak
from bot.tickets import actions, closing, control, resolution, search, store
from bot.tickets.actions import NoWords
from bot.tickets.ticket import Impossible
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    PETR,
    at,
    calls,
    claimed,
    closed,
    house_of,
    message,
    opened,
    ring_until,
    said,
    who,
)
from tests.units import work


def solved(tx: Connection, desk: Desk) -> int:
    """Anna's ticket, solved by Oleg's button without a word; its card, which asks, is message 70."""
    ticket = claimed(tx, desk)
    presses.press(work(tx, MONDAY, desk), Resolve(ticket.id), who(tx, OLEG), HELPDESK)
    posts.keep(work(tx, MONDAY), HELPDESK, "team_card", ticket.about, 70)
    return ticket.id


def test_a_solved_ticket_asks_for_one_tap_and_one_sentence(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    asking = cards.team_card(work(tx, MONDAY, house_of(shipped)), f"ticket:{ticket}", HELPDESK)
    assert asking is not None
    assert "Что помогло?" in asking.text
    assert "Поломка" in str(asking.markup)
    presses.press(work(tx, MONDAY, shipped), SetCause(ticket, "broken"), who(tx, OLEG), HELPDESK)
    answer = message(71, "заменил ролик подачи", reply_to=70)
    presses.wrote(work(tx, MONDAY, shipped), who(tx, OLEG), HELPDESK, answer)
    kept = store.get(tx, ticket)
    assert (kept.cause, kept.resolution) == ("broken", "заменил ролик подачи")
    assert ticket in [one.id for one in search.find(tx, "ролик подачи")]
    card = cards.team_card(work(tx, MONDAY, house_of(shipped)), kept.about, HELPDESK)
    assert card is not None
    assert "Поломка: заменил ролик подачи" in card.text
    assert "Что помогло?" not in card.text
    mine = cards.ticket_card(work(tx, MONDAY, house_of(shipped)), kept.about, f"person:{ANNA}")
    assert mine is not None
    assert "заменил ролик подачи" in mine.text


def test_who_solves_a_ticket_of_another_team_says_by_one_tap_whether_it_could_have(
    tx: Connection, shipped: Desk
) -> None:
    ticket = solved(tx, shipped)
    assert "смогла бы" not in str(_card(tx, shipped, ticket).markup)
    tx.execute(update(tickets).where(tickets.c.id == ticket).values(owner_team="network"))
    asking = _card(tx, shipped, ticket)
    assert "Первая линия смогла бы" in str(asking.markup)
    for could in (0, 1):
        pressed = SayLevelOne(ticket, could)
        assert (
            presses.press(work(tx, MONDAY, shipped), pressed, who(tx, OLEG), HELPDESK).key
            == "afterword.noted"
        )
    assert "✓ Первая линия смогла бы" in str(_card(tx, shipped, ticket).markup)
    assert "✓ Не смогла бы" not in str(_card(tx, shipped, ticket).markup)
    with pytest.raises(NotAllowed):
        presses.press(work(tx, MONDAY, shipped), SayLevelOne(ticket, 1), who(tx, PETR), HELPDESK)


def _card(tx: Connection, desk: Desk, ticket: int) -> Drawing:
    found = cards.team_card(work(tx, MONDAY, house_of(desk)), f"ticket:{ticket}", HELPDESK)
    assert found is not None
    return found


def test_what_helped_is_said_only_by_who_solved_it_or_leads(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    with pytest.raises(NotAllowed):
        resolution.helped(work(tx, MONDAY), ticket, who(tx, PETR), "само")
    with pytest.raises(NoWords):
        resolution.helped(work(tx, MONDAY), ticket, who(tx, OLEG), "  ")


def test_a_ticket_that_does_not_work_after_all_has_no_afterword(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    closing.reject(work(tx, MONDAY, shipped), ticket, who(tx, ANNA))
    assert resolution.card(work(tx, MONDAY, shipped), f"ticket:{ticket}", HELPDESK) is None
    pressed = SetCause(ticket, "broken")
    assert resolution.set_cause(work(tx, MONDAY, shipped), pressed, who(tx, OLEG)).key == "stale"
    with pytest.raises(Impossible):
        resolution.helped(work(tx, MONDAY), ticket, who(tx, OLEG), "заменил ролик")


def _closings(tx: Connection) -> int:
    return len(calls(tx, HELPDESK, "closeForumTopic"))


def test_the_topic_stays_open_until_the_engineer_has_said_what_helped(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    actions.confirm(work(tx, MONDAY), ticket, who(tx, ANNA))
    assert _closings(tx) == 0
    presses.wrote(
        work(tx, MONDAY, shipped), who(tx, OLEG), HELPDESK, message(71, "заменил ролик", reply_to=70)
    )
    assert (store.get(tx, ticket).resolution, _closings(tx)) == ("заменил ролик", 1)
    ring_until(tx, shipped, at("2026-12-01 10:00"))
    assert _closings(tx) == 1


def test_a_topic_is_closed_at_last_when_no_one_says_what_helped(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    actions.confirm(work(tx, MONDAY), ticket, who(tx, ANNA))
    ring_until(tx, shipped, at("2026-11-26 09:00"))
    assert _closings(tx) == 0
    ring_until(tx, shipped, at("2026-11-26 10:00"))
    assert _closings(tx) == 1
    card = cards.team_card(work(tx, at("2026-11-26 10:00"), house_of(shipped)), f"ticket:{ticket}", HELPDESK)
    assert card is not None
    assert "Что помогло?" not in card.text


def test_the_question_of_an_earlier_version_can_still_be_answered(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    posts.keep(work(tx, MONDAY), HELPDESK, resolution.CARD, f"ticket:{ticket}", 90)
    presses.press(work(tx, MONDAY, shipped), SetCause(ticket, "broken"), who(tx, OLEG), HELPDESK)
    answer = message(91, "заменил ролик", reply_to=90)
    presses.wrote(work(tx, MONDAY, shipped), who(tx, OLEG), HELPDESK, answer)
    assert store.get(tx, ticket).resolution == "заменил ролик"
    hidden = [row for row in calls(tx, HELPDESK, "deleteMessage") if row.card == resolution.CARD]
    assert len(hidden) == 1


def test_a_reply_to_a_solved_card_by_who_may_not_solve_it_is_still_for_the_employee(
    tx: Connection, shipped: Desk
) -> None:
    ticket = solved(tx, shipped)
    words = message(71, "посмотрите ещё раз", reply_to=70)
    presses.wrote(work(tx, MONDAY, shipped), who(tx, PETR), HELPDESK, words)
    assert store.get(tx, ticket).resolution is None
    assert [row.params["text"] for row in calls(tx, f"person:{ANNA}", "sendMessage") if "text" in row.params]


def test_a_ticket_that_came_back_keeps_its_topic(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    actions.confirm(work(tx, MONDAY), ticket, who(tx, ANNA))
    closing.came_back(work(tx, MONDAY, shipped), ticket, who(tx, ANNA))
    ring_until(tx, shipped, at("2026-11-27 10:00"))
    assert _closings(tx) == 0


def test_a_supervisor_silences_repeats_for_a_time_with_a_reason(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    with pytest.raises(NoWords):
        control.hush(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), 60, " ")
    control.hush(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), 60, "ждём деталь")
    told = control.hush_of(work(tx, MONDAY), ticket)
    assert told == ("Marina", at("2026-11-23 11:00"), "ждём деталь")
    assert control.hush_of(work(tx, at("2026-11-23 11:00")), ticket) is None
    assert "team.hushed" in said(tx, HELPDESK)
    repeats = select(timers.c.fire_at).where((timers.c.kind == "sla") & (timers.c.level > 100))
    assert all(fire_at >= at("2026-11-23 11:00") for fire_at in tx.scalars(repeats))
    kept = tx.scalars(select(history.c.action).where(history.c.ticket == ticket.id)).all()
    assert kept[-1] == "hush"


def test_a_supervisor_sees_the_load_of_every_engineer(tx: Connection, shipped: Desk) -> None:
    claimed(tx, shipped)
    opened(tx, shipped)
    text = load.drawing(work(tx, MONDAY, shipped), "load:all", "supervisors").text
    assert "<b>Первая линия</b> · 2 заявки · не взято: 1" in text
    assert "Oleg: 1" in text
    assert "Petr: 0" in text
    late = load.drawing(work(tx, at("2026-11-26 12:00"), shipped), "load:all", "supervisors").text
    assert "просрочено: 2" in late


def test_an_engineers_agenda_begins_with_what_is_due_first(tx: Connection, shipped: Desk) -> None:
    later, sooner = claimed(tx, shipped), claimed(tx, shipped, impact="company", urgency="blocked")
    closed(tx, shipped)
    posts.keep(work(tx, MONDAY), HELPDESK, posts.TOPIC, sooner.about, 55)
    drawing = load.my_tickets(work(tx, MONDAY, shipped), f"person:{OLEG}", f"person:{OLEG}")
    assert drawing.text.index(f">{sooner.id}</a> ·") < drawing.text.index(f"{later.id} ·")
    assert speak.voice("ru").say("mine.agenda") in drawing.text
