"""The arithmetic as text: it adds up, it names spans, pauses, levels and people, in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from bot.escalation.why import drawing, why
from bot.people import directory
from bot.people.access import NotAllowed
from bot.sla.policy import Desk
from bot.storage import schema
from bot.teamdesk import commands, presses
from bot.telegram.buttons import ShowWhy
from bot.texts import speak
from bot.tickets import store
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.invocation import Misused
from tests.escalation.company import ANNA, MARINA, at, opened, outgoing, ring_until
from tests.escalation.test_history_of_clocks import corrected
from tests.units import typed, work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def lived(tx: Connection, desk: Desk) -> int:
    """A ticket claimed late, paused, resumed, taken under control, solved and reopened."""
    ticket = opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + 2 * HOUR)
    operations.claimed(work(tx, 0, desk), ticket.id, MONDAY + 2 * HOUR)
    store.record(work(tx, MONDAY + 2 * HOUR), ticket.id, f"person:{MARINA}", "take_control")
    operations.replied(work(tx, 0, desk), ticket.id, MONDAY + 2 * HOUR + 60)
    operations.paused(work(tx, 0, desk), ticket.id, "waiting_user", MONDAY + 3 * HOUR)
    operations.resumed(work(tx, 0, desk), ticket.id, MONDAY + 5 * HOUR)
    operations.resolved(work(tx, 0, desk), ticket.id, MONDAY + 6 * HOUR)
    operations.reopened(work(tx, 0, desk), ticket.id, MONDAY + 7 * HOUR)
    return ticket.id


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_span_pause_level_and_person_is_told(tx: Connection, shipped: Desk, language: str) -> None:
    said = why(tx, shipped, lived(tx, shipped), speak.voice(language), MONDAY + 8 * HOUR)
    assert said.count("▶") == 5  # claim, response, and the three spans of the resolution
    assert said.count("⏸") == 2
    assert "❌" in said
    assert "Marina" in said
    assert "100" in said
    assert "⚠️" not in said
    assert len(said) < 4096


@pytest.mark.parametrize("language", ["ru", "en"])
def test_why_a_breach_was_lifted_is_told_in_words_and_never_in_our_own_codes(
    tx: Connection, shipped: Desk, language: str
) -> None:
    voice = speak.voice(language)
    ticket, other = opened(tx, shipped, MONDAY), opened(tx, shipped, MONDAY)
    ring_until(tx, shipped, MONDAY + 2 * HOUR)
    operations.replied(work(tx, 0, shipped), ticket.id, MONDAY + HOUR)
    said = why(tx, shipped, ticket.id, voice, MONDAY + 2 * HOUR)
    assert voice.say("why.lifted.in_time") in said
    assert "stopped_in_time" not in said
    later = corrected('{2026-11-23: ["15:00-18:00"]}')
    revised_eta.recount(work(tx, MONDAY + 2 * HOUR, later))
    said = why(tx, later, other.id, voice, MONDAY + 2 * HOUR)
    assert voice.say("why.lifted.calendar") in said
    assert later.calendar("office").hash not in said


@pytest.mark.parametrize("language", ["ru", "en"])
def test_hours_that_were_never_kept_are_told_in_a_sentence_and_are_no_mistake(
    tx: Connection, shipped: Desk, language: str
) -> None:
    number = lived(tx, shipped)
    tx.execute(update(schema.clocks).values(calendar_hash="of another desk", consumed_s=1))
    said = why(tx, shipped, number, speak.voice(language), MONDAY + 8 * HOUR)
    assert said.count("ℹ️") == 3
    assert "⚠️" not in said


def test_at_night_a_clock_is_not_called_paused_but_closed_until_the_morning(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, MONDAY)
    voice = speak.voice("ru")
    at_night = why(tx, shipped, ticket.id, voice, at("2026-11-23 22:00"))
    assert at_night.count("Сейчас нерабочее время, отсчёт продолжится завтра в 09:00") == 3
    assert "⏸" not in at_night
    assert "нерабочее" not in why(tx, shipped, ticket.id, voice, MONDAY + HOUR)
    operations.paused(work(tx, 0, shipped), ticket.id, "waiting_user", MONDAY + HOUR)
    assert why(tx, shipped, ticket.id, voice, at("2026-11-23 22:00")).count("нерабочее") == 2


def test_a_row_that_does_not_follow_from_its_history_is_said_to_be_wrong(
    tx: Connection, shipped: Desk
) -> None:
    number = lived(tx, shipped)
    tx.execute(update(schema.clocks).where(schema.clocks.c.kind == "resolution").values(consumed_s=1))
    assert "⚠️" in why(tx, shipped, number, speak.voice("ru"), MONDAY + 8 * HOUR)


def test_a_ticket_that_is_not_there_is_said_so(tx: Connection, shipped: Desk) -> None:
    with pytest.raises(store.NoSuchTicket):
        why(tx, shipped, 404, speak.voice("ru"), MONDAY)


def test_the_arithmetic_is_shown_where_it_was_asked_for(tx: Connection, shipped: Desk) -> None:
    number = lived(tx, shipped)
    marina, anna = directory.get(tx, MARINA), directory.get(tx, ANNA)
    presses.press(work(tx, MONDAY + 8 * HOUR, shipped), ShowWhy(number), marina, "supervisors")
    assert "why" in [row.card for row in outgoing(tx, "supervisors")]
    with pytest.raises(NotAllowed):
        presses.press(work(tx, MONDAY + 8 * HOUR, shipped), ShowWhy(number), anna, f"person:{ANNA}")
    commands.why(work(tx, MONDAY), typed(marina, "supervisors", f"/why {number}"))
    with pytest.raises(Misused):
        commands.why(work(tx, MONDAY), typed(marina, "supervisors", "/why"))
    drawn = drawing(work(tx, MONDAY + 8 * HOUR, shipped), f"ticket:{number}", "supervisors")
    assert "Решить" in drawn.text
